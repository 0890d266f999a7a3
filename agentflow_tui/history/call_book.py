"""Every model call and its streaming text, while the history is folded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from agentflow_tui.history.event import ModelCallEnded, ModelCallFailed, ModelCallStarted, TokensReceived
from agentflow_tui.history.run_state import ModelCall
from agentflow_tui.history.shallow_copy import shallow_copy


class CallBook:
    """The model calls in order of start; pieces of text are joined only when someone looks."""

    def __init__(self) -> None:
        """Begin without any."""
        self.prompt_tokens = 0
        self.completion_tokens = 0
        self.answered = 0
        self.from_recordings = 0
        self._calls: dict[str, ModelCall] = {}
        self._pieces: dict[str, list[str]] = {}
        self._open: dict[str, str] = {}
        self._shown: Mapping[str, ModelCall] = {}
        self._is_stale = False

    def snapshot(self) -> Mapping[str, ModelCall]:
        """Return the calls by id; the same object while nothing changed."""
        for call in list(self._pieces):
            self._join(call)
        if self._is_stale:
            self._is_stale = False
            self._shown = dict(self._calls)
        return self._shown

    def streaming(self) -> dict[str, str]:
        """Return the text so far of the last call that runs at each path, as of the last snapshot."""
        return {path: self._calls[call].text for path, call in self._open.items()}

    def copy(self) -> CallBook:
        """Return one that goes on from here by itself."""
        # Pieces that wait to be joined are the one thing in it that changes in place.
        self.snapshot()
        return shallow_copy(self)

    def start(self, event: ModelCallStarted) -> None:
        """A model is asked."""
        self._open[event.path] = event.call
        self._pieces.pop(event.call, None)
        self._put(
            ModelCall(
                call=event.call,
                path=event.path,
                agent=event.agent,
                provider=event.provider,
                model=event.model,
                messages=event.messages,
                parameters=event.parameters,
                status="running",
                started_seq=event.seq,
                started_at=event.at,
            )
        )

    def receive(self, event: TokensReceived) -> None:
        """A piece of the answer came."""
        call = self._calls.get(event.call)
        if call is None:
            return
        if call.first_token_after is None:
            self._put(replace(call, first_token_after=event.at - call.started_at))
        self._pieces.setdefault(event.call, []).append(event.text)

    def end(self, event: ModelCallEnded) -> None:
        """The answer is whole."""
        self.prompt_tokens += event.prompt_tokens or 0
        self.completion_tokens += event.completion_tokens or 0
        self._join(event.call)
        call = self._calls.get(event.call)
        if call is None:
            return
        self._close(call)
        self._put(
            replace(
                call,
                status="completed",
                text=event.response or call.text,
                prompt_tokens=event.prompt_tokens,
                completion_tokens=event.completion_tokens,
                first_token_after=event.first_token_after,
                duration=event.duration,
                finish_reason=event.finish_reason,
                source=event.source,
            )
        )

    def fail(self, event: ModelCallFailed) -> None:
        """The call failed or was cancelled; the text that came stays."""
        self._join(event.call)
        call = self._calls.get(event.call)
        status = "cancelled" if event.is_cancelled else "failed"
        if call is not None:
            self._close(call)
            call = replace(call, status=status, duration=event.at - call.started_at)
            self._put(replace(call, error=event.error, category=event.category, hint=event.hint))

    def _close(self, call: ModelCall) -> None:
        if self._open.get(call.path) == call.call:
            del self._open[call.path]

    def _join(self, call: str) -> None:
        pieces = self._pieces.pop(call, None)
        if pieces:
            old = self._calls[call]
            self._put(replace(old, text=old.text + "".join(pieces)))

    def _put(self, call: ModelCall) -> None:
        # Counted here, as to go through all calls at each event would make long runs slow.
        self._count(self._calls.get(call.call), -1)
        self._count(call, 1)
        self._calls[call.call] = call
        self._is_stale = True

    def _count(self, call: ModelCall | None, by: int) -> None:
        if call is not None and call.status == "completed":
            self.answered += by
            self.from_recordings += by * (call.source == "recording")
