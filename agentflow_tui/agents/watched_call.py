"""Notices when a user's function keeps the whole program waiting."""

from __future__ import annotations

import types
from collections.abc import Awaitable, Callable, Generator
from typing import Any, TypeVar

T = TypeVar("T")

LONGEST_BLOCK = 1.0
"""Seconds without an `await` that are borne in silence."""


@types.coroutine
def watched(
    work: Awaitable[T], now: Callable[[], float], blocked: Callable[[float], None]
) -> Generator[Any, Any, T]:
    """Await `work`; `blocked` gets the seconds of each stretch in which it let nothing else run for long.

    Nobody can stop code that never awaits: it can only be told afterwards who it was.
    """
    steps = work.__await__()
    advance: Callable[[Any], Any] = steps.send
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
                blocked(seconds)
        try:
            value = yield wanted
            advance = steps.send
        except GeneratorExit:
            steps.close()
            raise
        except BaseException as error:  # whatever the loop throws in is for the user's function, not for us
            advance, value = steps.throw, error
