"""Comparisons that are answered without a walk say what the walk would (semantics §4)."""

from __future__ import annotations

import pytest

from agentflow_tui.conditions import Scope, parse_condition


@pytest.mark.parametrize("path", ["a", "a.b", "meta.m"])
@pytest.mark.parametrize("sign", ["==", "!=", "<", "<=", ">", ">="])
@pytest.mark.parametrize("literal", ["1", "1.0", "0", "true", "false", "null", "'1'"])
def test_the_short_way_takes_no_value_for_another_that_python_calls_equal(
    path: str, sign: str, literal: str
) -> None:
    condition = parse_condition(f"{path} {sign} {literal}")
    for value in (True, False, 0, 1, 1.0, "1", None):
        scope = Scope({"a": {"b": value} if "." in path else value}, {"m": "1"}, {})
        assert condition.holds(scope) is bool(condition.evaluate(scope))
