"""Everything a person sees of a run, at one position of its history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from agentflow_tui.history.delta import Delta
from agentflow_tui.history.event import RunStarted
from agentflow_tui.history.quick_init import quick


@quick
@dataclass(frozen=True, slots=True)
class StateView:
    """The state of one scope: data and meta, never changed after it was made."""

    data: Mapping[str, Any] = field(default_factory=dict)
    meta: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def at_start(cls, event: RunStarted) -> StateView:
        """Return the state that a run begins with; what is no object in a damaged history counts as empty."""
        data, meta = event.event.get("data"), event.event.get("metadata")
        return cls(data if isinstance(data, dict) else {}, meta if isinstance(meta, dict) else {})

    def after(self, delta: Delta) -> StateView:
        """Return the state that a change leaves; this one stays as it is."""
        data = {key: value for key, value in self.data.items() if key not in delta.removed}
        meta = {key: value for key, value in self.meta.items() if key not in delta.meta_removed}
        return StateView(data | dict(delta.set), meta | dict(delta.meta_set))


@quick
@dataclass(frozen=True, slots=True)
class NodeState:
    """Where one node of the plan stands."""

    status: str = "waiting"
    """waiting, running, retrying, throttled, paused, completed, failed, cancelled or skipped; `open` after a
    failure that found or left the circuit breaker of the agent open."""
    runs: int = 0
    """How often it was started."""
    iteration: int | None = None
    """Of a loop: the current one, from 1."""
    started_at: float | None = None
    ended_at: float | None = None
    reason: str = ""
    """Error text, skip reason or exit reason."""
    subtitle: str = ""
    """The last line of the text that is streaming in, for a running step."""
    taken: str = ""
    """Of a choice: path of the option that ran last."""


@quick
@dataclass(frozen=True, slots=True)
class AgentRun:
    """One run of one agent."""

    number: int
    """Position in `RunState.agent_runs`."""
    path: str
    agent: str
    scope: str
    status: str
    """running, completed, failed or cancelled."""
    started_seq: int
    started_at: float
    before: StateView
    """What the agent was given."""
    ended_seq: int | None = None
    duration: float | None = None
    after: StateView | None = None
    """What its scope held afterwards; none while it runs or when it failed."""
    delta: Delta | None = None
    iteration: int | None = None
    stage: str = ""
    error: str = ""
    category: str = ""
    hint: str = ""
    calls: tuple[str, ...] = ()
    """Ids of its model calls."""
    retries: int = 0
    """How many of its attempts failed and were followed by another, whatever the agent is."""


@quick
@dataclass(frozen=True, slots=True)
class ModelCall:
    """One request to a model."""

    call: str
    path: str
    agent: str
    provider: str
    model: str
    messages: tuple[dict[str, str], ...]
    parameters: Mapping[str, Any]
    status: str
    """running, completed, failed or cancelled."""
    started_seq: int
    started_at: float
    text: str = ""
    """What came so far, or the whole answer."""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    first_token_after: float | None = None
    duration: float | None = None
    finish_reason: str = ""
    source: str = ""
    """Of a completed call: live, record or recording (see `ModelCallEnded`)."""
    error: str = ""
    category: str = ""
    hint: str = ""


@quick
@dataclass(frozen=True, slots=True)
class RunState:
    """A run at one position of its history: a pure function of the events up to there."""

    cursor: int = -1
    """`seq` of the last event folded in; -1 before the first."""
    run_id: str = ""
    flow: str = ""
    mode: str = ""
    chosen_by: str = ""
    session_id: str = ""
    status: str = "idle"
    """idle, running, paused, completed, failed or cancelled."""
    error: str = ""
    category: str = ""
    hint: str = ""
    """The way out of the error, when an agent's failure gave one."""
    elapsed: float = 0.0
    """`at` of the last event, in seconds."""
    paused_path: str = ""
    """The step the run stands before, while it is paused."""
    event: Mapping[str, Any] = field(default_factory=dict)
    state: StateView = field(default_factory=StateView)
    """The run's own state (scope "")."""
    scopes: Mapping[str, StateView] = field(default_factory=dict)
    """States of the open branches of parallel phases, by path."""
    nodes: Mapping[str, NodeState] = field(default_factory=dict)
    """By path; a node that is absent is waiting."""
    agent_runs: tuple[AgentRun, ...] = ()
    calls: Mapping[str, ModelCall] = field(default_factory=dict)
    """By id, in order of start."""
    conflicts: tuple[tuple[str, str, tuple[str, ...], tuple[Any, ...]], ...] = ()
    """Path, key, who wrote it, the values."""
    warnings: tuple[str, ...] = ()
    loop_ends: tuple[tuple[str, int, str], ...] = ()
    """Of each loop that came to its end, in order: its path, how many agent runs had begun, and why."""
    iteration: int | None = None
    """Of the innermost loop that is running or ran last."""
    loop_path: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    answered_calls: int = 0
    """How many model calls were answered."""
    calls_from_recordings: int = 0
    """How many of the answered calls no model had to answer."""
    swapped_text: str = ""
    """Of the flow in force, once another has taken the place of the one that the run began with."""
    swaps: int = 0
    """How often that happened."""

    @property
    def next_iteration(self) -> int | None:
        """Number of the one that begins next in the loop that is running, from 1; none outside of loops."""
        loop = self.nodes.get(self.loop_path)
        is_running = loop is not None and loop.status in ("running", "paused")
        return self.iteration + 1 if is_running and self.iteration is not None else None

    @property
    def is_over(self) -> bool:
        """True when nothing can follow."""
        return self.status in ("completed", "failed", "cancelled")
