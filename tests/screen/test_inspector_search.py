"""What is searched for in the inspector is found, however deep, closed or far away it is."""

from __future__ import annotations

import time
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from textual.widgets import Input, Label

from agentflow_tui.history.run_state import RunState, StateView
from agentflow_tui.tui.panes.inspector.state_tree import StateTree, found_in, value_at
from tests.screen.inspector_reading import Reading, opened, row_with
from tests.story import Story, quality_loop


async def test_search_finds_closed_values_opens_them_and_goes_round() -> None:
    app = Reading()
    async with app.run_test(notifications=True, tooltips=True) as pilot:
        data = {"top": "x", "deep": {"list": [0, {"needle": 1}]}, "text": "a NEEDLE here"}
        await opened(pilot, Story(data).events, "State")
        await pilot.press("slash", *"needle")
        await pilot.pause()
        assert app.view.rows[app.view.cursor].key == ("data", "deep", "list", "1", "needle")
        await pilot.press("enter", "n")
        assert app.view.has_focus
        assert app.view.rows[app.view.cursor].key == ("data", "text")
        await pilot.press("n")
        assert app.view.rows[app.view.cursor].key[-1] == "needle"
        await pilot.press("N")
        assert app.view.rows[app.view.cursor].key == ("data", "text")
        await pilot.press("escape")
        assert not app.query_one(Input).has_focus
        assert not app.pane.check_action("end_search", ())


async def test_search_says_when_there_is_nothing_and_works_in_every_tab() -> None:
    app = Reading()
    async with app.run_test(notifications=True, tooltips=True) as pilot:
        await opened(pilot, quality_loop().events[:-9], "Calls")
        await pilot.press("slash", *"tokens")
        await pilot.press("enter")
        assert "tokens" in app.text()[app.view.cursor]
        await pilot.press("slash", *"zzz")
        await pilot.pause()
        assert "not found" in str(app.query_one("#entry-outcome", Label).render())


async def test_a_search_reaches_far_into_a_huge_state() -> None:
    state = RunState(status="running", state=StateView({f"k{n}": n for n in range(100_000)}))
    app = Reading()
    async with app.run_test(notifications=True, tooltips=True) as pilot:
        app.pane.show(state, None)
        await pilot.press("slash")
        began = time.process_time()
        app.query_one(Input).value = "k77777"
        await pilot.pause()
        assert app.view.rows[app.view.cursor].key == ("data", "k77777")
        assert len(app.view.rows) < 500
        assert time.process_time() - began < 3
        app.view.focus()
        app.view.move_to(row_with(app, "before"))
        await pilot.press("enter")
        assert any("k77599 " in row for row in app.text())


VALUE: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("abc", max_size=4),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abc", max_size=2), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(st.dictionaries(st.text("abc", max_size=2), VALUE, max_size=4), st.sampled_from(["a", "b", "1", "e"]))
def test_what_is_found_is_there_and_gets_a_row(data: dict[str, Any], needle: str) -> None:
    state = StateView(data, {"a": "b"})
    found, _ = found_in(state, needle, ())
    tree = StateTree()
    for path in found:
        value = value_at(state, path)
        scalar = "" if isinstance(value, dict | list) else str(value)
        assert needle in path[-1].casefold() or needle in scalar.casefold()
        tree.reveal(state, path)
        assert any(row.key == path for row in tree.rows(state))
