"""A model call that a history holds, ready to be given again instead of asking."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from agentflow_tui.history.event import (
    HistoryEvent,
    ModelCallEnded,
    ModelCallFailed,
    ModelCallStarted,
    TokensReceived,
)
from agentflow_tui.history.recording_key import recording_key


@dataclass(frozen=True, slots=True)
class Recording:
    """One request and what came of it: an answer, or a failure."""

    key: str
    request: ModelCallStarted
    pieces: tuple[tuple[float, str], ...]
    """Seconds after the request, and the text that came then; together they are `text`."""
    text: str
    seconds: float
    """From the request to its end."""
    ended: ModelCallEnded | None = None
    failed: ModelCallFailed | None = None
    """Exactly one of the two is there."""


def recordings_of(history: Iterable[HistoryEvent]) -> list[Recording]:
    """Return the model calls of a history that came to an end, in the order in which they were made."""
    started: dict[str, ModelCallStarted] = {}
    pieces: dict[str, list[tuple[float, str]]] = {}
    over: dict[str, ModelCallEnded | ModelCallFailed] = {}
    for event in history:
        match event:
            case ModelCallStarted():
                started[event.call] = event
            case TokensReceived() if event.call in started:
                after = event.at - started[event.call].at
                pieces.setdefault(event.call, []).append((max(0.0, after), event.text))
            case ModelCallEnded() | ModelCallFailed() if event.call in started:
                over[event.call] = event
    return [
        _recording(request, tuple(pieces.get(call, ())), over[call])
        for call, request in started.items()
        if call in over
    ]


class RecordingBook:
    """The recordings of one history, found by key and occurrence however many they are."""

    def __init__(self, recordings: Iterable[Recording]) -> None:
        """Take them in the order in which the calls were made."""
        self.all = tuple(recordings)
        self._calls: defaultdict[str, list[Recording]] = defaultdict(list)
        self._answers: defaultdict[str, list[Recording]] = defaultdict(list)
        for each in self.all:
            self._calls[each.key].append(each)
            if each.ended:
                self._answers[each.key].append(each)

    @classmethod
    def of(cls, history: Iterable[HistoryEvent]) -> RecordingBook:
        """Take those of a history."""
        return cls(recordings_of(history))

    def find(self, key: str, occurrence: int, *, with_failures: bool = False) -> Recording | None:
        """Return the `occurrence`-th (from 0) under a key; failed calls count only `with_failures`."""
        same = (self._calls if with_failures else self._answers).get(key, ())
        return same[occurrence] if occurrence < len(same) else None


def _recording(
    request: ModelCallStarted, pieces: tuple[tuple[float, str], ...], end: ModelCallEnded | ModelCallFailed
) -> Recording:
    key = recording_key(request.provider, request.model, request.messages, request.parameters)
    seconds = max(0.0, end.at - request.at)
    text = "".join(piece for _, piece in pieces)
    if isinstance(end, ModelCallFailed):
        return Recording(key, request, pieces, text, seconds, failed=end)
    if text != end.response:
        pieces = ((seconds, end.response),) if end.response else ()
    return Recording(key, request, pieces, end.response, seconds, ended=end)
