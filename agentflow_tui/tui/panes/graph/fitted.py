"""Choosing the drawing for a pane."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from textual.geometry import Size

from agentflow_tui.plan.layout import Layout, lay_out
from agentflow_tui.plan.node import Plan
from agentflow_tui.plan.pen import Detail, Direction

Choosable = Direction | Literal["auto"]
DetailChoice = Detail | Literal["auto", "fit"]
_BARS = Size(1, 1)
"""What scroll bars take."""


def fitted(
    plan: Plan, room: Size, direction: Choosable, detail: DetailChoice, folds: Mapping[str, bool]
) -> Layout:
    """Lay out for a pane of `room`, scroll bars included.

    It depends on that alone: a drawing chosen by the room left would change it again by needing bars or not.
    """
    layout = lay_out(plan, direction=direction, detail=detail, room=room, folds=folds)
    if layout.width <= room.width and layout.height <= room.height:
        return layout
    return lay_out(plan, direction=direction, detail=detail, room=room - _BARS, folds=folds)
