"""Whatever a flow file calls its parts, each text takes as many cells as it says."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agentflow_tui.plan.cell_text import cell_width, cells, fit, padded, shown, wrap
from agentflow_tui.plan.layout import lay_out
from agentflow_tui.plan.node import Choice, Option, Step
from tests.unit.plan.hard_texts import HARD_TEXTS, everywhere
from tests.unit.plan.plans import plan_of
from tests.unit.plan.test_layout import all_rows_fit

_HARD = pytest.mark.parametrize("text", HARD_TEXTS.values(), ids=HARD_TEXTS)
_TEXTS = st.text(max_size=20) | st.sampled_from([*HARD_TEXTS.values()])


@pytest.mark.parametrize(
    ("text", "line", "width"),
    [
        ("\u0e5c", "\u0e5c", 1),
        ("\u754c", "\u754c", 2),
        ("\u0301a", "\u25cc\u0301a", 2),
        ("a \u0301", "a \u25cc\u0301", 3),
        ("e\u0301", "\u00e9", 1),
        ("\u26a0\ufe0f", "\u26a0", 1),
        ("\u1100\u1161\u11a8", "\uac01", 2),
        ("\u1161", "\u25cc\u1161", 1),
        ("\U0001f468\u200d\U0001f469", "\U0001f468\u2423\U0001f469", 5),
        ("\U0001f44d\U0001f3fd", "\U0001f44d\U0001f3fd", 2),
        ("\U0001f1eb\U0001f1f7", "\U0001f1eb\U0001f1f7", 2),
        ("\u3164", "\u2423", 1),
        ("\u0939\u093f", "\u0939\u093f", 1),
        ("a\r\nb\x1b", "a b\u241b", 4),
    ],
)
def test_a_text_is_measured_as_it_is_drawn(text: str, line: str, width: int) -> None:
    assert shown(text) == line
    assert cell_width(text) == cell_width(line) == len(cells(line)) == width


@_HARD
def test_a_hard_text_is_cut_between_whole_characters(text: str) -> None:
    for width in range(1, 20):
        assert cell_width(fit(text, width)) <= width
        assert len(cells(padded(text, width))) == width
        lines = wrap(text, width, 3)
        assert all(cell_width(line) <= width and shown(line) == line for line in lines)


@given(_TEXTS, _TEXTS)
@example("\u1112", "\ufe0f\u1161")
@example("a\ufe0f", "\u0301")
def test_what_is_shown_stays_the_same_when_it_is_shown_again(one: str, other: str) -> None:
    line = shown(one)
    assert shown(line) == line
    assert "".join(cells(line)) == line and len(cells(line)) == cell_width(line)
    together = shown(f"{line} \u00b7 {shown(other)}")
    assert together == shown(f"{one} \u00b7 {other}")


@_HARD
def test_a_hard_text_is_drawn_in_its_cells_everywhere(text: str) -> None:
    plan = plan_of(everywhere(text))
    folds: tuple[dict[str, bool], ...] = ({}, {"r/w": False}, {"r/f": True, "r/c": True})
    for columns, folded in product((20, 29, 36, 37, 50, 100), folds):
        all_rows_fit(lay_out(plan, direction="right", room=(columns, 10), folds=folded))
        all_rows_fit(lay_out(plan, direction="down", room=(columns, 10), folds=folded))


@_HARD
def test_an_arrow_never_cuts_a_wide_character_in_two(text: str) -> None:
    options = tuple(Option("0", Step(f"r/{place}", "0")) for place in range(9))
    plan = plan_of(Choice("r", text * 3, options))
    for columns in range(30, 42):
        layout = lay_out(plan, direction="down", room=(columns, 10))
        all_rows_fit(layout)
        assert len({cell_width(line) for line in layout.text().splitlines()[2:-2]}) == 1
