"""What the state after an agent run can be compared with."""

from __future__ import annotations

from collections.abc import Mapping

from agentflow_tui.history.run_state import AgentRun, RunState, StateView

BEFORE_AGENT = "before this agent"
PREVIOUS_ITERATION = "previous iteration"
START = "start of the run"
MARK = "marked point"
BASES = (BEFORE_AGENT, PREVIOUS_ITERATION, START, MARK)
"""In the order in which a person goes through them."""


def base_of(state: RunState, run: AgentRun, base: str, mark: StateView | None) -> StateView | None:
    """Return the state that `base` names for an agent run; none when there is no such state."""
    match base:
        case "before this agent":
            return run.before
        case "previous iteration":
            earlier = run_before(state, run)
            return earlier.after if earlier else None
        case "start of the run":
            return start_of(state)
    return mark


def start_of(state: RunState) -> StateView:
    """Return the state that the run began with: the event's data and metadata (semantics §2)."""
    data, metadata = state.event.get("data"), state.event.get("metadata")
    return StateView(
        data if isinstance(data, Mapping) else {}, metadata if isinstance(metadata, Mapping) else {}
    )


def run_before(state: RunState, run: AgentRun) -> AgentRun | None:
    """Return the last run of the same node before `run` that left a state: the previous iteration's."""
    earlier = reversed(state.agent_runs[: run.number])
    return next((each for each in earlier if each.path == run.path and each.after is not None), None)
