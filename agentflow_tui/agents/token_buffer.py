"""Gathers a model's pieces, so that a history holds twenty token events a second at most, not hundreds."""

from __future__ import annotations

from collections.abc import Callable

INTERVAL = 0.05
"""Seconds between two flushes; faster than this no screen shows a difference."""


class TokenBuffer:
    """Holds text back until it is `INTERVAL` old; nothing is ever lost or reordered.

    The first piece goes out at once: it tells that the model has begun.
    """

    def __init__(self, now: Callable[[], float], write: Callable[[str], None]) -> None:
        """Take a monotonic clock in seconds and what receives the gathered text."""
        self._now = now
        self._write = write
        self._pieces: list[str] = []
        self._all: list[str] = []
        self._flushed_at: float | None = None

    @property
    def text(self) -> str:
        """Everything added so far."""
        return "".join(self._all)

    def add(self, piece: str) -> None:
        """Take a piece, and write what is due."""
        self._pieces.append(piece)
        self._all.append(piece)
        if self._flushed_at is None or self._now() - self._flushed_at >= INTERVAL:
            self.flush()

    def flush(self) -> None:
        """Write what is held back, if anything."""
        if self._pieces:
            self._write("".join(self._pieces))
            self._pieces.clear()
            self._flushed_at = self._now()
