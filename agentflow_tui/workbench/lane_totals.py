"""How one mode of a race stands."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isnan
from typing import Any

from agentflow_tui.history.plain_number import plain_number
from agentflow_tui.history.run_state import ModelCall, RunState

NOT_STARTED = "not started"
MEASURES = ("seconds", "calls", "tokens", "rate", "score")
"""The fields of `LaneTotals` that a best one is known of."""
_MORE_IS_BETTER = frozenset({"rate", "score"})
_DIGITS = {"seconds": 2, "rate": 1}
"""Digits of a measure in which two of them differ for a person."""
_CHARACTERS_PER_TOKEN = 4
"""About, for text that is still coming: servers count only whole answers."""

_SHORTEST_WRITING = 0.1
"""Seconds of writing that tell a speed."""


@dataclass(frozen=True, slots=True)
class LaneTotals:
    """One mode's run in numbers, at one moment."""

    mode: str
    run_id: str = ""
    """Empty when it was not started."""
    status: str = NOT_STARTED
    """running, paused, completed, failed, cancelled or `not started`."""
    agents: str = ""
    """Who is at work, with the iteration in a loop."""
    seconds: float = 0.0
    calls: int = 0
    """Answered ones."""
    from_recordings: int = 0
    """Of the calls."""
    tokens: int = 0
    """In and out; of an answer that is still coming, about."""
    rate: float | None = None
    """Tokens per second while a model writes; none without a live answer."""
    score: Any = None
    """The value of the score key; none when it is not there."""
    output: str = ""
    """The newest answer, or what the last agent set."""
    error: str = ""
    hint: str = ""

    @property
    def is_over(self) -> bool:
        """True when nothing can follow."""
        return self.status in ("completed", "failed", "cancelled", NOT_STARTED)

    @classmethod
    def of(cls, mode: str, run_id: str, state: RunState, seconds: float, score: str) -> LaneTotals:
        """Sum up a run that has gone on for so long; `score` is a data key, or empty."""
        coming = [call for call in state.calls.values() if call.status == "running"]
        written = sum(len(call.text) for call in coming) // _CHARACTERS_PER_TOKEN
        return cls(
            mode,
            run_id,
            "running" if state.status == "idle" else state.status,
            _at_work(state),
            seconds,
            state.answered_calls,
            state.calls_from_recordings,
            state.prompt_tokens + state.completion_tokens + written,
            _rate(state.calls.values(), seconds),
            state.state.data.get(score) if score else None,
            _output(state, coming),
            state.error,
            state.hint,
        )


def best_of(lanes: Iterable[LaneTotals]) -> Mapping[str, frozenset[str]]:
    """Return the modes with the best value of each measure, of the lanes that completed.

    There is a best one only where two or more have a value and not all the same.
    """
    done = [lane for lane in lanes if lane.status == "completed"]
    best = {}
    for measure in MEASURES:
        found = {lane.mode: getattr(lane, measure) for lane in done}
        digits = _DIGITS.get(measure)
        numbers = {
            mode: round(value, digits) if digits else value
            for mode, value in found.items()
            if _is_number(value)
        }
        if len(set(numbers.values())) > 1:
            goal = (max if measure in _MORE_IS_BETTER else min)(numbers.values())
            best[measure] = frozenset(mode for mode, value in numbers.items() if value == goal)
    return best


def _is_number(value: object) -> bool:
    # A missing score is nobody's best, and neither is what is not even equal to itself.
    number = plain_number(value)
    return number is not None and not isnan(number)


def _at_work(state: RunState) -> str:
    running = (run for run in state.agent_runs if run.status == "running")
    return ", ".join(f"{run.agent} {run.iteration}" if run.iteration else run.agent for run in running)


def _rate(calls: Iterable[ModelCall], seconds: float) -> float | None:
    tokens, writing = 0.0, 0.0
    for call in calls:
        if call.source == "recording" or call.first_token_after is None:
            continue
        # Speed is about writing: the wait for the first token is no part of it.
        if call.status == "running":
            tokens += len(call.text) / _CHARACTERS_PER_TOKEN
            writing += max(seconds - call.started_at - call.first_token_after, 0.0)
        elif call.completion_tokens is not None and call.duration is not None:
            tokens += call.completion_tokens
            writing += call.duration - call.first_token_after
    return tokens / writing if writing >= _SHORTEST_WRITING else None


def _output(state: RunState, coming: list[ModelCall]) -> str:
    if coming and coming[-1].text:
        return coming[-1].text
    deltas = (run.delta for run in reversed(state.agent_runs))
    newest = next((delta.set for delta in deltas if delta is not None and delta.set), None)
    if newest is None:
        return ""
    last = state.state.data if state.is_over and "response" in state.state.data else newest
    value = last.get("response", last)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
