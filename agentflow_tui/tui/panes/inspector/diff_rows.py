"""What an agent run changed, as rows: every change has a glyph, a word and a colour."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from textual.content import Content

from agentflow_tui.history.diff import KeyChange, WordChange, diff_states, diff_words
from agentflow_tui.history.run_state import AgentRun, RunState, StateView
from agentflow_tui.tui.panes.inspector.amount import seconds, type_of
from agentflow_tui.tui.panes.inspector.notice import error_rows, explanation, text_rows
from agentflow_tui.tui.panes.inspector.run_choice import heading, is_inside, last_run, run_before
from agentflow_tui.tui.panes.row import Row
from agentflow_tui.tui.safe_text import clean, one_line

KINDS = ("vs before this agent", "vs previous iteration", "vs start of the run")
"""What the state after an agent run is compared with."""
_SIGN = {"changed": ("~", "$warning"), "added": ("+", "$diff-added"), "removed": ("-", "$diff-removed")}
_SHORT = 60
_WORD_STYLE = {"same": "", "added": "$diff-added bold", "removed": "$diff-removed strike"}
_WORD_MARKS = {"same": ("", ""), "added": ("{+", "+}"), "removed": ("[-", "-]")}
_CONTEXT = 160
_MOST_ROWS = 2_000


def diff_rows(state: RunState, run: AgentRun | None, kind: str, selection: str | None) -> list[Row]:
    """Return the changes of an agent run, compared as `kind` says."""
    if run is None:
        return explanation(
            "No agent has run here yet. space runs the flow, s runs one agent; "
            "then this shows what it changed."
        )
    rows: list[Row] = []
    if run.status == "running":
        rows = text_rows(f"{heading(run)}: what it changes appears when it ends.", first="◐ running ")
        ended = last_run(state, selection, has_ended=True)
        if ended is None:
            return rows
        rows.append(Row(Content(""), value=""))
        run = ended
    return [*rows, *_header(run, kind), *_conflicts(state, selection), *_of_ended(state, run, kind)]


def _header(run: AgentRun, kind: str) -> list[Row]:
    took = f" · {seconds(run.duration)}" if run.duration is not None else ""
    compared = one_line(f"{kind} · d shows the next comparison", _CONTEXT)
    return [
        Row(Content(clean(heading(run) + took)).stylize("bold")),
        Row(Content(compared).stylize("$foreground-muted")),
        Row(Content(""), value=""),
    ]


def _of_ended(state: RunState, run: AgentRun, kind: str) -> list[Row]:
    lost = "Nothing it changed is kept."
    if run.status == "failed":
        return error_rows(run.error, run.category, run.hint) + explanation(lost)
    if run.after is None:
        return explanation(f"⊗ cancelled: {run.error or 'no reason given'}. {lost}")
    other = _other(state, run, kind)
    if other is None:
        return explanation("This agent has no earlier run to compare with; d shows another comparison.")
    changes = _change_rows(other, run.after, run if kind == KINDS[0] else None)
    if len(changes) > _MOST_ROWS:
        more = f"… {len(changes) - _MOST_ROWS:d} rows more are not shown."
        changes = changes[:_MOST_ROWS] + explanation(more)
    return changes or explanation("= no difference: every key has the value it had.")


def _other(state: RunState, run: AgentRun, kind: str) -> StateView | None:
    if kind == KINDS[0]:
        return run.before
    if kind == KINDS[1]:
        earlier = run_before(state, run)
        return earlier.after if earlier else None
    data, metadata = state.event.get("data"), state.event.get("metadata")
    return StateView(
        data if isinstance(data, Mapping) else {}, metadata if isinstance(metadata, Mapping) else {}
    )


def _change_rows(old: StateView, new: StateView, run: AgentRun | None) -> list[Row]:
    delta = run.delta if run is not None else None
    if delta is not None:
        # The delta names the keys, so the cost is what changed and not how big the state is.
        data = _only(old.data, new.data, (*delta.set, *delta.removed))
        meta = _only(old.meta, new.meta, (*delta.meta_set, *delta.meta_removed))
    else:
        data, meta = diff_states(old.data, new.data), diff_states(old.meta, new.meta)
    seen: dict[tuple[str, str], str] = {}
    rows = [row for change in data for row in _rows_of(change, "", seen)]
    return rows + [row for change in meta for row in _rows_of(change, "meta.", seen)]


def _only(old: Mapping[str, Any], new: Mapping[str, Any], keys: Iterable[str]) -> tuple[KeyChange, ...]:
    keys = list(keys)
    return diff_states({k: old[k] for k in keys if k in old}, {k: new[k] for k in keys if k in new})


def _rows_of(change: KeyChange, prefix: str, seen: dict[tuple[str, str], str]) -> list[Row]:
    sign, style = _SIGN[change.kind]
    key = clean(prefix + change.key)
    head = Content.assemble(
        (one_line(f"{sign} {change.kind} ", _SHORT), style), (one_line(key, _CONTEXT), "bold"), "  "
    )
    value = change.new if change.kind != "removed" else change.old
    are_texts = isinstance(change.old, str) and isinstance(change.new, str)
    if change.kind == "changed" and are_texts and len(change.old) + len(change.new) > _SHORT:
        same = seen.setdefault((change.old, change.new), key)
        if same != key:
            as_before = one_line(f"the same change as {same}", _CONTEXT)
            return [Row(Content.assemble(head, as_before), value=value, key=change.path)]
        return _text_change(head, change)
    if change.kind == "changed":
        line = f"{_short(change.old)} → {_short(change.new)}"
        return [Row(Content.assemble(head, one_line(line, 4 * _SHORT)), value=value, key=change.path)]
    shown = one_line(_short(value), 4 * _SHORT)
    size = f"  {type_of(value)}" if isinstance(value, str | dict | list) else ""
    content = Content.assemble(head, (shown, style), (one_line(size, _SHORT), "$foreground-muted"))
    return [Row(content, value=value, key=change.path)]


def _text_change(head: Content, change: KeyChange) -> list[Row]:
    words = diff_words(change.old, change.new)
    if words and words[0].is_rewrite:
        sizes = f"rewritten, {len(change.old):d} → {len(change.new):d} characters"
        rows = [Row(Content.assemble(head, one_line(sizes, _SHORT)), value=change.new, key=change.path)]
        rows += text_rows(change.old[: 4 * _CONTEXT], _WORD_STYLE["removed"], first="  - ")
        return rows + text_rows(change.new, _WORD_STYLE["added"], first="  + ")
    words = tuple(_quiet(word) for word in words if word.kind != "removed" or word.text.strip())
    differing = sum(len(word.text.split()) for word in words if word.kind != "same")
    count = f"{differing:d} {'word' if differing == 1 else 'words'} differ"
    rows = [Row(Content.assemble(head, one_line(count, _SHORT)), value=change.new, key=change.path)]
    pieces = [Content("  ")]
    for number, word in enumerate(words):
        text = word.text
        if word.kind == "same":
            text = _middle_cut(text, is_first=number == 0, is_last=number == len(words) - 1)
        before, after = _WORD_MARKS[word.kind]
        pieces.append(Content(clean(f"{before}{text}{after}")).stylize(_WORD_STYLE[word.kind]))
    whole = Content("").join(pieces)
    return rows + [Row(line.expand_tabs(4), value=change.new) for line in whole.split("\n", allow_blank=True)]


def _quiet(word: WordChange) -> WordChange:
    return word if word.text.strip() else WordChange("same", word.text)


def _middle_cut(text: str, *, is_first: bool, is_last: bool) -> str:
    if len(text) <= 2 * _CONTEXT:
        return text
    head = "" if is_first else text[:_CONTEXT]
    return f"{head} … {'' if is_last else text[-_CONTEXT:]}"


def _short(value: Any) -> str:
    if isinstance(value, str):
        return one_line(value, 2 * _SHORT)
    if isinstance(value, dict | list) and len(value) > _SHORT:
        return type_of(value)
    return one_line(json.dumps(value, ensure_ascii=False, default=str)[: 4 * _SHORT], 2 * _SHORT)


def _conflicts(state: RunState, selection: str | None) -> list[Row]:
    rows: list[Row] = []
    for path, key, branches, values in state.conflicts:
        if selection is not None and is_inside(path, selection):
            wrote = " · ".join(f"{name}: {_short(v)}" for name, v in zip(branches, values, strict=False))
            text = f"{key}  {wrote}; the last one is kept"
            rows += text_rows(text, "$warning", first="⚠ conflict ")
    return rows
