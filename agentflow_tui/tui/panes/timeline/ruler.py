"""How the iterations of a run went, on one line: `quality_score it.1 ▂ it.2 ▅ it.3 ▇`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from agentflow_tui.history.event import (
    AgentCompleted,
    HistoryEvent,
    IterationEnded,
    IterationStarted,
    StateChanged,
)
from agentflow_tui.history.plain_number import plain_number
from agentflow_tui.tui.panes.sparkline import bar

_MARK = re.compile(r"it\.\d+ \S")
_PREFERRED = ("score", "quality", "confidence", "rating")
_DURATION = "seconds"


class Ruler:
    """Collects one number per iteration: of a numeric key that the flow sets, else the duration."""

    def __init__(self) -> None:
        """Start without iterations."""
        self.iterations: list[int] = []
        self._values: dict[str, dict[int, float]] = {_DURATION: {}}
        self._began = 0.0

    def take(self, events: Iterable[HistoryEvent]) -> bool:
        """Take in the next events; tell whether the ruler changed."""
        changed = False
        for event in events:
            match event:
                case IterationStarted():
                    self.iterations.append(event.iteration)
                    self._began = event.at
                    changed = True
                case IterationEnded() if self.iterations:
                    self._values[_DURATION][len(self.iterations) - 1] = event.at - self._began
                    changed = True
                case AgentCompleted() | StateChanged() if self.iterations:
                    changed = self._take_numbers(event) or changed
        return changed

    def text(self, width: int) -> str:
        """Return the newest iterations that fit into so many characters; empty without any."""
        if not self.iterations:
            return ""
        key = self._key()
        values = self._values[key]
        low, high = min(values.values(), default=0.0), max(values.values(), default=0.0)
        begin = max(len(self.iterations) - max(width, 1), 0)
        marks = [
            f"it.{iteration} {bar(values[number], low, high) if number in values else '…'}"
            for number, iteration in enumerate(self.iterations[begin:], begin)
        ]
        shown = f"{key} " if len(key) + 1 + len(marks[-1]) <= width else ""
        return shown + _fitting(marks, width - len(shown))

    def iteration_at(self, x: int, width: int) -> int | None:
        """Return which iteration, counted from 0, is `x` characters from the left of `text(width)`."""
        marks = list(_MARK.finditer(self.text(width)))
        for number, mark in enumerate(reversed(marks)):
            if mark.start() <= x < mark.end():
                return len(self.iterations) - 1 - number
        return None

    def _take_numbers(self, event: AgentCompleted | StateChanged) -> bool:
        changed = False
        for key, value in event.delta.set.items():
            if (number := plain_number(value)) is not None:
                self._values.setdefault(key, {})[len(self.iterations) - 1] = number
                changed = True
        return changed

    def _key(self) -> str:
        def rank(key: str) -> tuple[bool, bool, int]:
            named = any(word in key.lower() for word in _PREFERRED)
            return named, key != _DURATION, len(self._values[key])

        often = [
            key
            for key, values in self._values.items()
            if len(values) > 1 or any(word in key.lower() for word in _PREFERRED)
        ]
        return max(often, key=rank, default=_DURATION)


def _fitting(marks: Sequence[str], width: int) -> str:
    shown = ""
    for number, mark in enumerate(reversed(marks)):
        longer = f"{mark} {shown}".strip()
        if len(longer) + (2 if number < len(marks) - 1 else 0) > width:
            return f"… {shown}" if shown else ""
        shown = longer
    return shown
