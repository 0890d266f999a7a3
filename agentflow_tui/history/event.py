"""The kinds of event that make up a run's history, each one frozen dataclass.

Three kinds change the state of one *scope*: `AgentCompleted` and `StateChanged` carry a delta for it, and
`IterationStarted` implies one. The scope `""` is the run's own state; a branch of a `Fan` has its path as
scope, opens with its parent's state when `FanStarted` says so, and is closed by `FanEnded`, whose delta goes
to the parent.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from agentflow_tui.history.delta import EMPTY_DELTA, Delta
from agentflow_tui.history.quick_init import quick


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEvent:
    """What every history event has."""

    kind: ClassVar[str] = ""
    seq: int
    """Position in the run's history, from 0, without gaps."""
    at: float
    """Seconds since the run began, on the engine's clock, pauses included."""


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted(HistoryEvent):
    """The first event of every run."""

    kind: ClassVar[str] = "run_started"
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


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnded(HistoryEvent):
    """The last event of every run; nothing follows it."""

    kind: ClassVar[str] = "run_ended"
    status: str
    """`completed`, `failed` or `cancelled`."""
    error: str = ""
    category: str = ""


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class RunPaused(HistoryEvent):
    """The run stands still before the agent run at `path`."""

    kind: ClassVar[str] = "run_paused"
    path: str = ""
    reason: str = ""
    """`pause`, `step`, `iteration` or a breakpoint's name."""


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class RunResumed(HistoryEvent):
    """The run goes on; `until` says how far: `end`, `step` or `iteration`."""

    kind: ClassVar[str] = "run_resumed"
    until: str = "end"


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class NodeStarted(HistoryEvent):
    """A chain, loop, choice or stage begins."""

    kind: ClassVar[str] = "node_started"
    path: str
    scope: str = ""


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class NodeEnded(HistoryEvent):
    """A chain, loop, choice or stage ended as `completed`, `failed`, `cancelled` or `skipped`."""

    kind: ClassVar[str] = "node_ended"
    path: str
    status: str
    scope: str = ""
    reason: str = ""


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class FanStarted(HistoryEvent):
    """A parallel phase begins; each branch is a scope that opens with the state of `scope`."""

    kind: ClassVar[str] = "fan_started"
    path: str
    branches: tuple[str, ...]
    """Paths of the children, in list order."""
    scope: str = ""


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class FanEnded(HistoryEvent):
    """A parallel phase ended; `delta` is the merge and goes to `scope`; the branches' scopes close."""

    kind: ClassVar[str] = "fan_ended"
    path: str
    status: str
    scope: str = ""
    delta: Delta = EMPTY_DELTA
    reason: str = ""


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class MergeConflict(HistoryEvent):
    """Several branches wrote one key with different values; the last in list order wins."""

    kind: ClassVar[str] = "merge_conflict"
    path: str
    key: str
    branches: tuple[str, ...]
    """Names of the agents (or branches) that wrote it, in list order; the last one's value is kept."""
    values: tuple[Any, ...]
    """What each wrote; a removal is `{"removed": true}`."""


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class BranchFailed(HistoryEvent):
    """A child of a parallel phase failed and is left out of the merge."""

    kind: ClassVar[str] = "branch_failed"
    path: str
    branch: str
    error: str


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class IterationStarted(HistoryEvent):
    """An iteration of a loop begins; counted from 1."""

    kind: ClassVar[str] = "iteration_started"
    path: str
    iteration: int
    scope: str = ""

    @property
    def delta(self) -> Delta:
        """What it changes in the state of `scope`: meta `loop_iteration` (semantics §9 loops)."""
        return Delta(meta_set={"loop_iteration": str(self.iteration)})


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class IterationEnded(HistoryEvent):
    """An iteration ended as `completed`, `failed` or `cancelled`."""

    kind: ClassVar[str] = "iteration_ended"
    path: str
    iteration: int
    status: str = "completed"
    scope: str = ""


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class LoopStalled(HistoryEvent):
    """Two iterations in a row changed nothing (semantics §3 loop); a warning."""

    kind: ClassVar[str] = "loop_stalled"
    path: str
    iteration: int


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceTaken(HistoryEvent):
    """A choice went to one option; an empty `option` means that none was true."""

    kind: ClassVar[str] = "choice_taken"
    path: str
    option: str
    """Path of the body that runs, or empty."""
    reason: str
    """Which rule, key or condition decided, in words."""
    scope: str = ""


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver(HistoryEvent):
    """An agent set meta `route` and another agent takes over (semantics §3 route)."""

    kind: ClassVar[str] = "handed_over"
    path: str
    from_agent: str
    to_agent: str
    hop: int
    """Counted from 1."""
    scope: str = ""


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class AgentStarted(HistoryEvent):
    """An agent run begins."""

    kind: ClassVar[str] = "agent_started"
    path: str
    agent: str
    scope: str = ""
    iteration: int | None = None
    """Of the innermost loop around it, from 1."""
    stage: str = ""


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class AgentPinned(HistoryEvent):
    """The agent is not called: its output is pinned, and is what `AgentCompleted` says next."""

    kind: ClassVar[str] = "agent_pinned"
    path: str
    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentCompleted(HistoryEvent):
    """An agent run ended well; `delta` goes to `scope`."""

    kind: ClassVar[str] = "agent_completed"
    path: str
    agent: str
    delta: Delta
    duration: float
    """Seconds."""
    scope: str = ""
    iteration: int | None = None


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class AgentFailed(HistoryEvent):
    """An agent run finally failed; nothing it changed is kept."""

    kind: ClassVar[str] = "agent_failed"
    path: str
    agent: str
    error: str
    category: str
    duration: float
    scope: str = ""
    iteration: int | None = None
    hint: str = ""
    """The way out, when one is known (an exact command, a key to set)."""


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class AgentCancelled(HistoryEvent):
    """An agent run was cancelled; nothing it changed is kept."""

    kind: ClassVar[str] = "agent_cancelled"
    path: str
    agent: str
    duration: float
    reason: str = ""
    scope: str = ""
    iteration: int | None = None


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class StateChanged(HistoryEvent):
    """The engine itself changed the state of `scope`: counters, exit reasons, failure marks."""

    kind: ClassVar[str] = "state_changed"
    path: str
    delta: Delta
    scope: str = ""


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCallStarted(HistoryEvent):
    """An agent asks a model."""

    kind: ClassVar[str] = "model_call_started"
    path: str
    agent: str
    call: str
    """Id of the call, unique in the run."""
    provider: str
    model: str
    messages: tuple[dict[str, str], ...]
    """The rendered prompt: `role` and `content` of each message."""
    parameters: dict[str, Any] = field(default_factory=dict)


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class TokensReceived(HistoryEvent):
    """A piece of a model's answer, as long as what came since the one before."""

    kind: ClassVar[str] = "tokens_received"
    path: str
    call: str
    text: str


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCallEnded(HistoryEvent):
    """A model's answer is whole."""

    kind: ClassVar[str] = "model_call_ended"
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


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCallFailed(HistoryEvent):
    """A model call failed or was cancelled; the partial text is in the token events before it."""

    kind: ClassVar[str] = "model_call_failed"
    path: str
    agent: str
    call: str
    error: str
    category: str
    hint: str = ""

    @property
    def is_cancelled(self) -> bool:
        """True when nothing went wrong: somebody stopped the call."""
        return self.error == "cancelled" and self.category == "unknown"


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackFailed(HistoryEvent):
    """A hook callback raised; the flow goes on unless it was a BeforeAgentRun one (semantics §6)."""

    kind: ClassVar[str] = "callback_failed"
    hook: str
    name: str
    error: str
    agent: str = ""


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class Warned(HistoryEvent):
    """Something a person should know that changes nothing about the run."""

    kind: ClassVar[str] = "warned"
    message: str
    path: str = ""
