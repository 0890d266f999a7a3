"""How the agents of a flow work together: `[orchestration]` (semantics §3, §9)."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from agentflow_tui.config.duration import Seconds
from agentflow_tui.config.stage import StageConfig
from agentflow_tui.config.table import ConditionText, Table, TimedTable, conflict

Mode = Literal["route", "collaborative", "sequential", "loop", "mixed"]
"""The five modes (semantics §1)."""

DEFAULT_TIMEOUT_SECONDS = 30.0
"""How long a run may take unless the file says otherwise (semantics §8)."""


class RoutingRule(Table):
    """`[[orchestration.routing.rules]]`: `when` or `contains`, and the agent."""

    when: ConditionText | None = None
    """A condition over the event's data."""
    contains: str | None = None
    """Text to look for in the message, upper and lower case alike."""
    agent: str
    """Who gets the event then."""

    @model_validator(mode="after")
    def _one_question(self) -> Self:
        if (self.when is None) == (self.contains is None):
            raise conflict("when", "a rule needs either when or contains", 'write contains = "refund"')
        return self


class RoutingConfig(Table):
    """`[orchestration.routing]`."""

    default_agent: str | None = None
    """Who gets an event that nothing else decides."""
    max_hops: Annotated[int, Field(ge=0, le=1000)] = 10
    """How often agents may hand over."""
    rules: list[RoutingRule] = []
    """Asked in file order; the first match wins."""


class LoopConfig(Table):
    """`[orchestration.loop]`."""

    condition: ConditionText | None = None
    """The loop ends when this holds after an iteration."""


class SwitchConfig(Table):
    """`[[orchestration.switch]]`: another mode for events that meet a condition."""

    when: ConditionText
    """A condition over the event's data."""
    mode: Mode
    """The mode for such an event."""


class MixedConfig(Table):
    """`[orchestration.mixed]`."""

    stages: list[StageConfig] = []
    """Run in order."""


class Orchestration(TimedTable):
    """`[orchestration]`: the mode and what the modes need."""

    mode: Mode = "route"
    """How the agents work together."""
    timeout_seconds: Seconds = DEFAULT_TIMEOUT_SECONDS
    """How long a whole run may take, in seconds."""
    max_iterations: Annotated[int, Field(ge=1, le=1_000_000)] = 5
    """The most iterations of a loop."""
    retry_attempts: Annotated[int, Field(ge=0, le=1000)] | None = None
    """Retries for every agent that has no retry_policy."""
    failure_threshold: Annotated[float, Field(ge=0, le=1)] | None = None
    """The fraction of agents of a collaborative phase that may fail (0.5 unless set)."""
    max_concurrency: Annotated[int, Field(ge=1, le=10_000)] | None = None
    """How many agents run at the same time (10 unless set)."""
    sequential_agents: list[str] | None = None
    """One after the other; repeats are allowed."""
    collaborative_agents: list[str] | None = None
    """All at once; every enabled agent when absent."""
    loop_agent: str | None = None
    """Runs again and again."""
    routing: RoutingConfig = RoutingConfig()
    """Settings of route."""
    loop: LoopConfig = LoopConfig()
    """Settings of loop."""
    mixed: MixedConfig = MixedConfig()
    """Settings of mixed."""
    switch: list[SwitchConfig] = []
    """Modes for certain events; the first true one wins."""

    @property
    def timeout_is_default(self) -> bool:
        """True when the file sets no time limit, so that 30 s holds (semantics §9)."""
        return "timeout_seconds" not in self.model_fields_set

    @property
    def modes_in_use(self) -> tuple[Mode, ...]:
        """The mode and those that a switch can choose, without repeats."""
        return tuple(dict.fromkeys([self.mode, *(switch.mode for switch in self.switch)]))
