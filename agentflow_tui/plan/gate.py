"""The gates of a stage: what lets the flow in, and what lets it on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from agentflow_tui.plan.node import Node, Stage


@dataclass(frozen=True, slots=True)
class Gate:
    """One condition at a stage's way in or way out (semantics §3 mixed)."""

    kind: Literal["when", "needs", "must hold"]
    """Skips the stage when it is false; fails it before it begins; fails it after its end."""
    text: str

    @property
    def words(self) -> str:
        """What a person reads."""
        return f"{self.kind} {self.text}"


def ways_in(node: Node) -> tuple[Gate, ...]:
    """The gates before a node."""
    if not isinstance(node, Stage):
        return ()
    when = (Gate("when", node.when.text),) if node.when is not None else ()
    return (*when, *((Gate("needs", ", ".join(node.prerequisites)),) if node.prerequisites else ()))


def ways_out(node: Node) -> tuple[Gate, ...]:
    """The gates after a node."""
    if not isinstance(node, Stage) or node.success_condition is None:
        return ()
    return (Gate("must hold", node.success_condition.text),)
