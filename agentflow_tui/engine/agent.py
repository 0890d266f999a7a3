"""What runs at a leaf of the plan."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from agentflow_tui.engine.clock import Clock
from agentflow_tui.engine.event import Event
from agentflow_tui.engine.recorder import Recorder
from agentflow_tui.engine.state import State
from agentflow_tui.history.quick_init import quick


@quick
@dataclass(frozen=True, slots=True)
class AgentContext:
    """Where in the run an agent stands."""

    agent: str
    path: str
    """Of its step in the plan."""
    scope: str
    """Empty for the run's own state, else the path of the branch."""
    iteration: int | None
    """Of the innermost loop, from 1."""
    attempt: int
    """Counted from 1."""
    stage: str
    """Name of the innermost stage, or empty."""
    clock: Clock
    recorder: Recorder
    """Writes the agent's model calls into the history."""
    made: ClassVar[Callable[..., AgentContext]]
    """Makes one from its fields, faster than a call of the class does: see `quick`."""


class Caller(Protocol):
    """Who calls an agent, and knows where in the run it stands."""

    @property
    def clock(self) -> Clock:
        """The run's."""

    def context(self) -> AgentContext:
        """Made when it is first asked for: two objects that most Python handlers never need."""


class Agent(Protocol):
    """An LLM agent, a Python handler or a nested flow; one object serves many runs at one time.

    One that seldom needs its context has a `run_for` too, which takes a `Caller` in its place.
    """

    def run(
        self, event: Event, state: State, context: AgentContext
    ) -> Awaitable[State | Mapping[str, Any] | None]:
        """Do the work once.

        `state` is the agent's own and may be changed in place. Return it, or a mapping of data keys to set,
        or nothing for "no change". Any exception is the agent's failure; `category` and `hint` attributes
        of it are used. Cancellation must be let through.
        """
