"""The cases themselves: every id is there once, and nothing is put off that does not exist."""

from __future__ import annotations

from collections import Counter

from tests.conformance.cases import HERE, later_ids, load_cases

KINDS = {"run", "config", "condition", "mermaid", "retry", "categorize", "breaker"}


def test_every_id_is_unique_and_every_kind_known() -> None:
    cases = load_cases(folder=HERE / "cases")
    counts = Counter(case.id for case in cases)
    assert [name for name, count in counts.items() if count > 1] == []
    assert {case.kind for case in cases} == KINDS
    assert len(cases) > 200


def test_every_case_that_is_put_off_exists() -> None:
    assert later_ids() - {case.id for case in load_cases(folder=HERE / "cases")} == frozenset()


def test_no_condition_or_config_case_is_put_off() -> None:
    built = {case.id for case in load_cases(folder=HERE / "cases") if case.kind in ("condition", "config")}
    assert built & later_ids() == set()
