"""How an agent writes its model calls into the history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from agentflow_tui.history.event import (
    HistoryEvent,
    ModelCallEnded,
    ModelCallFailed,
    ModelCallStarted,
    TokensReceived,
    Warned,
)


class Journal(Protocol):
    """Where history events go."""

    def record(self, kind: type[HistoryEvent], **fields: Any) -> None:
        """Append an event of this kind; `seq` and `at` are filled in."""

    def new_call(self) -> str:
        """An id for a model call that no other in the run has."""


class Recorder:
    """The model calls of one agent run; what comes after the run has ended is dropped."""

    __slots__ = ("_agent", "_journal", "_open", "_path")

    def __init__(self, journal: Journal, path: str, agent: str) -> None:
        """Write to `journal` in the name of the agent at `path`."""
        self._journal: Journal | None = journal
        self._path = path
        self._agent = agent
        self._open: tuple[str, ...] = ()

    def model_call_started(
        self,
        *,
        provider: str,
        model: str,
        messages: Sequence[Mapping[str, str]],
        parameters: Mapping[str, Any] | None = None,
    ) -> str:
        """A request goes out; returns the call's id, unique in the run, for the other three."""
        if self._journal is None:
            return ""
        call = self._journal.new_call()
        self._open += (call,)
        self._journal.record(
            ModelCallStarted,
            path=self._path,
            agent=self._agent,
            call=call,
            provider=provider,
            model=model,
            messages=tuple(dict(message) for message in messages),
            parameters=dict(parameters or {}),
        )
        return call

    def tokens(self, call: str, text: str) -> None:
        """A piece of the answer came."""
        if self._journal is not None and call in self._open and text:
            self._journal.record(TokensReceived, path=self._path, call=call, text=text)

    def model_call_ended(  # noqa: PLR0913 - the facts of a call
        self,
        call: str,
        *,
        response: str,
        duration: float,
        prompt_tokens: int | None = None,
        completion_tokens: int | None = None,
        first_token_after: float | None = None,
        finish_reason: str = "stop",
        source: str = "live",
    ) -> None:
        """The answer is whole; times in seconds; for `source` see `ModelCallEnded`."""
        if self._journal is None or call not in self._open:
            return
        self._close(call)
        self._journal.record(
            ModelCallEnded,
            path=self._path,
            agent=self._agent,
            call=call,
            prompt_tokens=prompt_tokens,
            completion_tokens=completion_tokens,
            first_token_after=first_token_after,
            duration=duration,
            finish_reason=finish_reason,
            response=response,
            source=source,
        )

    def model_call_failed(self, call: str, *, error: str, category: str, hint: str = "") -> None:
        """The call failed or was cancelled."""
        if self._journal is None or call not in self._open:
            return
        self._close(call)
        self._journal.record(
            ModelCallFailed,
            path=self._path,
            agent=self._agent,
            call=call,
            error=error,
            category=category,
            hint=hint,
        )

    def warned(self, message: str) -> None:
        """Something that a person should know about this agent run."""
        if self._journal is not None:
            self._journal.record(Warned, message=message, path=self._path)

    def close(self, reason: str) -> None:
        """The agent run has ended: calls that are still open end for this reason; nothing comes after.

        With `CANCELLED_CALL` nothing went wrong with them: the agent run was stopped.
        """
        for call in self._open:
            self.model_call_failed(call, error=reason, category="unknown")
        self._journal = None

    def _close(self, call: str) -> None:
        self._open = tuple(one for one in self._open if one != call)
