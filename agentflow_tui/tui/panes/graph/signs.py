"""The signs that a person sets on nodes: breakpoints, a pin, a hold. Told apart by glyph, not by colour."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from agentflow_tui.engine.breakpoints import Breakpoint
from agentflow_tui.plan.box import Box
from agentflow_tui.plan.node import Node, Plan, Step

_POINTS = {("before", True): "◆", ("before", False): "◇", ("after", True): "▰", ("after", False): "▱"}
_CONDITION = "?"
PIN = "▣"
HELD = "‖"
LEGEND = (
    "◆ stops before, ▰ after; ◇ ▱ switched off; ? under a condition or from a later hit on; "
    f"{PIN} pinned; {HELD} held"
)
"""What the signs mean, for help and dialogs."""
_PLACE = 3
"""Cells beside a box's corner that belong to its signs."""


def sign_of(point: Breakpoint) -> str:
    """The sign of one breakpoint: its shape says before or after, filled is on, `?` not at every hit."""
    is_choosy = bool(point.condition) or point.from_hit > 1
    return _POINTS[point.when, point.is_enabled] + (_CONDITION if is_choosy else "")


@dataclass(frozen=True, slots=True)
class Marks:
    """What is marked in one flow."""

    points: tuple[Breakpoint, ...] = ()
    pinned: Collection[str] = field(default=())
    """Agents and paths whose output is pinned."""
    held: Collection[str] = field(default=())
    """Agents and paths that are held."""

    def signs(self, plan: Plan | None) -> dict[str, str]:
        """The signs of each node that has some, by path."""
        if plan is None or not (self.points or self.pinned or self.held):
            return {}
        found = ((path, "".join(self._of(node))) for path, node in plan.nodes.items())
        return {path: signs for path, signs in found if signs}

    def _of(self, node: Node) -> Iterable[str]:
        names = {node.path, node.agent, node.key} if isinstance(node, Step) else {node.path}
        yield from dict.fromkeys(sign_of(point) for point in self.points if point.where in names)
        if not names.isdisjoint(self.pinned):
            yield PIN
        if not names.isdisjoint(self.held):
            yield HELD


def is_sign_place(box: Box, x: int, y: int) -> bool:
    """Whether a cell of the drawing is where the signs of a box are, or would be."""
    if y != box.y:
        return False
    if box.kind == "cell":
        return x == box.x
    return box.kind != "dot" and box.x < x <= box.x + _PLACE
