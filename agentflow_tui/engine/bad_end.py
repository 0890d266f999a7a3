"""How the history is told of an agent run that did not end well."""

from __future__ import annotations

from agentflow_tui.engine.call import GRACE_SECONDS
from agentflow_tui.engine.cancel_scope import Interruption
from agentflow_tui.engine.errors import NodeFailed, categorize, error_hint
from agentflow_tui.engine.fault import fault_text
from agentflow_tui.engine.frame import Frame
from agentflow_tui.engine.journal import Journal
from agentflow_tui.history.event import AgentCancelled, AgentFailed, Warned
from agentflow_tui.plan.node import Step


class BadEnd:
    """The end of one agent run, after `duration` seconds."""

    def __init__(self, journal: Journal, step: Step, frame: Frame, duration: float) -> None:
        """Nothing is told yet."""
        self._journal = journal
        self._step = step
        self._facts = {
            "path": step.path,
            "agent": step.agent,
            "scope": frame.scope,
            "iteration": frame.iteration,
            "duration": duration,
        }

    def left_behind(self) -> None:
        """The agent goes on somewhere, and nobody listens to it any more."""
        text = f"agent '{self._step.agent}' did not stop within {GRACE_SECONDS:g} s and was left behind"
        self._journal.record(Warned, message=text, path=self._step.path)

    def cancelled(self, why: Interruption) -> None:
        """It was stopped."""
        self._journal.record(AgentCancelled, reason=why.text, **self._facts)

    def failed(self, error: BaseException) -> NodeFailed:
        """Its agent failed; gives what that is for the nodes around it."""
        text, category, hint = fault_text(error), categorize(error), error_hint(error)
        self._journal.record(AgentFailed, error=text, category=category, hint=hint, **self._facts)
        name = self._step.agent
        return NodeFailed(
            f"agent '{name}' failed: {text}", category=category, hint=hint, agent=name, cause=text
        )
