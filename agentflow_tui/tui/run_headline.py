"""What the top lines tell about a run, made from the desk and the view."""

from __future__ import annotations

from textual.content import Content

from agentflow_tui.history.event import RunPaused
from agentflow_tui.history.run_state import RunState
from agentflow_tui.plan.node import Loop
from agentflow_tui.tui.bridge import View
from agentflow_tui.tui.file_desk import FileDesk
from agentflow_tui.tui.keymap.named_keys import key_in_text
from agentflow_tui.tui.run_desk import RunDesk
from agentflow_tui.tui.safe_text import one_line
from agentflow_tui.tui.status_line import Headline

_LONGEST = 600
_STEPS = ("step", "over", "iteration")


def headline(files: FileDesk, desk: RunDesk, view: View, now: float) -> Headline:
    """Return what the status line tells at this moment; `now` is the clock's."""
    state = view.state
    is_ticking = desk.is_live and view.newest.status == "running"
    plan = desk.plan or desk.workbench.plan
    past = desk.past
    loop = plan.nodes.get(state.loop_path) if plan else None
    return Headline(
        title=past.title if past else files.title,
        is_modified=files.editor.is_modified and past is None,
        is_outdated=files.is_outdated and past is None,
        mode=state.mode or (plan.mode if plan else ""),
        model="stored run" if past else desk.run.model_label if desk.run else _configured_model(desk),
        state=state,
        elapsed=desk.elapsed(now) if is_ticking and view.is_following else state.elapsed,
        limit=loop.max_iterations if isinstance(loop, Loop) else None,
        behind=view.length - 1 - view.cursor if not view.is_following else 0,
        stopped_by=_stopped_by(view),
        word=_word(desk, view),
        note=_note(desk),
        answers=desk.answers.text,
        is_ticking=is_ticking,
    )


def outcome(state: RunState) -> Content:
    """Return why a run failed, with the way out; empty otherwise."""
    if state.status != "failed":
        return Content("")
    error = one_line(state.error or "the run failed", _LONGEST)
    line = Content.assemble(("✗ ", "bold $status-failed"), error)
    if state.hint:
        line = Content.assemble(line, "\n  ", (f"→ {one_line(state.hint, _LONGEST)}", "$muted"))
    return line


def _stopped_by(view: View) -> str:
    last = view.history[view.cursor] if view.cursor >= 0 and view.state.status == "paused" else None
    return last.reason if isinstance(last, RunPaused) and last.reason.startswith("breakpoint ") else ""


def _word(desk: RunDesk, view: View) -> str:
    """Return how the run stands now, wherever one looks."""
    if desk.is_starting:
        return "starting"
    if desk.past is not None and not view.newest.is_over:
        return "interrupted"
    if desk.run is not None and desk.is_live and view.newest.status == "running":
        control = desk.run.control
        # A step is used up as soon as its agent starts: the control says "paused" from then on.
        if control.until in _STEPS or (control.is_paused and control.pause_reason in _STEPS):
            return "stepping"
        if desk.is_pausing:
            return "pausing"
    return view.newest.status


def _note(desk: RunDesk) -> str:
    config = desk.run.config if desk.run is not None and desk.is_live else None
    if config is None:
        return ""
    if config.waiting is not None:
        return f"⇄ config waits{_moment(desk)}"
    if desk.workbench.text == config.version.text:
        return ""
    return f"run uses {_which(desk)} text"


def running_text(desk: RunDesk) -> str:
    """Return whether the live run follows the text in the editor; empty while that goes without saying."""
    config = desk.run.config if desk.run is not None and desk.is_live else None
    if config is None:
        return ""
    if config.waiting is not None:
        which = "this text" if desk.workbench.text == config.waiting.new.text else "another text"
        return f"⇄ {which} waits{_moment(desk)}"
    if desk.workbench.text != config.version.text:
        return f"▶ old text runs · {key_in_text('run.swap')}"
    return "▶ this text runs" if desk.bridge.view.newest.swaps else ""


def _moment(desk: RunDesk) -> str:
    number = desk.bridge.view.newest.next_iteration
    return "" if number is None else f" · it.{number:d}"


def _which(desk: RunDesk) -> str:
    return "an earlier" if desk.bridge.view.newest.swaps else "its first"


def _configured_model(desk: RunDesk) -> str:
    flow = desk.workbench.flow
    if flow is None:
        return ""
    names = [
        name for name, agent in flow.agents.items() if agent.enabled and not (agent.handler or agent.flow)
    ]
    if not names:
        return ""
    settings = flow.llm_for(names[0])
    return " ".join(part for part in (settings.provider or "auto", settings.model or "") if part)
