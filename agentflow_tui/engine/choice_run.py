"""A choice: one way out of several, or a route from agent to agent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from agentflow_tui.conditions import ConditionError, Scope
from agentflow_tui.engine.errors import NodeFailed
from agentflow_tui.engine.frame import Frame
from agentflow_tui.history.event import ChoiceTaken, HandedOver
from agentflow_tui.plan.node import Choice, Node, Option, Routing, Rule, Step

if TYPE_CHECKING:
    from agentflow_tui.engine.interpreter import Interpreter


class ChoiceRun:
    """One run of a choice (semantics §3 route, conditional branching)."""

    def __init__(self, run: Interpreter, choice: Choice, frame: Frame) -> None:
        """Nothing is chosen yet."""
        self._run = run
        self._choice = choice
        self._frame = frame

    async def go(self) -> None:
        """Choose and run; raises `NodeFailed` when routing finds no agent."""
        routing, steps = self._choice.routing, self._choice.agents
        if routing is None:
            await self._branch()
            return
        name, reason = self._first_agent(routing, steps)
        self._take(steps[name], reason)
        chain = [name]
        while True:
            body = steps[name]
            if isinstance(body, Step):
                following = (await self._run.step(body, self._frame)).meta_set.get("route")
            else:
                following = await self._hand_over(body)
            if following is None:
                return
            self._run.change(self._frame, self._choice.path, meta_removed=("route",))
            chain.append(following)
            if following not in steps:
                raise _failed(f"agent '{name}' handed over to '{following}', and no agent is called that")
            if len(chain) - 1 > routing.max_hops:
                names = " → ".join(chain)
                raise _failed(f"more than {routing.max_hops} hand-overs: {names}")
            self._run.journal.record(
                HandedOver,
                path=self._choice.path,
                from_agent=name,
                to_agent=following,
                hop=len(chain) - 1,
                scope=self._frame.scope,
            )
            name = following

    async def _branch(self) -> None:
        options = self._choice.options
        place = self._first_true(options)
        if place is None:
            self._take(None, "no condition was true")
            return
        option = options[place]
        self._take(option.body, option.label)
        await self._run.node(option.body, self._frame)

    async def _hand_over(self, body: Node) -> str | None:
        """Run what is more than an agent; whom it hands over to."""
        before = self._frame.state.meta.get("route")
        await self._run.node(body, self._frame)
        after = self._frame.state.meta.get("route")
        return None if after == before else after

    def _first_agent(self, routing: Routing, steps: Mapping[str, Node]) -> tuple[str, str]:
        """The agent that begins, and why, in words."""
        wanted = self._frame.state.meta.get("route")
        target = self._run.event.target
        if wanted is not None and (wanted in steps or routing.uses_target):
            if wanted not in steps:
                raise _failed(f"metadata 'route' names '{wanted}', and no agent is called that")
            return wanted, "metadata route"
        if routing.uses_target and target in steps:
            return target, "event target"
        place = self._first_true(routing.rules)
        if place is not None:
            agent, reason = routing.rules[place].agent, f"rule {place + 1}"
        elif routing.default_agent is not None:
            agent, reason = routing.default_agent, "default agent"
        elif not routing.uses_target and steps:
            return next(iter(steps)), "first agent"
        else:
            raise _failed(self._nobody(routing, target))
        if agent not in steps:
            raise _failed(f"routing chose '{agent}', and no enabled agent is called that")
        return agent, reason

    def _nobody(self, routing: Routing, target: str) -> str:
        """Why no agent begins."""
        tried = [
            "metadata 'route' is not set",
            f"target '{target}' is no agent" if target else "no target is given",
            f"none of {len(routing.rules)} rules matched" if routing.rules else "there are no rules",
            "no default_agent is set",
        ]
        return f"no agent for this event: {', '.join(tried)}"

    def _first_true(self, ways: Sequence[Option | Rule]) -> int | None:
        """The place of the first that fits; raises `NodeFailed` when a condition fails (semantics §9)."""
        data = self._frame.state.data
        sight: Scope | None = None
        try:
            for place, way in enumerate(ways):
                when = way.when
                if when is None:
                    is_true = True
                elif when.of_data is not None:
                    is_true = when.of_data(data)
                else:
                    # One for all of them: nothing changes before one is chosen.
                    sight = sight or self._run.sight(self._frame)
                    is_true = when.holds(sight)
                if is_true and (way.contains is None or self._is_said(way.contains)):
                    return place
        except ConditionError as error:
            raise NodeFailed(f"choice: {error}", category="validation") from None
        return None

    def _is_said(self, text: str) -> bool:
        message = self._frame.state.data.get("message")
        return isinstance(message, str) and text.casefold() in message.casefold()

    def _take(self, body: Node | None, reason: str) -> None:
        journal = self._run.journal
        taken = ChoiceTaken.made(
            seq=journal.seq,
            at=journal.now() - journal.started,
            path=self._choice.path,
            option="" if body is None else body.path,
            reason=reason,
            scope=self._frame.scope,
        )
        journal.tell(taken)


def _failed(text: str) -> NodeFailed:
    return NodeFailed(text, category="validation")
