"""A flow inside a flow, and other chains with a time limit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agentflow_tui.engine.cancel_scope import CancelScope, Interrupted, Interruption
from agentflow_tui.engine.error_run import run_error_handler
from agentflow_tui.engine.errors import NodeFailed
from agentflow_tui.engine.frame import Frame
from agentflow_tui.engine.run_time import Deadline
from agentflow_tui.engine.scope_state import ScopeState
from agentflow_tui.plan.node import Chain

if TYPE_CHECKING:
    from agentflow_tui.engine.interpreter import Interpreter

_OWN_KEY = re.compile(r"stage_[0-9]+_(complete|name)|workflow_complete|total_stages")


class NestedRun:
    """One run of a nested flow (semantics §3, §9 nesting).

    Its agents work on the same state as those around it, so what they did stays when one of them fails; its
    own stage and workflow keys, and the stop flags of its own loops, end with it.
    """

    _stops: CancelScope
    """Since it began: one that never does leaves nothing in the scope around it."""

    def __init__(self, run: Interpreter, chain: Chain, frame: Frame) -> None:
        """Nothing has run yet."""
        self._run = run
        self._chain = chain
        self._frame = frame

    async def go(self) -> None:
        """Run it to its end; raises `NodeFailed` that names the agent and the file."""
        run, chain, state = self._run, self._chain, self._frame.state
        self._stops, deadline = CancelScope(self._frame.stops), None
        if chain.timeout is not None:
            deadline = Deadline(run.time, chain.timeout, self._expire)
        own, flags = _own(state), state.stale_flags
        # Only what is set now can be left from before; a flag that comes anew is one of this flow's loops.
        old = state.stale_flags = frozenset(flag for flag in flags if flag in state.data)
        try:
            await self._body()
        finally:
            self._stops.close()
            if deadline is not None:
                deadline.cancel()
            anew, state.stale_flags = state.stale_flags - old, flags
            if chain.flow:
                self._leave(own, anew)

    async def _body(self) -> None:
        run, chain, outer = self._run, self._chain, self._frame
        inside = Frame(outer.scope, outer.state, self._stops, outer.iteration, outer.stage)
        try:
            await run.chain(chain, inside)
        except NodeFailed as failure:
            if chain.error_routes is not None:
                await self._handle(failure, inside)
            raise self._failure(failure) from None
        except Interrupted as stopped:
            if outer.stops.interruption is not None:
                raise
            timeout = NodeFailed(stopped.interruption.text, category="timeout")
            raise self._failure(timeout) from None

    async def _handle(self, failure: NodeFailed, inside: Frame) -> None:
        routes = self._chain.error_routes
        try:
            if routes is not None:
                await run_error_handler(self._run, routes, inside, failure)
        except Interrupted:
            # Out of time while it was handled: the failure stays what it is.
            if self._frame.stops.interruption is not None:
                raise

    def _expire(self) -> None:
        self._stops.interrupt(Interruption("timeout", f"timeout after {self._chain.timeout:g} s"))

    def _failure(self, failure: NodeFailed) -> NodeFailed:
        chain = self._chain
        if not chain.flow:
            text = f"'{chain.title}' failed: {failure.message}"
            return NodeFailed(
                text, category=failure.category, hint=failure.hint, agent=failure.agent, cause=failure.cause
            )
        text = f"flow '{chain.flow}' failed: {failure.message}"
        if not chain.agent:
            return NodeFailed(text, category=failure.category, hint=failure.hint, agent=failure.agent)
        message = f"agent '{chain.agent}' failed: {text}"
        return NodeFailed(
            message, category=failure.category, hint=failure.hint, agent=chain.agent, cause=text
        )

    def _leave(self, own: dict[str, object], flags: frozenset[str]) -> None:
        """Put back what `own` holds of before; take away the rest, and the loops' stop `flags`."""
        state = self._frame.state
        left = set(_own(state)) | (flags & state.data.keys())
        back = {key: value for key, value in own.items() if state.data.get(key) != value}
        gone = tuple(sorted(left - own.keys()))
        if back or gone:
            self._run.change(self._frame, self._chain.path, data_set=back, removed=gone)


def _own(state: ScopeState) -> dict[str, object]:
    return {key: value for key, value in state.data.items() if _OWN_KEY.fullmatch(key)}
