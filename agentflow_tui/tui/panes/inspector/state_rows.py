"""A state as a tree of rows; what is closed costs nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from textual.content import Content

from agentflow_tui.history.run_state import StateView
from agentflow_tui.tui.panes.inspector.amount import grouped, type_of
from agentflow_tui.tui.panes.inspector.notice import text_rows
from agentflow_tui.tui.panes.row import Row
from agentflow_tui.tui.safe_text import one_line

Path = tuple[str, ...]

PAGE = 200
"""Children shown at a time; a row below them opens as many more."""
MORE = "\0more"
"""Last part of the key of the row that opens more children."""
_PREVIEW = 80


def state_rows(state: StateView, opened: Mapping[Path, int]) -> list[Row]:
    """Return data and meta as rows; `opened` holds how many children of each open path are shown."""
    rows = list(_part("data", state.data, opened))
    rows += _part("meta", state.meta, opened)
    return rows


def can_open(value: Any) -> bool:
    """Tell whether there is more to a value than its row shows."""
    if isinstance(value, Mapping | list):
        return bool(value)
    return isinstance(value, str) and (len(value) > _PREVIEW or "\n" in value)


def _part(name: str, values: Mapping[str, Any], opened: Mapping[Path, int]) -> Iterator[Row]:
    path = (name,)
    count = len(values)
    sign = "▾" if path in opened else "▸"
    size = "empty" if not count else f"{count:d} {'key' if count == 1 else 'keys'}"
    line = Content.assemble((f"{sign if count else ' '} ", ""), (one_line(name, 10), "bold"), f"  {size}")
    yield Row(line, value=dict(values) if count < PAGE else "", key=path, is_wrapped=False)
    if path in opened:
        yield from _children(path, values, opened)


def _children(path: Path, values: Mapping[str, Any] | list[Any], opened: Mapping[Path, int]) -> Iterator[Row]:
    limit = opened[path]
    keyed = values.items() if isinstance(values, Mapping) else enumerate(values)
    for key, value in islice(keyed, limit):
        inside = (*path, str(key))
        is_open = inside in opened and can_open(value)
        yield _row(inside, value, is_open)
        if is_open and isinstance(value, Mapping | list):
            yield from _children(inside, value, opened)
        elif is_open:
            yield from text_rows(value, first="  " * len(inside), key=inside)
    hidden = len(values) - limit
    if hidden > 0:
        line = f"{'  ' * len(path)}… {grouped(hidden)} more (enter shows {min(hidden, PAGE):d})"
        yield Row(Content(one_line(line, 80)).stylize("$foreground-muted"), value="", key=(*path, MORE))


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


def _preview(value: Any) -> Content:
    match value:
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
