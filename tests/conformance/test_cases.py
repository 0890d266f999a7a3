"""The cases themselves: every id is there once, and nothing is put off."""

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


def test_no_case_is_put_off() -> None:
    assert later_ids() == frozenset()
