"""One change of a state as rows: a glyph, a word and a colour; long texts word by word."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from textual.content import Content

from agentflow_tui.history.diff import KeyChange, WordChange, diff_words, written
from agentflow_tui.tui.panes.inspector.amount import short, type_of
from agentflow_tui.tui.panes.inspector.notice import text_rows
from agentflow_tui.tui.panes.inspector.side_by_side import MIN_WIDTH, side_by_side
from agentflow_tui.tui.panes.row import Row
from agentflow_tui.tui.safe_text import clean, one_line

_SIGN = {
    "changed": ("~", "$warning"),
    "added": ("+", "$diff-added"),
    "removed": ("-", "$diff-removed"),
    "moved": ("↷", "$accent"),
}
_SHORT = 60
_SIGN_CELLS = 2
_CONTEXT = 160
_WORD_STYLE = {"same": "", "added": "$diff-added bold", "removed": "$diff-removed strike"}
_WORD_MARKS = {"same": ("", ""), "added": ("{+", "+}"), "removed": ("[-", "-]")}


def change_rows(changes: Iterable[KeyChange], part: str, width: int, seen: dict[Any, str]) -> list[Row]:
    """Return the rows of changes of `data` or `meta`; `seen` keeps the texts that were shown already."""
    return [row for change in changes for row in _rows_of(change, part, width, seen)]


def _rows_of(change: KeyChange, part: str, width: int, seen: dict[Any, str]) -> list[Row]:
    sign, style = _SIGN[change.kind]
    name = clean(("" if part == "data" else "meta.") + change.key)
    head = Content.assemble(
        (one_line(f"{sign} {change.kind} ", _SHORT), style), (one_line(name, _CONTEXT), "bold"), "  "
    )
    value = change.old if change.kind == "removed" else change.new
    key = (part, *change.path)
    told: tuple[str | tuple[str, str], ...]
    if change.kind == "moved":
        told = (one_line(f"from {written(change.source)}  {short(value)}", 4 * _SHORT),)
    elif change.kind != "changed":
        size = f"  {type_of(value)}" if isinstance(value, str | dict | list) else ""
        told = ((one_line(short(value), 4 * _SHORT), style), (one_line(size, _SHORT), "$foreground-muted"))
    elif not _is_long(change):
        told = (one_line(f"{short(change.old)} → {short(change.new)}", 4 * _SHORT),)
    elif (same := seen.setdefault((change.old, change.new), name)) != name:
        told = (one_line(f"the same change as {same}", _CONTEXT),)
    else:
        return _text_change(head, change, key, width)
    return [Row(Content.assemble(head, *told), value=value, key=key, hanging=_SIGN_CELLS)]


def _is_long(change: KeyChange) -> bool:
    are_texts = isinstance(change.old, str) and isinstance(change.new, str)
    return are_texts and len(change.old) + len(change.new) > _SHORT


def _text_change(head: Content, change: KeyChange, key: tuple[str, ...], width: int) -> list[Row]:
    words = diff_words(change.old, change.new)
    is_rewritten = bool(words) and words[0].is_rewrite
    if is_rewritten:
        told = f"rewritten, {len(change.old):d} → {len(change.new):d} characters"
    else:
        words = tuple(_quiet(word) for word in words if word.kind != "removed" or word.text.strip())
        differing = sum(len(word.text.split()) for word in words if word.kind != "same")
        told = f"{differing:d} {'word differs' if differing == 1 else 'words differ'}"
    content = Content.assemble(head, one_line(told, _SHORT))
    rows = [Row(content, value=change.new, key=key, hanging=_SIGN_CELLS)]
    if width >= MIN_WIDTH:
        return rows + side_by_side(change.old, change.new, width, value=change.new, key=key)
    if is_rewritten:
        rows += text_rows(change.old[: 4 * _CONTEXT], _WORD_STYLE["removed"], first="  - ")
        return rows + text_rows(change.new, _WORD_STYLE["added"], first="  + ")
    return rows + _unified(words, change.new)


def _unified(words: tuple[WordChange, ...], value: str) -> list[Row]:
    pieces: list[Content] = []
    for number, word in enumerate(words):
        text = word.text
        if word.kind == "same":
            text = _middle_cut(text, is_first=number == 0, is_last=number == len(words) - 1)
        before, after = _WORD_MARKS[word.kind]
        pieces.append(Content(clean(f"{before}{text}{after}")).stylize(_WORD_STYLE[word.kind]))
    whole = Content("").join(pieces)
    return [
        Row(line.pad_left(_SIGN_CELLS).expand_tabs(4), value=value, hanging=_SIGN_CELLS)
        for line in whole.split("\n", allow_blank=True)
    ]


def _quiet(word: WordChange) -> WordChange:
    return word if word.text.strip() else WordChange("same", word.text)


def _middle_cut(text: str, *, is_first: bool, is_last: bool) -> str:
    if len(text) <= 2 * _CONTEXT:
        return text
    head = "" if is_first else text[:_CONTEXT]
    return f"{head} … {'' if is_last else text[-_CONTEXT:]}"
