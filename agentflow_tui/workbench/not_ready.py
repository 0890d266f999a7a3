"""Why a run does not start."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from agentflow_tui.agents.handler_error import HandlerError
from agentflow_tui.agents.uncast_agent import UncastAgentError
from agentflow_tui.agents.user_code import UntrustedCodeError
from agentflow_tui.config import Problem
from agentflow_tui.config.placement import line_in
from agentflow_tui.llm.model_error import ModelError
from agentflow_tui.llm.sent_key import UntrustedAddressError

Refusal = UntrustedCodeError | UntrustedAddressError
"""What a `NotReadyError` comes from when the user's consent is all that is missing."""


class NotReadyError(Exception):
    """Nothing ran: `message` says why, `hints` are the ways out, one a line, `problems` those of the file."""

    def __init__(self, message: str, *, hints: Sequence[str] = (), problems: Sequence[Problem] = ()) -> None:
        """Keep the reason and the ways out."""
        super().__init__(message)
        self.message = message
        self.hints = tuple(hints)
        self.problems = tuple(problems)
        for hint in self.hints:
            # A program shows a traceback, and these stand below it.
            self.add_note(hint)

    @classmethod
    def invalid(cls, errors: Sequence[Problem]) -> NotReadyError:
        """The error for a flow with these errors, of which there is at least one."""
        first = errors[0]
        hints = [first.hint] if first.hint else []
        place = f"line {first.line}: " if first.line else ""
        return cls(f"the flow has errors: {place}{first.message}", hints=hints, problems=errors)


@contextmanager
def explained(file: Path | None) -> Iterator[None]:
    """Turn what the agents of the flow in `file` lack into `NotReadyError`."""
    try:
        yield
    except UncastAgentError as error:
        line = line_in(file.parent / error.file, ("agents", error.agent)) if file is not None else 0
        place = f"{error.file}, line {line}" if line else error.file
        hints = (*error.hint.splitlines(), f"a flow inside has its own [llm] and [providers]: see {place}")
        raise NotReadyError(f"agent {error.agent!r} of {place}: {error.message}", hints=hints) from error
    except ModelError as error:
        raise NotReadyError(error.message, hints=error.hint.splitlines()) from error
    except HandlerError as error:
        raise NotReadyError(str(error)) from error
    except UntrustedCodeError as error:
        ways = ("look at the code, then allow it as it is now:", f"agentflow-tui trust {file}")
        raise NotReadyError(str(error), hints=ways) from error
    except UntrustedAddressError as error:
        named = error.file or (file.name if file is not None else "its text")
        ways = ("if that address may have this key, allow it:", f"agentflow-tui trust {file}")
        raise NotReadyError(f"{error}, which {named} names", hints=ways) from error
