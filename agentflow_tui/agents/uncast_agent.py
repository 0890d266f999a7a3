"""An agent of a flow inside the flow that has no model to ask."""

from __future__ import annotations

from agentflow_tui.llm.model_error import ModelError
from agentflow_tui.plan.node import Step


class UncastAgentError(ModelError):
    """What `ModelError` says, with whose it is: the inner flow's file need not be on the screen."""

    def __init__(self, step: Step, error: ModelError) -> None:
        """Take the agent and what its model lacks."""
        super().__init__(error.message, category=error.category, hint=error.hint)
        self.agent = step.agent
        self.file = step.flow
        """Relative to the project folder."""
