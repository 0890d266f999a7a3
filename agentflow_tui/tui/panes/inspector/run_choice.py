"""Which agent runs the inspector speaks about."""

from __future__ import annotations

from agentflow_tui.history.run_state import AgentRun, RunState


def is_inside(path: str, selection: str | None) -> bool:
    """Tell whether a path is the selected node or inside it; no selection means everywhere."""
    return selection is None or path == selection or path.startswith(f"{selection}/")


def last_run(state: RunState, selection: str | None, *, has_ended: bool = False) -> AgentRun | None:
    """Return the last agent run at or inside the selected node; with `has_ended` one that is over."""
    for run in reversed(state.agent_runs):
        if is_inside(run.path, selection) and not (has_ended and run.status == "running"):
            return run
    return None


def run_before(state: RunState, run: AgentRun) -> AgentRun | None:
    """Return the last run of the same node before `run` that left a state: the previous iteration's."""
    earlier = reversed(state.agent_runs[: run.number])
    return next((each for each in earlier if each.path == run.path and each.after is not None), None)


def current_runs(state: RunState, selection: str | None) -> tuple[AgentRun, ...]:
    """Return the agent runs that go on at or inside the selected node; when none does, the last one."""
    found = [run for run in reversed(state.agent_runs) if is_inside(run.path, selection)]
    running = tuple(run for run in reversed(found) if run.status == "running")
    return running or tuple(found[:1])


def heading(run: AgentRun) -> str:
    """Return `quality_improver · iteration 3`; not yet cleaned."""
    parts = [run.agent]
    if run.stage:
        parts.append(f"stage {run.stage}")
    if run.iteration is not None:
        parts.append(f"iteration {run.iteration}")
    return " · ".join(parts)
