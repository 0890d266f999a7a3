"""Each drawing looks exactly as it did when a person last looked at it."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentflow_tui.plan.layout import lay_out
from agentflow_tui.plan.pen import Detail, Direction
from tests.unit.plan.plans import PLANS

_DRAWINGS = Path(__file__).parent / "drawings"


@pytest.mark.parametrize("name", PLANS)
@pytest.mark.parametrize("direction", ["right", "down"])
@pytest.mark.parametrize("detail", ["full", "names"])
def test_drawing(name: str, direction: Direction, detail: Detail) -> None:
    wanted = (_DRAWINGS / f"{name}.{direction}.{detail}.txt").read_text(encoding="utf-8")
    assert lay_out(PLANS[name], direction=direction, detail=detail).text() + "\n" == wanted
