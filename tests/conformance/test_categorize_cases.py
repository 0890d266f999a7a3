"""Conformance, kind `categorize`: the category of an exception."""

from __future__ import annotations

import pytest

from agentflow_tui.engine.errors import categorize
from tests.conformance.cases import Case, later_ids, load_cases
from tests.conformance.scripted_agent import scripted_error

CASES = [case for case in load_cases("categorize") if case.id not in later_ids()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_categorize(case: Case) -> None:
    assert categorize(scripted_error(case.given["error"])) == case.expect["category"]
