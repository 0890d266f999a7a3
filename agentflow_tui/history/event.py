"""The kinds of event that make up a run's history, each one frozen dataclass.

Three kinds change the state of one *scope*: `AgentCompleted` and `StateChanged` carry a delta for it, and
`IterationStarted` implies one. The scope `""` is the run's own state; a branch of a `Fan` has its path as
scope, opens with its parent's state when `FanStarted` says so, and is closed by `FanEnded`, whose delta goes
to the parent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from agentflow_tui.history.delta import Delta
from agentflow_tui.history.event_kind import kind

CANCELLED_CALL = "cancelled"
"""The error of a model call that somebody stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEvent:
    """What every history event has."""

    kind: ClassVar[str] = ""
    made: ClassVar[Callable[..., HistoryEvent]]
    """Makes an event of the kind from its fields, faster than a call of the class does: see `quick`."""
    seq: int
    """Position in the run's history, from 0, without gaps."""
    at: float
    """Seconds since the run began, on the engine's clock, pauses included."""


@kind("run_started")
class RunStarted(HistoryEvent):
    """The first event of every run."""

    run_id: str
    flow: str
    """The flow's name."""
    mode: str
    chosen_by: str
    """`override`, `switch` or `default` (semantics §3 switching)."""
    reason: str
    """The same in words, for a person."""
    event: dict[str, Any]
    """The user's event: id, target, data, metadata, timestamp."""
    session_id: str
    started_at: str = ""
    """Wall-clock time, ISO 8601, UTC."""


@kind("run_ended")
class RunEnded(HistoryEvent):
    """The last event of every run; nothing follows it."""

    status: str
    """`completed`, `failed` or `cancelled`."""
    error: str = ""
    category: str = ""


@kind("run_paused")
class RunPaused(HistoryEvent):
    """The run stands still before the agent run at `path`; without a path behind its last one."""

    path: str = ""
    reason: str = ""
    """`pause`, `step`, `iteration`, `stage` or a breakpoint's name."""


@kind("run_resumed")
class RunResumed(HistoryEvent):
    """The run goes on; `until` says how far: `end`, `step`, `over`, `iteration` or `stage`."""

    until: str = "end"


@kind("node_started")
class NodeStarted(HistoryEvent):
    """A chain, loop, choice or stage begins."""

    path: str
    scope: str = ""


@kind("node_ended")
class NodeEnded(HistoryEvent):
    """A chain, loop, choice or stage ended as `completed`, `failed`, `cancelled` or `skipped`."""

    path: str
    status: str
    scope: str = ""
    reason: str = ""


@kind("iteration_started")
class IterationStarted(HistoryEvent):
    """An iteration of a loop begins; counted from 1."""

    path: str
    iteration: int
    scope: str = ""

    @property
    def delta(self) -> Delta:
        """What it changes in the state of `scope`: meta `loop_iteration` (semantics §9 loops)."""
        return Delta(meta_set={"loop_iteration": str(self.iteration)})


@kind("iteration_ended")
class IterationEnded(HistoryEvent):
    """An iteration ended as `completed`, `failed` or `cancelled`."""

    path: str
    iteration: int
    status: str = "completed"
    scope: str = ""


@kind("loop_stalled")
class LoopStalled(HistoryEvent):
    """Two iterations in a row changed nothing (semantics §3 loop); a warning."""

    path: str
    iteration: int


@kind("choice_taken")
class ChoiceTaken(HistoryEvent):
    """A choice went to one option; an empty `option` means that none was true."""

    path: str
    option: str
    """Path of the body that runs, or empty."""
    reason: str
    """Which rule, key or condition decided, in words."""
    scope: str = ""


@kind("handed_over")
class HandedOver(HistoryEvent):
    """An agent set meta `route` and another agent takes over (semantics §3 route)."""

    path: str
    from_agent: str
    to_agent: str
    hop: int
    """Counted from 1."""
    scope: str = ""


@kind("agent_started")
class AgentStarted(HistoryEvent):
    """An agent run begins."""

    path: str
    agent: str
    scope: str = ""
    iteration: int | None = None
    """Of the innermost loop around it, from 1."""
    stage: str = ""


@kind("agent_pinned")
class AgentPinned(HistoryEvent):
    """The agent is not called: its output is pinned, and is what `AgentCompleted` says next."""

    path: str
    agent: str


@kind("agent_completed")
class AgentCompleted(HistoryEvent):
    """An agent run ended well; `delta` goes to `scope`."""

    path: str
    agent: str
    delta: Delta
    duration: float
    """Seconds."""
    scope: str = ""
    iteration: int | None = None


@kind("agent_failed")
class AgentFailed(HistoryEvent):
    """An agent run finally failed; nothing it changed is kept."""

    path: str
    agent: str
    error: str
    category: str
    duration: float
    scope: str = ""
    iteration: int | None = None
    hint: str = ""
    """The way out, when one is known (an exact command, a key to set)."""


@kind("agent_cancelled")
class AgentCancelled(HistoryEvent):
    """An agent run was cancelled; nothing it changed is kept."""

    path: str
    agent: str
    duration: float
    reason: str = ""
    scope: str = ""
    iteration: int | None = None


@kind("state_changed")
class StateChanged(HistoryEvent):
    """The engine itself changed the state of `scope`: counters, exit reasons, failure marks."""

    path: str
    delta: Delta
    scope: str = ""


@kind("model_call_started")
class ModelCallStarted(HistoryEvent):
    """An agent asks a model."""

    path: str
    agent: str
    call: str
    """Id of the call, unique in the run."""
    provider: str
    model: str
    messages: tuple[dict[str, str], ...]
    """The rendered prompt: `role` and `content` of each message."""
    parameters: dict[str, Any] = field(default_factory=dict)


@kind("tokens_received")
class TokensReceived(HistoryEvent):
    """A piece of a model's answer, as long as what came since the one before."""

    path: str
    call: str
    text: str


@kind("model_call_ended")
class ModelCallEnded(HistoryEvent):
    """A model's answer is whole."""

    path: str
    agent: str
    call: str
    prompt_tokens: int | None
    completion_tokens: int | None
    first_token_after: float | None
    """Seconds from the request to the first piece."""
    duration: float
    finish_reason: str
    response: str
    source: str = "live"
    """Where it came from: `live` (a model; only re-runs and forks of this run take it from here), `record` (a
    model; any run may take it from here) or `recording` (an earlier call; no model was asked)."""


@kind("model_call_failed")
class ModelCallFailed(HistoryEvent):
    """A model call failed or was cancelled; the partial text is in the token events before it."""

    path: str
    agent: str
    call: str
    error: str
    category: str
    hint: str = ""

    @property
    def is_cancelled(self) -> bool:
        """True when nothing went wrong: somebody stopped the call."""
        return self.error == CANCELLED_CALL and self.category == "unknown"


@kind("callback_failed")
class CallbackFailed(HistoryEvent):
    """A hook callback raised; the flow goes on unless it was a BeforeAgentRun one (semantics §6)."""

    hook: str
    name: str
    error: str
    agent: str = ""


@kind("warned")
class Warned(HistoryEvent):
    """Something a person should know that changes nothing about the run."""

    message: str
    path: str = ""
