"""Which agent runs the inspector speaks about."""

from __future__ import annotations

from itertools import islice

from agentflow_tui.history.run_state import AgentRun, RunState

_MOST_LOOKED_AT = 1_000


def is_inside(path: str, selection: str | None) -> bool:
    """Tell whether a path is the selected node or inside it; no selection means everywhere."""
    return selection is None or path == selection or path.startswith(f"{selection}/")


def last_run(state: RunState, selection: str | None, *, has_ended: bool = False) -> AgentRun | None:
    """Return the last agent run at or inside the selected node; with `has_ended` one that is over."""
    for run in reversed(state.agent_runs):
        if is_inside(run.path, selection) and not (has_ended and run.status == "running"):
            return run
    return None


def phase(state: RunState, selection: str | None) -> tuple[AgentRun, ...]:
    """Return the last agent run at or inside the selected node, and all that went on side by side with it."""
    found: list[AgentRun] = []
    for run in islice(reversed(state.agent_runs), _MOST_LOOKED_AT):
        if not is_inside(run.path, selection):
            continue
        if not found:
            found.append(run)
        elif not run.scope or not found[-1].scope:
            # What runs in the run's own state runs alone.
            break
        elif run.ended_seq is None or run.ended_seq > found[-1].started_seq:
            found.append(run)
    return tuple(reversed(found))


def heading(run: AgentRun) -> str:
    """Return `quality_improver · iteration 3`; not yet cleaned."""
    parts = [run.agent]
    if run.stage:
        parts.append(f"stage {run.stage}")
    if run.iteration is not None:
        parts.append(f"iteration {run.iteration}")
    return " · ".join(parts)
