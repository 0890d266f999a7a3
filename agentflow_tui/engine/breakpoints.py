"""Where a run stops by itself, so that a person can look."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import Any, Literal

from agentflow_tui.conditions import Condition, ConditionError, Scope, parse_condition
from agentflow_tui.history.event import HistoryEvent, ModelCallEnded
from agentflow_tui.plan.node import Step

When = Literal["before", "after"]


@dataclass(frozen=True, slots=True)
class Breakpoint:
    """Stops before or after an agent, when its condition holds."""

    where: str
    """Name of an agent, or path of a node: then of every step in it."""
    when: When = "before"
    condition: str = ""
    """In the language of conditions; besides what those know, `tokens` and `calls` count the run's."""
    from_hit: int = 1
    """The first hit that stops; those before are only counted."""
    is_enabled: bool = True

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from others."""
        return self.where, self.when, self.condition

    @property
    def name(self) -> str:
        """What a person calls it, as it stands in `RunPaused.reason`."""
        what = f" if {self.condition}" if self.condition else ""
        return f"breakpoint {self.when} {self.where}{what}"

    def fits(self, step: Step, when: str) -> bool:
        """Whether it is about this step."""
        return self.is_enabled and when == self.when and is_at(step, self.where)


class Breakpoints:
    """A list of them that may be changed while runs go on; it counts hits and the tokens of the run."""

    def __init__(self, points: Iterable[Breakpoint] = ()) -> None:
        """Begin with these; nothing was hit."""
        self.points = {point.key: point for point in points}
        """By their keys; changed by `set` and `remove`."""
        self._hits: dict[tuple[str, str, str], int] = {}
        self._tokens = 0
        self._calls = 0

    def __iter__(self) -> Iterator[Breakpoint]:
        """All of them, in the order in which they were set."""
        return iter(tuple(self.points.values()))

    def __len__(self) -> int:
        """How many there are."""
        return len(self.points)

    def set(self, point: Breakpoint) -> None:
        """Add one, or put it in the place of the one with the same key.

        Raises:
            ConditionSyntaxError: Its condition is none.
        """
        if point.condition:
            parse_condition(point.condition)
        self.points[point.key] = point

    def remove(self, point: Breakpoint) -> None:
        """Take one away; harmless when it is not there."""
        self.points.pop(point.key, None)

    def toggle(self, point: Breakpoint) -> None:
        """Enable one that is disabled, and the other way round."""
        self.set(replace(point, is_enabled=not point.is_enabled))

    def hits(self, point: Breakpoint) -> int:
        """How often it was hit, also without stopping."""
        return self._hits.get(point.key, 0)

    def forget_hits(self) -> None:
        """A new run begins: everything counts from zero."""
        self._hits.clear()
        self._tokens = self._calls = 0

    def hear(self, event: HistoryEvent) -> None:
        """Count what conditions ask for."""
        if isinstance(event, ModelCallEnded):
            self._calls += 1
            self._tokens += (event.prompt_tokens or 0) + (event.completion_tokens or 0)

    def hit(self, step: Step, when: When, scope: Scope) -> str:
        """Return why to stop here, or nothing; a condition that cannot be answered stops and says why."""
        for point in self:
            if not point.fits(step, when):
                continue
            try:
                if point.condition and not _parsed(point.condition).holds(self._counted(scope)):
                    continue
            except ConditionError as error:
                return f"{point.name}: {error}"
            self._hits[point.key] = hits = self.hits(point) + 1
            if hits >= point.from_hit:
                return point.name + (f", hit {hits}" if hits > 1 else "")
        return ""

    def to_json(self) -> list[dict[str, Any]]:
        """Return them as JSON values, without hits."""
        return [asdict(point) for point in self]

    @classmethod
    def from_json(cls, values: Iterable[Mapping[str, Any]]) -> Breakpoints:
        """Make them from JSON values; what is damaged is left out."""
        points = cls()
        for value in values:
            try:
                points.set(Breakpoint(**value))
            except (TypeError, ValueError):
                continue
        return points

    def _counted(self, scope: Scope) -> Scope:
        counts: dict[str, Any] = {"tokens": self._tokens, "calls": self._calls}
        data: Mapping[str, Any] = ChainMap({}, dict(scope.data), counts)
        return replace(scope, data=data)


def is_at(step: Step, where: str) -> bool:
    """Whether a name or a path means this step, or a node around it."""
    return where in (step.path, step.agent, step.key) or step.path.startswith(f"{where}/")


@lru_cache(maxsize=256)
def _parsed(text: str) -> Condition:
    return parse_condition(text)
