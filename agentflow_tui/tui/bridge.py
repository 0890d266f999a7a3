"""From the engine's history to what the screen shows: one timer, one fold, one view at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual.timer import Timer

from agentflow_tui.history.event import HistoryEvent
from agentflow_tui.history.run_state import RunState
from agentflow_tui.history.scrub import Scrubber

RATE = 30
"""Views per second at most."""
_IDLE_TICKS = 5


@dataclass(frozen=True, slots=True)
class View:
    """A run as it is looked at: a pure function of history and cursor."""

    state: RunState = RunState()
    """At the cursor."""
    history: Sequence[HistoryEvent] = ()
    """All events so far, also those after the cursor; it may grow meanwhile, so the screen reads `length`."""
    length: int = 0
    cursor: int = -1
    """`seq` of the event looked at, -1 before the first."""
    is_following: bool = True
    """True when the cursor goes with the newest event."""
    newest: RunState = RunState()
    """At the end of the history."""


class Bridge:
    """Drains a growing history at most 30 times a second; its timer stands still when nothing happens."""

    def __init__(
        self, publish: Callable[[View], None], set_interval: Callable[[float, Callable[[], None]], Timer]
    ) -> None:
        """Take who is told, and the owner's way to make a timer."""
        self._publish = publish
        self._timer = set_interval(1 / RATE, self.drain)
        self._timer.pause()
        self._idle_ticks = 0
        self._is_awake = False
        self._history: Sequence[HistoryEvent] = ()
        self._scrubber = Scrubber(self._history)
        self._cursor: int | None = None
        self.view = View()

    def watch(self, history: Sequence[HistoryEvent]) -> None:
        """Look at another history, from its end, following it."""
        self._history = history
        self._scrubber, self._cursor = Scrubber(history), None
        self.wake()

    def wake(self) -> None:
        """Say that the history grew; called for each event, so it does next to nothing."""
        self._idle_ticks = 0
        if not self._is_awake:
            self._is_awake = True
            self._timer.reset()
            self._timer.resume()

    def drain(self) -> None:
        """Fold in what is new, and publish when it changes what is seen."""
        end = len(self._history)
        if end == self._scrubber.length:
            self._idle_ticks += 1
            if self._idle_ticks >= _IDLE_TICKS:
                self._is_awake = False
                self._timer.pause()
            if end or self.view.length == end:
                return
        self._show()

    def look_at(self, seq: int) -> None:
        """Move the cursor to an event; the newest one, or any after it, means to follow again."""
        last = self._scrubber.take_in() - 1
        self._cursor = None if seq >= last else max(seq, -1)
        self._show()

    def move(self, step: int) -> None:
        """Move the cursor by so many events."""
        here = self._scrubber.length - 1 if self._cursor is None else self._cursor
        self.look_at(here + step)

    def follow(self) -> None:
        """Go to the newest event and stay there."""
        self.look_at(len(self._history))

    def stop(self) -> None:
        """Stop the timer for good."""
        self._timer.stop()

    def _show(self) -> None:
        newest = self._scrubber.newest()
        end = self._scrubber.length
        is_following = self._cursor is None
        cursor = end - 1 if self._cursor is None else self._cursor
        state = newest if is_following else self._scrubber.at(cursor)
        self.view = View(state, self._history, end, cursor, is_following, newest)
        self._publish(self.view)
