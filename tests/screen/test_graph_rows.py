"""Rows that are kept look like rows painted anew, at every event of every run and when one jumps about."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.style import Style

from agentflow_tui.config import check_text
from agentflow_tui.engine import ModeChoice
from agentflow_tui.history.fold import RunFold
from agentflow_tui.history.run_state import RunState
from agentflow_tui.plan.layout import Layout, lay_out
from agentflow_tui.plan.node import Plan
from agentflow_tui.tui.panes.graph.face import STYLES
from agentflow_tui.tui.panes.graph.row_painter import RowPainter
from tests.conformance.cases import HERE, Case, later_ids, load_cases
from tests.conformance.run_case import CaseRun, _event
from tests.unit.plan.hard_texts import HARD_TEXTS, everywhere
from tests.unit.plan.plans import plan_of

_PARTS = ("line", "lit", "dim", "label", "name", "selected")
_STYLES = {name: Style(meta={"name": name}) for name in (*STYLES, *_PARTS)}
_CASES = [
    case
    for case in load_cases("run", HERE / "cases")
    if case.id not in later_ids()
    and case.id.startswith(("modes", "stages"))
    and len(case.given["flow"]) < 3000
]


def _rows(painter: RowPainter, layout: Layout) -> list[list[tuple[str, Style | None]]]:
    return [[(segment.text, segment.style) for segment in painter.strip(y)] for y in range(layout.height)]


def _painted_anew(plan: Plan, layout: Layout, state: RunState) -> list[list[tuple[str, Style | None]]]:
    painter = RowPainter(plan, layout, _STYLES)
    painter.show(state)
    return _rows(painter, layout)


@pytest.mark.parametrize("case", _CASES, ids=lambda case: case.id)
async def test_kept_rows_are_never_stale(case: Case, tmp_path: Path) -> None:
    run = await CaseRun.of(case, tmp_path)
    flow = check_text(case.given["flow"], folder=tmp_path, env=case.env).flow
    assert flow is not None
    plan = ModeChoice.make(flow, _event(case.given["event"])).plan
    layout = lay_out(plan, room=(100, 30))
    fold, states = RunFold(), [RunState()]
    for event in run.history:
        fold.apply(event)
        states.append(fold.snapshot())
    painter = RowPainter(plan, layout, _STYLES)
    # Forwards in steps of several events, as they come in batches, then back and forth, as one scrubs.
    for state in (*states[:40:3], states[-1], states[0], states[len(states) // 2], states[-1]):
        painter.show(state)
        assert _rows(painter, layout) == _painted_anew(plan, layout, state)
        width = {painter.strip(y).cell_length for y in range(layout.height)}
        assert width == {layout.width}


@pytest.mark.parametrize("text", HARD_TEXTS.values(), ids=HARD_TEXTS)
def test_every_row_fills_its_cells_whatever_the_parts_are_called(text: str) -> None:
    plan = plan_of(everywhere(text))
    for room in ((36, 17), (60, 30), (160, 60)):
        layout = lay_out(plan, room=room, folds={"r/f": True})
        painter = RowPainter(plan, layout, _STYLES)
        painter.show(RunState())
        widths = {cell_len("".join(text for text, _ in row)) for row in _rows(painter, layout)}
        assert widths == {layout.width}
