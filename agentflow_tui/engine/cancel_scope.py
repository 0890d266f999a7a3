"""What is stopped together: a run, a stage, a parallel phase."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True, eq=False)
class Interruption:
    """Why something was stopped before its end."""

    kind: Literal["cancel", "timeout", "phase", "agent", "again"]
    """Cancelled from outside, out of time, or no longer needed because its phase has failed; of one agent run
    only: cancelled by hand, or stopped by hand to run again."""
    text: str


class Interrupted(Exception):  # not an error: the way out of a plan that was stopped
    """Unwinds the interpreter to whoever owns the scope that was stopped."""

    def __init__(self, interruption: Interruption) -> None:
        """Keep why."""
        super().__init__(interruption.text)
        self.interruption = interruption


class Interruptible(Protocol):
    """Something that runs in a scope and can be told to stop."""

    def interrupt(self, interruption: Interruption) -> None:
        """Stop; must not wait."""


class CancelScope:
    """Passes a stop to everything that runs inside; the first reason stays."""

    __slots__ = ("_parent", "inside", "interruption")

    def __init__(self, parent: CancelScope | None = None) -> None:
        """A scope inside `parent`, stopped already when that one is."""
        self.inside: dict[Interruptible, None] = {}
        """What is stopped with it, in order of arrival, so that one history follows from what the agents do;
        who enters must leave."""
        self._parent = parent
        self.interruption: Interruption | None = None
        if parent is not None:
            self.interruption = parent.interruption
            parent.inside[self] = None

    def close(self) -> None:
        """The scope has ended."""
        if self._parent is not None:
            self._parent.inside.pop(self, None)

    def interrupt(self, interruption: Interruption) -> None:
        """Stop everything inside; does nothing when that has happened already."""
        if self.interruption is None:
            self.interruption = interruption
            for inside in tuple(self.inside):
                inside.interrupt(interruption)

    def check(self) -> None:
        """Raise `Interrupted` when the scope was stopped."""
        if self.interruption is not None:
            raise Interrupted(self.interruption)
