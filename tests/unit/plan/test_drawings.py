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
@pytest.mark.parametrize("detail", ["full", "names", "dots"])
def test_drawing(name: str, direction: Direction, detail: Detail) -> None:
    wanted = (_DRAWINGS / f"{name}.{direction}.{detail}.txt").read_text(encoding="utf-8")
    layout = lay_out(PLANS[name], direction=direction, detail=detail, room=(200, 60))
    assert layout.text() + "\n" == wanted


@pytest.mark.parametrize(("name", "room"), [("gates", (90, 38)), ("gates", (52, 30))])
def test_labels_are_as_long_as_the_place_allows(name: str, room: tuple[int, int]) -> None:
    wanted = (_DRAWINGS / f"{name}.{room[0]}x{room[1]}.txt").read_text(encoding="utf-8")
    assert lay_out(PLANS[name], room=room).text() + "\n" == wanted


def test_what_is_closed_is_one_box() -> None:
    wanted = (_DRAWINGS / "gates.closed.txt").read_text(encoding="utf-8")
    layout = lay_out(PLANS["gates"], room=(140, 40), folds={"g/risk": True})
    assert layout.text() + "\n" == wanted
    assert layout.boxes["g/risk"].kind == "closed" and layout.boxes["g/risk"].is_folded
    assert not any(path.startswith("g/risk/") for path in layout.boxes)


@pytest.mark.parametrize(
    ("name", "room"), [("mixed", (61, 27)), ("sequential", (50, 12)), ("wide", (80, 20))]
)
def test_a_long_row_is_broken_when_only_that_fits(name: str, room: tuple[int, int]) -> None:
    wanted = (_DRAWINGS / f"{name}.wrapped.txt").read_text(encoding="utf-8")
    layout = lay_out(PLANS[name], room=room)
    assert layout.text() + "\n" == wanted
    assert layout.style.is_wrapped and layout.width <= room[0] and layout.height <= room[1]


@pytest.mark.parametrize("name", ["gates", "mixed", "route", "stages"])
def test_branches_are_stacked_when_only_that_fits(name: str) -> None:
    wanted = (_DRAWINGS / f"{name}.stacked.txt").read_text(encoding="utf-8")
    layout = lay_out(PLANS[name], room=(37, 17))
    assert layout.text() + "\n" == wanted
    assert layout.style.is_stacked and layout.width <= 37
