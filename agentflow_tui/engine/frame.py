"""Where the interpreter stands in the plan."""

from __future__ import annotations

from agentflow_tui.engine.cancel_scope import CancelScope
from agentflow_tui.engine.scope_state import ScopeState


class Frame:
    """What the nodes inside a node inherit from it."""

    __slots__ = ("iteration", "scope", "stage", "state", "stops")

    def __init__(
        self,
        scope: str,
        state: ScopeState,
        stops: CancelScope,
        iteration: int | None = None,
        stage: str = "",
    ) -> None:
        """Keep these five."""
        self.scope = scope
        """Empty for the run's own state, else the path of the branch."""
        self.state = state
        self.stops = stops
        self.iteration = iteration
        """Of the innermost loop, from 1."""
        self.stage = stage
        """Name of the innermost stage, or empty."""

    def for_branch(self, scope: str, state: ScopeState, stops: CancelScope) -> Frame:
        """The frame of a branch of a parallel phase."""
        return Frame(scope, state, stops, self.iteration, self.stage)

    def for_iteration(self, iteration: int) -> Frame:
        """The frame of an iteration of a loop."""
        return Frame(self.scope, self.state, self.stops, iteration, self.stage)

    def for_stage(self, stage: str, stops: CancelScope) -> Frame:
        """The frame of a stage."""
        return Frame(self.scope, self.state, stops, self.iteration, stage)
