"""What the edited config would change in a live run, as rows."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from agentflow_tui.plan.swap_forecast import ForecastChange, SwapForecast
from agentflow_tui.tui.panes.row import Row
from agentflow_tui.tui.safe_text import clean, one_line

_LONGEST = 400
_SIGNS = {
    "calls": ("↻", "$warning"),
    "shape": ("◇", "$accent"),
    "course": ("⇄", "$primary"),
    "later": ("◷", "$muted"),
    "nothing": ("·", "$muted"),
}
_COMES_OF_IT = {
    "calls": "asked anew",
    "shape": "another graph",
    "course": "from the next iteration on",
    "later": "from the next run on",
    "nothing": "changes nothing in a run",
}
_NO_CHANGE = "= the text means the same as the config that this run follows; only its looks may differ"


def swap_rows(forecast: SwapForecast, when: str) -> list[Row]:
    """Return the forecast; `when` says in words what the config would wait for."""
    if forecast.is_empty:
        return [Row(Content.styled(_NO_CHANGE, "$success"))]
    return [
        *_moment(forecast, when),
        *(row for each in forecast.changes for row in _change(each)),
        *_rest(forecast),
    ]


def _moment(forecast: SwapForecast, when: str) -> Iterator[Row]:
    if forecast.refusal:
        yield Row(
            Content.assemble(("✗ not in this run: ", "bold $error"), one_line(forecast.refusal, _LONGEST))
        )
        yield Row(Content.assemble(("→ ", "$muted"), one_line(forecast.way_out, _LONGEST)))
    else:
        yield Row(Content.assemble(("⇄ ", "bold $accent"), ("taken over ", "bold"), one_line(when, _LONGEST)))
    yield Row(Content(""))


def _change(each: ForecastChange) -> Iterator[Row]:
    glyph, colour = _SIGNS[each.effect]
    change = each.change
    file = f"{change.file} · " if change.file else ""
    line = Content.assemble(
        (clean(f"{glyph} "), colour),
        (one_line(f"{file}{change.subject}", _LONGEST), "bold"),
        "  ",
        one_line(change.what, _LONGEST),
        (clean(f"  line {change.line:d}" if change.line else ""), "$muted"),
    )
    yield Row(line)
    agents = f": {', '.join(each.agents)}" if each.agents else ""
    yield Row(Content.styled(one_line(f"  {_COMES_OF_IT[each.effect]}{agents}", _LONGEST), "$muted"))


def _rest(forecast: SwapForecast) -> Iterator[Row]:
    yield Row(Content(""))
    for line in forecast.summary:
        yield Row(Content(one_line(line, _LONGEST)))
