"""Why a run does not start."""

from __future__ import annotations

from collections.abc import Sequence

from agentflow_tui.config import Problem


class NotReadyError(Exception):
    """Nothing ran: `message` says why, `hints` are the ways out, one a line, `problems` those of the file."""

    def __init__(self, message: str, *, hints: Sequence[str] = (), problems: Sequence[Problem] = ()) -> None:
        """Keep the reason and the ways out."""
        super().__init__(message)
        self.message = message
        self.hints = tuple(hints)
        self.problems = tuple(problems)

    @classmethod
    def invalid(cls, errors: Sequence[Problem]) -> NotReadyError:
        """The error for a flow with these errors, of which there is at least one."""
        first = errors[0]
        hints = [first.hint] if first.hint else []
        return cls(f"the flow has errors: line {first.line}: {first.message}", hints=hints, problems=errors)
