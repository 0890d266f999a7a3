from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agentflow_tui.history.run_summary import RunSummary
from agentflow_tui.history.run_tree import fork_point, run_tree


def _run(run_id: str, parent: str = "", step: int = 0) -> RunSummary:
    origin = "fork" if parent else ""
    return RunSummary(
        run_id, "f", "loop", "", "completed", "", 1, origin=origin, parent_run=parent, parent_step=step
    )


def _drawn(*runs: tuple[str, str]) -> list[str]:
    branches = run_tree([_run(run_id, parent) for run_id, parent in runs])
    return [f"{each.before}*{each.after} {each.run.run_id}" for each in branches]


def test_runs_without_forks_have_no_lines() -> None:
    assert _drawn(("b", ""), ("a", "")) == ["* b", "* a"]


def test_a_line_leads_from_a_fork_to_its_parent() -> None:
    assert _drawn(("c", "a"), ("d", "b"), ("b", "a"), ("a", "")) == [
        "╭─* c",
        "│ ╭─* d",
        "├─* b",
        "* a",
    ]


def test_many_forks_of_one_run_take_two_lines() -> None:
    assert _drawn(("d", "a"), ("c", "a"), ("b", "a"), ("a", "")) == ["╭─* d", "├─* c", "├─* b", "* a"]


def test_a_line_crosses_those_of_others() -> None:
    assert _drawn(("e", "a"), ("d", "b"), ("c", "a"), ("b", ""), ("a", "")) == [
        "╭─* e",
        "│ ╭─* d",
        "├─┼─* c",
        "│ * b",
        "* a",
    ]


def test_a_fork_of_a_fork_leads_to_the_other_side() -> None:
    assert _drawn(("c", "b"), ("b", "a"), ("a", ""), ("z", "")) == ["╭─* c", "*─╮ b", "  * a", "* z"]
    assert _drawn(("e", "b"), ("d", "a"), ("b", "a"), ("a", "")) == ["╭─* e", "│ ╭─* d", "*─┤ b", "  * a"]


def test_a_parent_stands_below_its_forks_whatever_the_order() -> None:
    assert _drawn(("a", ""), ("b", "a")) == ["╭─* b", "* a"]


def test_a_fork_of_a_run_that_is_not_there_begins_at_nothing() -> None:
    assert _drawn(("b", "gone"), ("a", "")) == ["* b", "* a"]


def test_more_lines_than_fit_are_left_out() -> None:
    count = 60
    forks = [(f"f{number}", f"p{number}") for number in range(count)]
    parents = [(f"p{number}", "") for number in range(count)]
    drawn = _drawn(*forks, *parents)
    assert len(drawn) == 2 * count
    assert max(map(len, drawn)) < 100


def test_forks_in_a_ring_are_shown() -> None:
    assert sorted(_drawn(("a", "b"), ("b", "a"), ("c", "c"))) == ["* a", "* b", "* c"]


def test_a_fork_says_where_it_left() -> None:
    assert fork_point(_run("a")) == ""
    assert fork_point(_run("b", "0123456789", 3)) == "at step 3 of 01234567"
    assert fork_point(_run("b", "0123456789")) == "at the start of 01234567"
    assert fork_point(_run("b", "0123456789", 3), names_parent=False) == "at step 3"


@given(st.lists(st.integers(-1, 60), max_size=60))
def test_every_run_is_there_once_below_its_forks(parents: list[int]) -> None:
    runs = [
        _run(str(number), str(parent) if 0 <= parent < len(parents) and parent > number else "")
        for number, parent in enumerate(parents)
    ]
    branches = run_tree(runs)
    order = [each.run.run_id for each in branches]
    assert sorted(order) == sorted(run.run_id for run in runs)
    for run in runs:
        assert not run.parent_run or order.index(run.run_id) < order.index(run.parent_run)
    for above, below in zip(branches, branches[1:], strict=False):
        # What goes on downwards in one row comes from above in the next.
        going = above.before + "*" + above.after
        coming = below.before + "*" + below.after
        for x in range(0, min(len(going), len(coming)), 2):
            assert coming[x] not in "│├┼┤" or going[x] in "│├┼┤╭╮"
