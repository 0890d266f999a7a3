"""How a loop went: iterations as columns, the keys it changed as rows, and what looks wrong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from agentflow_tui.history.delta import Delta
from agentflow_tui.history.event import (
    AgentCompleted,
    HistoryEvent,
    IterationEnded,
    IterationStarted,
    RunStarted,
    StateChanged,
)
from agentflow_tui.history.exit_reason import exit_words
from agentflow_tui.history.fan_event import FanEnded, FanStarted
from agentflow_tui.history.key_history import KeyHistory
from agentflow_tui.history.plain_number import plain_number
from agentflow_tui.history.provenance import is_same
from agentflow_tui.history.run_state import StateView

GONE = object()
"""Stands for a key that is not there."""
STALLED_AFTER = 2
"""So many iterations in a row that change nothing are a stall (semantics §3 loop)."""
LONGEST_PERIOD = 4
"""Iterations after which an oscillation repeats, at most."""

Key = tuple[str, str]
"""`data` or `meta`, and the key."""


@dataclass(slots=True)
class Iteration:
    """One column."""

    number: int
    """Counted from 1."""
    started_seq: int
    started_at: float
    ended_seq: int | None = None
    """None while it goes on."""
    ended_at: float | None = None
    status: str = "running"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a loop that a person should look at."""

    kind: str
    """stalled or oscillating."""
    first: int
    """Number of the first iteration concerned."""
    last: int
    keys: tuple[Key, ...] = ()
    """Of an oscillation: the keys that go round together."""
    period: int = 0
    """Of an oscillation: after so many iterations a value comes again."""


@dataclass(frozen=True, slots=True)
class LensRow:
    """One key over the iterations."""

    key: Key
    start: Any
    """The value before the first iteration; `GONE` for none."""
    values: tuple[Any, ...]
    """At the end of each iteration, or so far; `GONE` where the key is not there."""
    changed: tuple[bool, ...]
    """Whether it differs from the iteration before."""

    @property
    def numbers(self) -> tuple[float | None, ...] | None:
        """The values as numbers, or none when most of the key's values are something else."""
        found = tuple(map(plain_number, self.values))
        count = sum(number is not None for number in found)
        return found if count and 2 * count >= len(found) else None


@dataclass(frozen=True, slots=True)
class LoopLens:
    """One run of one loop."""

    path: str
    iterations: tuple[Iteration, ...]
    rows: tuple[LensRow, ...]
    """Keys that some iteration changed, in the order of their first change."""
    findings: tuple[Finding, ...]
    ended: str = ""
    """Why it came to its end, in words; empty while it runs and after an error."""


class LoopWatch:
    """The loops of a history that grows; an event costs what it changed."""

    def __init__(self) -> None:
        """Start without events."""
        self._runs: list[_LoopRun] = []
        self._open: dict[str, _LoopRun] = {}
        self._scopes: dict[str, KeyHistory] = {"": KeyHistory({})}
        self._fans: dict[str, tuple[str, ...]] = {}

    def take(self, events: Iterable[HistoryEvent]) -> bool:
        """Take in the next events; tell whether a loop looks different now."""
        changed = False
        for event in events:
            match event:
                case RunStarted():
                    self._scopes = {"": KeyHistory(_begin(event))}
                case IterationStarted():
                    self._start(event)
                    self._change(event.scope, event.delta, event.path)
                    changed = True
                case IterationEnded() if event.path in self._open:
                    self._open[event.path].end(event)
                    changed = True
                case FanStarted():
                    self._fans[event.path] = event.branches
                    for branch in event.branches:
                        self._scopes[branch] = KeyHistory(self._scope(event.scope).now)
                case FanEnded():
                    for branch in self._fans.pop(event.path, ()):
                        self._scopes.pop(branch, None)
                    changed = self._change(event.scope, event.delta, event.path) or changed
                case AgentCompleted() | StateChanged():
                    changed = self._change(event.scope, event.delta, event.path) or changed
        return changed

    def lenses(self) -> tuple[LoopLens, ...]:
        """Return the loops in the order in which they began; a loop that ran twice is there twice."""
        return tuple(run.lens() for run in self._runs)

    def _scope(self, path: str) -> KeyHistory:
        return self._scopes.get(path) or self._scopes[""]

    def _start(self, event: IterationStarted) -> None:
        run = self._open.get(event.path)
        if run is None or event.iteration <= run.iterations[-1].number:
            run = self._open[event.path] = _LoopRun(event.path, event.scope)
            self._runs.append(run)
        run.start(event)

    def _change(self, scope: str, delta: Delta, path: str) -> bool:
        state = self._scope(scope)
        old = state.now
        new = {
            **{("data", key): value for key, value in delta.set.items()},
            **{("meta", key): value for key, value in delta.meta_set.items()},
            **{("data", key): GONE for key in delta.removed},
            **{("meta", key): GONE for key in delta.meta_removed},
        }
        # Data and meta are two maps; one history of both needs names that cannot meet.
        state.change({_name(key): value for key, value in new.items() if value is not GONE})
        state.change({}, [_name(key) for key, value in new.items() if value is GONE])
        seen = False
        own = self._open.get(path)
        if own is not None and (ended := exit_words(delta)):
            own.leave(ended)
            seen = True
        for run in self._open.values():
            # A loop's own counters change with each iteration and say nothing.
            if run.scope == scope and path != run.path and path not in self._open and run.is_running:
                run.change(new, {key: old.get(_name(key), GONE) for key in new})
                seen = True
        return seen


def loop_lenses(events: Iterable[HistoryEvent]) -> tuple[LoopLens, ...]:
    """Return how each loop of a history went, in the order in which they began."""
    watch = LoopWatch()
    watch.take(events)
    return watch.lenses()


class _LoopRun:
    """One run of one loop while it is watched."""

    def __init__(self, path: str, scope: str) -> None:
        self.path = path
        self.scope = scope
        self.iterations: list[Iteration] = []
        self.is_running = False
        self._starts: dict[Key, Any] = {}
        self._changes: list[dict[Key, Any]] = []
        self._shown: LoopLens | None = None
        self._ended = ""

    def leave(self, why: str) -> None:
        self._shown, self._ended = None, why

    def start(self, event: IterationStarted) -> None:
        self.is_running, self._shown = True, None
        self.iterations.append(Iteration(event.iteration, event.seq, event.at))
        self._changes.append({})

    def end(self, event: IterationEnded) -> None:
        self.is_running, self._shown = False, None
        last = self.iterations[-1]
        last.ended_seq, last.ended_at, last.status = event.seq, event.at, event.status

    def change(self, new: dict[Key, Any], old: dict[Key, Any]) -> None:
        self._shown = None
        for key, value in new.items():
            self._starts.setdefault(key, old[key])
            self._changes[-1][key] = value

    def lens(self) -> LoopLens:
        if self._shown is None:
            rows = tuple(self._row(key) for key in self._starts)
            found = findings(self.iterations, rows)
            self._shown = LoopLens(self.path, tuple(self.iterations), rows, found, self._ended)
        return self._shown

    def _row(self, key: Key) -> LensRow:
        value = self._starts[key]
        values, changed = [], []
        for changes in self._changes:
            new = changes.get(key, value)
            changed.append(not is_same(value, new))
            values.append(new)
            value = new
        return LensRow(key, self._starts[key], tuple(values), tuple(changed))


def findings(iterations: Sequence[Iteration], rows: Sequence[LensRow]) -> tuple[Finding, ...]:
    """Return where a loop stalled, and the keys that oscillate at its end."""
    ended = sum(1 for each in iterations if each.ended_seq is not None)
    found = _stalls(iterations, rows, ended)
    together: dict[tuple[int, int], list[Key]] = {}
    for row in rows:
        swing = _oscillation(row.values[:ended])
        if swing is not None:
            together.setdefault(swing, []).append(row.key)
    for (first, period), keys in together.items():
        numbers = iterations[first].number, iterations[ended - 1].number
        found.append(Finding("oscillating", *numbers, tuple(keys), period))
    return tuple(found)


def _stalls(iterations: Sequence[Iteration], rows: Sequence[LensRow], ended: int) -> list[Finding]:
    found: list[Finding] = []
    first = 0
    for number in range(ended + 1):
        is_idle = number < ended and not any(row.changed[number] for row in rows)
        if is_idle:
            continue
        if number - first >= STALLED_AFTER:
            found.append(Finding("stalled", iterations[first].number, iterations[number - 1].number))
        first = number + 1
    return found


def _oscillation(values: Sequence[Any]) -> tuple[int, int] | None:
    """Return where the oscillation at the end begins and its period: at least two whole rounds."""
    for period in range(2, LONGEST_PERIOD + 1):
        first = len(values)
        while first > period and is_same(values[first - 1], values[first - 1 - period]):
            first -= 1
        first -= period
        differs = any(not is_same(values[-1], value) for value in values[-period:])
        if differs and len(values) - first >= 2 * period and first >= 0:
            return first, period
    return None


def _begin(event: RunStarted) -> dict[str, Any]:
    first = StateView.at_start(event)
    return {
        **{_name(("data", key)): value for key, value in first.data.items()},
        **{_name(("meta", key)): value for key, value in first.meta.items()},
    }


def _name(key: Key) -> str:
    return "/".join(key)
