"""A state as a tree of rows; what is closed costs nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from textual.content import Content

from agentflow_tui.history.run_state import StateView
from agentflow_tui.tui.keymap.named_keys import key_of
from agentflow_tui.tui.panes.inspector.amount import grouped, type_of
from agentflow_tui.tui.panes.inspector.binary_text import binary_kind
from agentflow_tui.tui.panes.row import Row
from agentflow_tui.tui.safe_text import clean, one_line

Path = tuple[str, ...]

PAGE = 200
"""Children shown at a time; a row below them opens as many more."""
MORE = "\0more"
"""Last part of the key of the row that opens more children."""
BEFORE = "\0before"
"""Last part of the key of the row that opens the children before."""
PAGER = "\0pager"
"""Last part of the key of the row that opens a long text in the pager."""
MOST_LINES = 2_000
"""Lines of a text shown in the tree; the pager shows all of it."""
_MOST_CHARACTERS = 200_000
_PREVIEW = 80
_HEAD = 512


def state_rows(state: StateView, opened: Mapping[Path, range]) -> list[Row]:
    """Return data and meta as rows; `opened` holds which children of each open path are shown."""
    rows = list(_part("data", state.data, opened))
    rows += _part("meta", state.meta, opened)
    return rows


def can_open(value: Any) -> bool:
    """Tell whether there is more to a value than its row shows."""
    if isinstance(value, Mapping | list):
        return bool(value)
    return isinstance(value, str) and (len(value) > _PREVIEW or "\n" in value)


def _part(name: str, values: Mapping[str, Any], opened: Mapping[Path, range]) -> Iterator[Row]:
    path = (name,)
    count = len(values)
    sign = "▾" if path in opened else "▸"
    size = "empty" if not count else f"{count:d} {'key' if count == 1 else 'keys'}"
    line = Content.assemble((f"{sign if count else ' '} ", ""), (one_line(name, 10), "bold"), f"  {size}")
    yield Row(line, value=dict(values) if count < PAGE else "", key=path, is_wrapped=False)
    if path in opened:
        yield from _children(path, values, opened)


def _children(
    path: Path, values: Mapping[str, Any] | list[Any], opened: Mapping[Path, range]
) -> Iterator[Row]:
    shown = opened[path]
    if shown.start:
        yield _gap(path, BEFORE, shown.start, "before")
    keyed = values.items() if isinstance(values, Mapping) else enumerate(values)
    for key, value in islice(keyed, shown.start, shown.stop):
        inside = (*path, str(key))
        is_open = inside in opened and can_open(value)
        yield _row(inside, value, is_open)
        if is_open and isinstance(value, Mapping | list):
            yield from _children(inside, value, opened)
        elif is_open:
            yield from _text(inside, value)
    hidden = len(values) - shown.stop
    if hidden > 0:
        yield _gap(path, MORE, hidden, "more")


def _gap(path: Path, key: str, hidden: int, word: str) -> Row:
    line = (
        f"{'  ' * len(path)}… {grouped(hidden)} {word} ({key_of('rows.choose')} shows {min(hidden, PAGE):d})"
    )
    return Row(Content(one_line(line, 80)).stylize("$foreground-muted"), value="", key=(*path, key))


def _text(path: Path, text: str) -> Iterator[Row]:
    """The lines of an open text: of a long one the first ones, of bytes hardly any."""
    end = _HEAD if binary_kind(text) else _MOST_CHARACTERS
    lines = text[:end].split("\n", MOST_LINES)
    is_cut = len(text) > end or len(lines) > MOST_LINES
    indent = "  " * len(path)
    for number, line in enumerate(lines[:MOST_LINES]):
        content = Content(f"{clean(indent)}{clean(line)}").expand_tabs(4)
        yield Row(content, value=text, key=(*path, str(number)), hanging=len(indent))
    if is_cut:
        sizes = f"{grouped(text.count(chr(10)) + 1)} lines, {grouped(len(text))} characters"
        note = (
            f"{indent}… of {sizes}; {key_of('inspector.pager')} or {key_of('rows.choose')} here "
            "opens all of it"
        )
        yield Row(Content(one_line(note, 160)).stylize("$foreground-muted"), value=text, key=(*path, PAGER))


def _row(path: Path, value: Any, is_open: bool) -> Row:
    sign = ("▾ " if is_open else "▸ ") if can_open(value) else "  "
    size = Content(one_line(type_of(value), _PREVIEW)).stylize("$foreground-muted")
    preview = _preview(value)
    # The size of what is cut must survive a narrow pane, so it goes before the text.
    facts = [size, preview] if can_open(value) else [preview, size]
    content = Content.assemble(
        ("  " * (len(path) - 1) + sign, "$foreground-muted"),
        (one_line(path[-1], _PREVIEW), "$syntax-key"),
        "  ",
        Content("  ").join(fact for fact in facts if fact.plain),
    )
    return Row(content, value=value if value is not None else "null", key=path, is_wrapped=False)


def _preview(value: Any) -> Content:  # noqa: PLR0911
    match value:
        case str() if kind := binary_kind(value):
            return Content(f"⟨{one_line(kind, _PREVIEW)}⟩").stylize("$syntax-constant")
        case str():
            return Content(f"“{one_line(value, _PREVIEW)}”" if value else "“”").stylize("$syntax-string")
        case bool() | None:
            word = {True: "true", False: "false", None: "null"}[value]
            return Content(one_line(word, 5)).stylize("$syntax-constant")
        case int() | float():
            return Content(one_line(str(value), _PREVIEW)).stylize("$syntax-number")
        case Mapping():
            return Content("" if value else "{}")
        case list():
            return Content("" if value else "[]")
    return Content(one_line(str(value), _PREVIEW))
