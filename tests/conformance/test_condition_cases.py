"""Conformance, kind `condition`: parse `text`, evaluate it over the given values."""

from __future__ import annotations

import pytest

from agentflow_tui.conditions import ConditionError, ConditionSyntaxError, Scope, parse_condition
from tests.conformance.cases import Case, later_ids, load_cases

CASES = [case for case in load_cases("condition") if case.id not in later_ids()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_condition(case: Case) -> None:
    given, expect = case.given, case.expect
    if expect.get("error") and "error_contains" not in expect:
        with pytest.raises(ConditionSyntaxError) as refused:
            parse_condition(given["text"])
        assert refused.value.column == expect.get("column", refused.value.column)
        return
    if expect.get("error"):
        with pytest.raises((ConditionSyntaxError, ConditionError), match="(?s).*") as failed:
            parse_condition(given["text"]).evaluate(_scope(case))
        assert expect["error_contains"] in str(failed.value)
        return
    condition, wanted = parse_condition(given["text"]), expect["value"]
    if isinstance(wanted, bool):
        assert condition.holds(_scope(case)) is wanted
    else:
        assert condition.evaluate(_scope(case)) == wanted


def _scope(case: Case) -> Scope:
    given = case.given
    return Scope(
        given["data"],
        given.get("meta", {}),
        given.get("event", {}),
        given.get("iteration"),
        given.get("elapsed_seconds"),
    )
