"""Conformance, kind `breaker`: one circuit breaker under a list of operations."""

from __future__ import annotations

from typing import Any

import pytest

from agentflow_tui.engine.breaker import Breaker, BreakerOpenError
from agentflow_tui.plan.policy import BreakerPolicy
from tests.conformance.cases import Case, later_ids, load_cases

CASES = [case for case in load_cases("breaker") if case.id not in later_ids()]
NAMES = {"timeout_s": "open_seconds"}
ENDS = {"ok": Breaker.succeed, "fail": Breaker.fail, "cancel": Breaker.drop}


class _Desk:
    """The breaker of a case, its time, and what became of each call."""

    def __init__(self, given: dict[str, Any]) -> None:
        policy = BreakerPolicy(**{NAMES.get(key, key): value for key, value in given["config"].items()})
        self.now = 0.0
        self.breaker = Breaker(given["agent"], policy, lambda: self.now)
        self.held: dict[str, int] = {}
        self.states: list[str] = []
        self.refused: list[int] = []
        self.refusals: list[str] = []

    def do(self, place: int, op: str) -> None:
        verb, _, rest = op.partition(":")
        if verb == "wait":
            self.now += float(rest)
            return
        if verb == "end":
            name, _, how = rest.partition(":")
            ENDS[how](self.breaker, self.held.pop(name))
        else:
            self._call(place, verb, rest)
        self.states.append(self.breaker.state)

    def _call(self, place: int, verb: str, name: str) -> None:
        try:
            term = self.breaker.admit()
        except BreakerOpenError as refusal:
            self.refused.append(place)
            self.refusals.append(str(refusal))
            return
        if verb == "hold":
            self.held[name] = term
        else:
            ENDS[verb](self.breaker, term)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_breaker(case: Case) -> None:
    desk = _Desk(case.given)
    for place, op in enumerate(case.given["ops"], start=1):
        desk.do(place, op)
    assert desk.states == case.expect["breaker"]
    assert desk.refused == case.expect.get("refused", desk.refused)
    for text in case.expect.get("error_contains", ()):
        assert text in desk.refusals[0]
    assert case.expect.keys() <= {"breaker", "refused", "error_contains"}
