"""The numbers of two runs over the iterations of a loop, as rows: one curve above the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import set_cell_size
from textual.content import Content

from agentflow_tui.history.curve import Curve, Series
from agentflow_tui.history.loop_lens import Key
from agentflow_tui.tui.panes.row import Row
from agentflow_tui.tui.panes.sparkline import sparkline
from agentflow_tui.tui.safe_text import clean, one_line, plain

_NAME = 22
_NUMBER = 9
_INDENT = 2
_SIGN = 2
_LONGEST = 100


def curve_rows(found: Sequence[Curve], width: int) -> Iterator[Row]:
    """Yield the curves for a window of `width` cells; nothing when no loop changed a number.

    Both curves of a key have one scale and begin with the same iteration, the earliest of the last that fit.
    """
    loop = None
    for curve in found:
        if curve.loop != loop:
            loop = curve.loop
            yield from _heading(loop)
        yield from _pair(curve, max(width - _INDENT - _NAME - _SIGN - 3 * _NUMBER - 1, 1))


def _heading(loop: str) -> Iterator[Row]:
    yield Row(Content(""))
    title = f"CURVES OVER {loop}"
    yield Row(Content.styled(one_line(title, _LONGEST), "bold $accent"), is_wrapped=False)
    heads = "".join(f"{head:>{_NUMBER}}" for head in ("first", "last", "highest"))
    space = " " * (_INDENT + _NAME + _SIGN)
    yield Row(Content.styled(clean(f"{space}{heads} iterations"), "$muted"), is_wrapped=False)


def _pair(curve: Curve, room: int) -> Iterator[Row]:
    count = max(len(curve.left), len(curve.right))
    before = max(count - room, 0)
    name = one_line(_spelled(curve.key), _NAME - 1)
    for sign, series, other in (("A", curve.left, curve.right), ("B", curve.right, curve.left)):
        bars = sparkline(series[before:], other[before:])
        content = Content.assemble(
            " " * _INDENT,
            (set_cell_size(name if sign == "A" else "", _NAME), "$syntax-key"),
            (clean(f"{sign} "), "bold $accent"),
            _numbers(series),
            (clean(f" {bars}"), "$primary" if sign == "A" else "$accent"),
        )
        yield Row(content, value=", ".join(map(_brief, series)), is_wrapped=False)


def _numbers(series: Series) -> Content:
    known = [number for number in series if number is not None]
    if not known:
        return Content.styled(clean(f"{'no numbers':>{3 * _NUMBER}}"), "$muted")
    return plain("".join(f"{_brief(each):>{_NUMBER}}" for each in (known[0], known[-1], max(known))))


def _brief(number: float | None) -> str:
    if number is None:
        return "-"
    text = f"{number:.6g}"
    return text if len(text) < _NUMBER else f"{number:.1e}"


def _spelled(key: Key) -> str:
    kind, name = key
    return name if kind == "data" else f"meta {name}"
