"""Notices when a user's function keeps the whole program waiting."""

from __future__ import annotations

import types
from collections.abc import Callable, Coroutine, Generator
from typing import Any, TypeVar

from agentflow_tui.engine import AgentContext

T = TypeVar("T")

LONGEST_BLOCK = 1.0
"""Seconds without an `await` that are borne in silence."""


@types.coroutine
def watched(
    work: Coroutine[Any, Any, T], context: AgentContext, blocked: Callable[[AgentContext, float], None]
) -> Generator[Any, Any, T]:
    """Await `work`; `blocked` gets the seconds of each stretch in which it let nothing else run for long.

    Nobody can stop code that never awaits: it can only be told afterwards who it was.
    """
    now = context.clock.now
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
                blocked(context, seconds)
        try:
            value = yield wanted
            advance = work.send
        except GeneratorExit:
            work.close()
            raise
        except BaseException as error:  # whatever the loop throws in is for the user's function, not for us
            advance, value = work.throw, error
