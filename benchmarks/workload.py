"""What every engine is given to do: states, agents that do next to nothing, and flows of five shapes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

State = dict[str, Any]
Doer = Callable[[Mapping[str, Any]], Awaitable[State]]
"""An agent: reads a state, returns the keys to set."""
Run = Callable[[State], Awaitable[State]]
"""A flow that was built: takes a first state to the last."""
Shape = Literal["route", "chain", "fan", "loop", "mixed"]

ROUTES = ("alpha", "beta", "gamma")
KB = 1024


class Tally:
    """How often an agent ran, which proves that an engine left nothing out."""

    count = 0


def first_state(size: int = 2 * KB, *, is_nested: bool = False) -> State:
    """A state of ten keys, one of which holds about `size` bytes: a text, or many small objects."""
    return {
        "bulk": _objects(size) if is_nested else "x" * size,
        "count": 0,
        "results": [],
        "k0": "beta",
        "k1": "b",
        "k2": 3.5,
        "k3": True,
        "k4": None,
        "k5": 42,
        "k6": "short text",
    }


@cache
def _objects(size: int) -> list[dict[str, Any]]:
    # A copy shares a text, however long, but not these.
    return [{"role": "user", "content": "x" * 70, "n": place} for place in range(size // 100)]


def counter(*, waits: bool = False) -> Doer:
    """An agent of a chain or a loop: one key read, the same key set; others get a turn if it `waits`."""

    async def agent(state: Mapping[str, Any]) -> State:
        Tally.count += 1
        if waits:
            await asyncio.sleep(0)
        return {"count": state["count"] + 1}

    return agent


def finder(place: int, sleep: float = 0.0) -> Doer:
    """One of many agents side by side: one item for the list of results."""

    async def agent(_: Mapping[str, Any]) -> State:
        Tally.count += 1
        if sleep:
            await asyncio.sleep(sleep)
        return {"results": [place]}

    return agent


def merged(state: State, update: State) -> State:
    """How an update gets into a state: results are joined, any other key is replaced."""
    joined = {**state, **update}
    if "results" in update:
        joined["results"] = state["results"] + update["results"]
    return joined


@dataclass(frozen=True, slots=True)
class Flow:
    """One flow: `width` agents side by side, then `length` in a row or as often in a loop."""

    shape: Shape
    width: int = 0
    length: int = 0
    sleep: float = 0.0
    waits: bool = False
    """Whether the agents of a route let others have a turn."""

    @property
    def steps(self) -> int:
        """How many agents run in one run of it."""
        return 1 if self.shape == "route" else self.width + self.length

    def finders(self) -> list[Doer]:
        """Its agents that run side by side."""
        return [finder(place, self.sleep) for place in range(self.width)]

    def routes(self) -> dict[str, Doer]:
        """The agents of a route, of which one runs, by name."""
        return {name: counter(waits=self.waits) for name in ROUTES}

    def counters(self) -> list[Doer]:
        """Its agents in a row; a loop has one, which runs again and again."""
        return [counter() for _ in range(1 if self.shape == "loop" else self.length)]

    def check(self, last: State) -> None:
        """Raise `AssertionError` unless all its agents left their mark on the last state."""
        assert sorted(last["results"]) == list(range(self.width)), "the merge lost results"
        assert last["count"] == (1 if self.shape == "route" else self.length), "a count was lost"
        assert first_state(0).keys() <= last.keys(), "the state lost keys"


@dataclass(frozen=True, slots=True)
class Workload:
    """A flow, run `runs` times one after the other, or all at once."""

    name: str
    flow: Flow
    runs: int = 1
    at_once: bool = False
    size: int = 2 * KB
    """Bytes of the first state."""
    is_nested: bool = False
    """Whether they are small objects, and not one text."""

    @property
    def steps(self) -> int:
        """How many agents run in all."""
        return self.flow.steps * self.runs

    async def perform(self, run: Run, runs: int | None = None) -> State:
        """Run it with an engine, in full or `runs` times; gives the last state of one of the runs."""
        states = [first_state(self.size, is_nested=self.is_nested) for _ in range(runs or self.runs)]
        if self.at_once:
            return (await asyncio.gather(*[run(state) for state in states]))[-1]
        last: State = {}
        for state in states:
            last = await run(state)
        return last

    async def prove(self, run: Run) -> None:
        """Raise `AssertionError` unless an engine really does it; at most 20 runs are looked at."""
        runs = min(self.runs, 20)
        Tally.count = 0
        self.flow.check(await self.perform(run, runs))
        assert Tally.count == self.flow.steps * runs, f"{Tally.count} agents ran"
