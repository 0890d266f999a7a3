"""Notices when a user's function keeps the whole program waiting."""

from __future__ import annotations

import types
from collections.abc import Callable, Coroutine, Generator
from typing import Any, Protocol, TypeVar

from agentflow_tui.engine import Clock


class Clocked(Protocol):
    """Has the clock by which it is told what blocks."""

    @property
    def clock(self) -> Clock:
        """The run's."""


T = TypeVar("T")
C = TypeVar("C", bound=Clocked)

LONGEST_BLOCK = 1.0
"""Seconds without an `await` that are borne in silence."""


@types.coroutine
def watched(
    work: Coroutine[Any, Any, T], caller: C, blocked: Callable[[C, float], None]
) -> Generator[Any, Any, T]:
    """Await `work`; `blocked` gets the seconds of each stretch in which it let nothing else run for long.

    Nobody can stop code that never awaits: it can only be told afterwards who it was.
    """
    now = caller.clock.now
    advance: Callable[[Any], Any] = work.send
    value: Any = None
    while True:
        began = now()
        try:
            wanted = advance(value)
        except StopIteration as end:
            result: T = end.value
            return result
        finally:
            seconds = now() - began
            if seconds > LONGEST_BLOCK:
                blocked(caller, seconds)
        try:
            value = yield wanted
            advance = work.send
        except GeneratorExit:
            work.close()
            raise
        except BaseException as error:  # whatever the loop throws in is for the user's function, not for us
            advance, value = work.throw, error
