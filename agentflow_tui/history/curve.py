"""How the numbers of two runs went over the iterations of the same loop."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from agentflow_tui.history.event import HistoryEvent
from agentflow_tui.history.loop_lens import Key, loop_lenses

Series = tuple[float | None, ...]
"""One value per iteration; none where there was no number."""


@dataclass(frozen=True, slots=True)
class Curve:
    """One key over the iterations of one loop, in two runs; a loop that ran again goes on where it was."""

    loop: str
    """Its path."""
    key: Key
    left: Series
    """Empty when the key was no number there, or the loop did not run."""
    right: Series


def curves(left: Iterable[HistoryEvent], right: Iterable[HistoryEvent]) -> tuple[Curve, ...]:
    """Return the curves of all keys that loops changed and that are numbers, in order of first change."""
    ours, theirs = _series(left), _series(right)
    return tuple(
        Curve(loop, key, ours.get((loop, key), ()), theirs.get((loop, key), ()))
        for loop, key in dict.fromkeys((*ours, *theirs))
    )


def _series(history: Iterable[HistoryEvent]) -> dict[tuple[str, Key], Series]:
    found: dict[tuple[str, Key], list[float | None]] = {}
    lengths: dict[str, int] = {}
    for lens in loop_lenses(history):
        before = lengths.get(lens.path, 0)
        lengths[lens.path] = before + len(lens.iterations)
        for row in lens.rows:
            if row.numbers is not None:
                series = found.setdefault((lens.path, row.key), [])
                series += [None] * (before - len(series))
                series += row.numbers
    return {
        (loop, key): (*series, *[None] * (lengths[loop] - len(series)))
        for (loop, key), series in found.items()
    }
