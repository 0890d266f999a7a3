"""Nodes one after the other."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

from agentflow_tui.engine.agent_run import AgentRun
from agentflow_tui.engine.cancel_scope import Interrupted
from agentflow_tui.engine.errors import NodeFailed
from agentflow_tui.engine.frame import Frame
from agentflow_tui.engine.signal import Signal
from agentflow_tui.history.delta import Delta
from agentflow_tui.plan.node import Node, Step

if TYPE_CHECKING:
    from agentflow_tui.engine.interpreter import Interpreter

Work = Generator[tuple[Node, Frame], Delta | None, None]
"""Yields what is to run next; gets what an agent changed, or nothing from any other node, or its error."""


class Row:
    """Runs what a generator asks for.

    An agent that follows on an agent begins in the moment in which that one ends. A coroutine that awaited
    each of them would be woken in between, which costs as much as the agents themselves.
    """

    __slots__ = ("_awaited", "_error", "_is_over", "_run", "_stop", "_work")

    def __init__(self, run: Interpreter, work: Work) -> None:
        """Nothing has run yet."""
        self._run = run
        self._work = work
        self._awaited: tuple[Node, Frame] | None = None
        self._error: Exception | None = None
        self._is_over = False
        self._stop: Signal[None] = Signal(run)

    async def go(self) -> None:
        """Run all of it; raises what the generator raises."""
        self._advance(self._work.send, None)
        while not self._is_over:
            await self._stop.wait()
            if self._awaited is not None:
                await self._await(*self._awaited)
        if self._error is not None:
            raise self._error

    async def _await(self, node: Node, frame: Frame) -> None:
        self._awaited = None
        self._stop = Signal(self._run)
        try:
            await self._run.node(node, frame)
        except (NodeFailed, Interrupted) as error:
            self._advance(self._work.throw, error)
        else:
            self._advance(self._work.send, None)

    def _advance(self, how: Callable[[Any], tuple[Node, Frame]], value: Delta | Exception | None) -> None:
        try:
            node, frame = how(value)
        except StopIteration:
            self._is_over = True
        except Exception as error:  # kept for `go`, which raises it where somebody waits
            self._error, self._is_over = error, True
        else:
            if not isinstance(node, Step):
                self._awaited = (node, frame)
            elif frame.stops.interruption is None:
                AgentRun(self._run, node, frame, self._agent_ended)
                return
            else:
                self._advance(self._work.throw, Interrupted(frame.stops.interruption))
                return
        self._stop.set(None)

    def _agent_ended(self, ended: AgentRun) -> None:
        error = ended.error
        if error is None:
            self._advance(self._work.send, ended.delta)
        else:
            self._advance(self._work.throw, error)
