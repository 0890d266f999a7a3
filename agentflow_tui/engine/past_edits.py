"""The changes by a person that a run went through, made again where they were made."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING

from agentflow_tui.history import event as ev
from agentflow_tui.history.delta import Delta
from agentflow_tui.history.resume import EDIT_PATH, KnownEvents, told_before

if TYPE_CHECKING:
    from agentflow_tui.engine.fan_run import FanRun
    from agentflow_tui.engine.frame import Frame
    from agentflow_tui.engine.interpreter import Interpreter


@dataclass(frozen=True, slots=True)
class PastEdit:
    """One change."""

    after: int
    """It comes when so many events were told again."""
    seq: float
    """Its number in the history; after all of them when it is new."""
    delta: Delta
    scope: str
    """Whose state it changes: the run's own when empty, else that of the branch with this path."""
    is_told: bool
    """The history has it already, and nobody has to be told."""
    is_made: asyncio.Event = field(default_factory=asyncio.Event)


class PastEdits:
    """Makes each change when it is due."""

    def __init__(
        self,
        past: Sequence[ev.HistoryEvent],
        known: KnownEvents,
        edit: Delta,
        scope: str,
        *,
        is_replay: bool,
    ) -> None:
        """Take those of a history, and a new one of the state of `scope` right after its end."""
        edits = [
            PastEdit(after, event.seq, event.delta, event.scope, not is_replay)
            for event, after in zip(past, told_before(past), strict=True)
            if isinstance(event, ev.StateChanged) and event.path == EDIT_PATH
        ]
        if not edit.is_empty:
            edits.append(PastEdit(known.left, inf, edit, scope, is_told=False))
        self._all, self._due = tuple(edits), edits
        self._scopes = frozenset(each.scope for each in edits)
        self.phases: dict[str, FanRun] = {}
        """By the path of each branch whose state is changed: its phase, the newest one."""
        self.is_telling_again = False
        """True while a change is made that the history has already."""

    def concern(self, scope: str) -> bool:
        """Whether any of them changes, or changed, the state of this scope."""
        return scope in self._scopes

    async def made_before(self, seq: int) -> None:
        """Return when those are made that the history has before event `seq`.

        An agent run that an edit cut off began again after it, and its first beginning is no part of what is
        lived again.
        """
        for edit in self._all:
            if edit.seq < seq:
                await edit.is_made.wait()

    def make(self, told: int, run: Interpreter, frame: Frame) -> bool:
        """Make those, each once, whose turn it is when so many events were told again.

        `frame` has the run's own state. False when the branch that one of them is for is not there.
        """
        while self._due and told >= self._due[0].after:
            edit = self._due.pop(0)
            if edit.scope and edit.scope not in self.phases:
                return False
            self.is_telling_again = edit.is_told
            if edit.scope:
                self.phases[edit.scope].change(edit.scope, edit.delta)
            else:
                run.take(frame, EDIT_PATH, edit.delta)
            self.is_telling_again = False
            edit.is_made.set()
        return True
