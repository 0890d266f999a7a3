"""Keys that come faster than what the ones before them do."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from textual import events
from textual.app import App
from textual.dom import DOMNode

PATIENCE = 1.0
"""Seconds that a key holds up others: what hangs may keep a key from a pane for longer, not from the app."""


class TypedAhead:
    """Lets one key in at a time: the next one when all is done that the one before caused.

    Textual gives each key to what has the focus when it comes in, though the key before may be about to move
    the focus or to open a dialog. Clicks and pasted text keep their places between the keys.
    A dialog that a worker opens only after waiting for something else is not waited for. What hangs is waited
    for no longer than `PATIENCE`: one must be able to leave.
    """

    def __init__(
        self, app: App[Any], let_in: Callable[[events.Event], Awaitable[None]], now: Callable[[], float]
    ) -> None:
        """Take the app, what gives an event to it, and what tells the time in seconds."""
        self._app = app
        self._now = now
        self._let_in = let_in
        self._kept: deque[events.Event] = deque()
        self._is_held = False
        self._at_work_since: float | None = None

    def hold(self) -> None:
        """Keep all input from now on."""
        self._is_held = True
        self._at_work_since = None

    async def release(self) -> None:
        """Let in what was kept, up to the first key that is to be followed."""
        self._is_held = False
        while self._kept and not self._is_held:
            await self.take(self._kept.popleft())

    async def take(self, event: events.Event) -> None:
        """Let an event in, or keep it while something before it is at work."""
        if event.is_forwarded or not isinstance(event, events.InputEvent | events.Paste):
            await self._let_in(event)
        elif self._is_held:
            self._kept.append(event)
            if self._at_work_since is not None and self._now() - self._at_work_since > PATIENCE:
                self._is_held = False
                while self._kept:
                    await self._let_in(self._kept.popleft())
        elif isinstance(event, events.MouseEvent) or self._is_text(event):
            await self._let_in(event)
        else:
            self.hold()
            self._at_work_since = self._now()
            path = self._path()
            await self._let_in(event)
            # First what is done with the key itself, then with the messages of who took it,
            # then what comes of them where the focus is by then: a dialog that opens, perhaps.
            self._climb(iter(path), lambda: self._climb(iter(path), self._climb_from_focus))

    def _is_text(self, event: events.Event) -> bool:
        # Typed into a field it opens nothing; a long text that comes as keys is not to be painted key by key.
        field = self._app.focused
        if field is None or not isinstance(event, events.Key):
            return False
        return field.check_consume_key(event.key, event.character)

    def _climb_from_focus(self) -> None:
        self._climb(iter(self._path()), self.release)

    def _climb(self, path: Iterator[DOMNode], then: Callable[[], object]) -> None:
        # Everyone has a queue: what we put there has its turn behind what was there. Who closes takes none.
        if all(not node.call_later(self._climb, path, then) for node in path):
            self._app.call_later(then)

    def _path(self) -> tuple[DOMNode, ...]:
        target = self._app.focused or self._app.screen
        return tuple(node for node in target.ancestors_with_self if node is not self._app)
