"""What the inspector tells of the difference between two states or texts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agentflow_tui.history import event as ev
from agentflow_tui.history import fold
from agentflow_tui.history.delta import Delta
from agentflow_tui.history.fan_event import FanEnded, FanStarted, MergeConflict
from agentflow_tui.tui.panes.inspector.side_by_side import side_by_side
from tests.screen.inspector_app import InspectorApp, look
from tests.screen.inspector_reading import Reading, looped, opened
from tests.story import FIRST, SECOND, Story, quality_loop


async def test_the_diff_shows_every_change_with_glyph_and_word() -> None:
    story = Story({"gone": 1, "score": 0.74, "text": FIRST})
    story.add(ev.AgentStarted, path="a", agent="a", iteration=3)
    delta = Delta(set={"score": 0.83, "new": [1], "text": SECOND}, removed=("gone",), meta_set={"m": "x"})
    story.add(ev.AgentCompleted, path="a", agent="a", iteration=3, delta=delta, duration=1.25)
    app = InspectorApp()
    async with app.run_test(notifications=True, tooltips=True) as pilot:
        rows = await look(pilot, fold(story.events), "Diff")
        assert rows[0] == "a · iteration 3 · 1.2 s"
        assert "- removed gone  1" in rows
        assert "~ changed score  0.74 → 0.83" in rows
        assert "+ added new  [1]  list, 1 item" in rows
        assert "+ added meta.m  x  text, 1 character" in rows
        words = next(row for row in rows if "[-brown-]{+red+}" in row)
        assert "[-jumps-]{+leaps+}" in words


async def test_a_diff_that_is_opened_after_the_pane_grew_is_side_by_side_at_once() -> None:
    story = Story({"text": FIRST})
    story.add(ev.AgentStarted, path="a", agent="a")
    story.add(ev.AgentCompleted, path="a", agent="a", delta=Delta(set={"text": SECOND}), duration=1.0)
    app = InspectorApp()
    async with app.run_test(size=(60, 20)) as pilot:
        assert not any(" │ " in row for row in await look(pilot, fold(story.events), "Diff"))
        await look(pilot, fold(story.events), "State")
        await pilot.resize_terminal(120, 20)
        await pilot.pause()
        assert sum(" │ " in row for row in await look(pilot, fold(story.events), "Diff")) >= 2
        assert max(len(row) for row in app.text()) <= app.view.scrollable_content_region.width


async def test_a_text_that_differs_in_spaces_only_does_not_shout() -> None:
    story = Story({"t": FIRST, "u": FIRST})
    story.add(ev.AgentStarted, path="a", agent="a")
    changed = FIRST.replace("fox", "fox\n ").replace("dog", "cat")
    story.add(
        ev.AgentCompleted, path="a", agent="a", delta=Delta(set={"t": changed, "u": changed}), duration=1.0
    )
    app = InspectorApp()
    async with app.run_test(notifications=True, tooltips=True) as pilot:
        text = "\n".join(await look(pilot, fold(story.events), "Diff"))
        assert "  The quick brown fox\n    jumps over the lazy [-dog-]{+cat+} while" in text
        assert text.count("[-dog-]") == 1
        assert "~ changed u  the same change as t" in text


async def test_d_skips_comparisons_that_cannot_apply_and_the_border_names_the_one_shown() -> None:
    story = Story({"a": 1})
    story.add(ev.AgentStarted, path="a", agent="a")
    story.add(ev.AgentCompleted, path="a", agent="a", delta=Delta(set={"a": 2}), duration=1.0)
    app = InspectorApp()
    async with app.run_test(notifications=True, tooltips=True) as pilot:
        await look(pilot, fold(story.events), "Diff")
        seen = []
        for _ in range(3):
            seen.append(app.pane.diff_kind)
            assert str(app.pane.border_subtitle) == f"{app.pane.diff_kind} · a"
            app.pane.cycle_diff()
        assert seen == ["vs before this agent", "vs start of the run", "vs before this agent"]


async def test_d_goes_through_the_comparisons() -> None:
    app = InspectorApp()
    async with app.run_test(notifications=True, tooltips=True) as pilot:
        await look(pilot, fold(quality_loop().events), "State", "loop/improver")
        seen = []
        for _ in range(4):
            app.pane.cycle_diff()
            seen.append(app.pane.diff_kind)
            assert any(app.pane.diff_kind in row for row in app.text())
        assert seen == [
            "vs before this agent",
            "vs previous iteration",
            "vs start of the run",
            "vs before this agent",
        ]
        app.pane.cycle_diff()
        assert "~ changed quality_score  0.74 → 0.83" in app.text()
        app.pane.cycle_diff()
        assert "+ added quality_score  0.83" in app.text()


async def test_a_marked_point_can_be_compared_with() -> None:
    history = looped().events
    app = Reading()
    async with app.run_test(notifications=True, tooltips=True) as pilot:
        await opened(pilot, history, "Diff")
        app.look(3)
        await pilot.press("m")
        app.look(len(history) - 1)
        await pilot.pause()
        assert app.pane.diff_kind == "vs marked point"
        assert "the state here vs marked point (event 3 · a · iteration 1)" in app.text()
        assert "~ changed score  2 → 8" in app.text()
        kinds = []
        for _ in range(4):
            app.pane.cycle_diff()
            kinds.append(app.pane.diff_kind)
        assert kinds[-1] == "vs marked point"
        assert len(set(kinds)) == 4


async def test_a_conflict_shows_every_value_and_who_won() -> None:
    story = Story({"k": 0})
    story.add(FanStarted, path="fan", branches=("fan/a", "fan/b"))
    for name in "ab":
        story.add(ev.AgentStarted, path=f"fan/{name}", agent=name, scope=f"fan/{name}")
    for number, name in enumerate("ab", 1):
        delta = Delta(set={"k": number})
        story.add(
            ev.AgentCompleted, path=f"fan/{name}", agent=name, scope=f"fan/{name}", delta=delta, duration=1.0
        )
    story.add(MergeConflict, path="fan", key="k", branches=("a", "b"), values=(1, {"removed": True}))
    story.add(FanEnded, path="fan", status="completed", delta=Delta(removed=("k",)))
    app = Reading()
    async with app.run_test(notifications=True, tooltips=True) as pilot:
        await opened(pilot, story.events, "Diff", "fan")
        rows = app.text()
        assert "⚠ conflict k  2 branches of fan wrote it" in rows
        assert "    ✗ lost  a  1" in rows
        assert "    ✓ kept  b  (removed)" in rows
        assert [row for row in rows if row.endswith("· 1.0 s")] == ["a · 1.0 s", "b · 1.0 s"]


async def test_a_moved_item_says_from_where() -> None:
    story = Story({"l": ["a", "b", "c"]})
    story.agent("x", l=["c", "a", "b"])
    app = Reading()
    async with app.run_test(notifications=True, tooltips=True) as pilot:
        await opened(pilot, story.events, "Diff")
        assert "↷ moved l[0]  from l[2]  c" in app.text()


async def test_a_wide_diff_is_side_by_side_and_a_narrow_one_is_not() -> None:
    app = Reading()
    async with app.run_test(size=(120, 30), notifications=True, tooltips=True) as pilot:
        await opened(pilot, quality_loop().events[:-8], "Diff", "loop/improver")
        app.pane.cycle_diff()
        await pilot.pause()
        row = next(row for row in app.text() if row.startswith("- The quick brown"))
        left, right = row.split(" │ ")
        assert (left[2:].split()[:3], right[2:].split()[:3]) == (FIRST.split()[:3], SECOND.split()[:3])
        assert right.startswith("+ ")
        await pilot.resize_terminal(60, 30)
        await pilot.pause()
        await pilot.pause()
        assert any("[-brown-]{+red+}" in row for row in app.text())


@given(st.text("ab \n.ü漢", max_size=80), st.text("ab \n.ü漢", max_size=80), st.integers(20, 60))
def test_both_texts_can_be_read_side_by_side(old: str, new: str, width: int) -> None:
    rows = [row.content.plain for row in side_by_side(old, new, width, value=new, key=("data", "t"))]
    shown = ["".join(row.partition(" │ ")[side].split()) for side in (0, 2) for row in rows]
    if not any("⋯" in row for row in rows):
        half = len(rows)
        for text, parts in ((old, shown[:half]), (new, shown[half:])):
            assert "".join(part.lstrip("+-") for part in parts) == "".join(text.split())
