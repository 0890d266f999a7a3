"""The timeline as bars over time: who ran beside whom, for how long, and what held them up."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from agentflow_tui.history import event as ev
from agentflow_tui.history import policy_event as pol
from agentflow_tui.tui.panes.timeline.lanes import Lanes
from agentflow_tui.tui.panes.timeline.span import Span
from tests.screen.timeline_app import TimelineApp
from tests.screen.troubled_story import troubled
from tests.story import Story, quality_loop


async def test_bars_show_who_ran_at_the_same_time() -> None:
    app = TimelineApp(troubled().events)
    async with app.run_test(size=(120, 12), notifications=True, tooltips=True) as pilot:
        await pilot.press("w")
        await pilot.pause()
        assert app.pane.bars.has_focus
        lines = [app.pane.bars.render_line(y).text for y in range(3)]
        assert "it.1" in lines[0]
        assert "it.2" in lines[0]
        assert lines[1].startswith("writer ")
        assert lines[2].startswith("critic ")
        assert any(one == "█" and other in "▚↻✗·" for one, other in zip(lines[1], lines[2], strict=True))
        assert lines[2].count("✗") == 2
        await pilot.press("plus")
        assert "zoom 2×" in str(app.pane.border_subtitle)
        await pilot.press("minus", "w")
        assert app.pane.list.has_focus


async def test_the_ruler_tells_the_time_between_the_iterations() -> None:
    app = TimelineApp(troubled().events)
    async with app.run_test(size=(120, 12), notifications=True, tooltips=True) as pilot:
        await pilot.press("w")
        await pilot.pause()
        ruler = app.pane.bars.render_line(0).text
        assert "├it.1" in ruler and "┴" in ruler and " s─" in ruler


async def test_how_long_a_bar_took_is_told_on_it_where_there_is_no_room_behind() -> None:
    story = Story()
    story.agent("chain/first")
    story.agent("chain/last")
    app = TimelineApp(story.events)
    async with app.run_test(size=(100, 12), notifications=True, tooltips=True) as pilot:
        await pilot.press("w")
        await pilot.pause()
        first, last = (app.pane.bars.render_line(y).text for y in (1, 2))
        assert "█ 1.00 s " in first and last.endswith("█ 1.00 s│")


async def test_the_lane_of_what_began_last_is_kept_in_sight() -> None:
    story = Story()
    for number in range(40):
        story.agent(f"chain/agent-{number}")
    app = TimelineApp(story.events)
    async with app.run_test(size=(100, 12), notifications=True, tooltips=True) as pilot:
        bars = app.pane.bars

        def drawn() -> str:
            return "\n".join(bars.render_line(y).text for y in range(bars.size.height))

        await pilot.press("w")
        await pilot.pause()
        assert "agent-39 " in drawn()
        story.add(ev.AgentStarted, path="chain/agent-40", agent="agent-40")
        app.look(len(story.events) - 1)
        await pilot.pause()
        assert "agent-40 " in drawn()
        await pilot.press(*["up"] * 15)
        await pilot.pause()
        assert "agent-40 " not in drawn()
        story.add(ev.AgentStarted, path="chain/agent-41", agent="agent-41")
        app.look(len(story.events) - 1)
        await pilot.pause()
        assert "agent-41 " not in drawn()
        app.look(story.events[1].seq)
        await pilot.pause()
        assert "agent-0 " in drawn()


async def test_a_click_on_a_bar_goes_to_its_start() -> None:
    history = troubled().events
    app = TimelineApp(history)
    async with app.run_test(size=(120, 12), notifications=True, tooltips=True) as pilot:
        await pilot.press("w")
        await pilot.pause()
        column = app.pane.bars.render_line(2).text.index("▚")
        await pilot.click(app.pane.bars, offset=(column, 2))
        assert isinstance(history[app.moves[-1]], ev.AgentStarted)
        await pilot.click(app.pane.bars, offset=(app.pane.bars.size.width - 3, 0))
        assert app.moves[-1] >= len(history) - 2


@pytest.mark.parametrize("size", [(20, 4), (1, 1), (8, 3), (200, 60)])
async def test_bars_work_at_any_size(size: tuple[int, int]) -> None:
    app = TimelineApp(quality_loop().events)
    async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
        await pilot.press("w", "up", "pagedown", "plus", "plus", "minus", "g", "G", "slash", "x", "escape")
        await pilot.resize_terminal(30, 8)
        for y in range(4):
            app.pane.bars.render_line(y)


@given(
    st.floats(0, 1e6),
    st.integers(1, 1024),
    st.floats(0, 1e6),
    st.integers(1, 300),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_a_bar_in_sight_always_has_a_cell(
    end: float, zoom: int, centre: float, width: int, one: float, other: float
) -> None:
    span = Span.of(end, zoom, centre, width)
    start, stop = sorted((one * end, other * end))
    first, last = span.cells(start, stop)
    assert first == -1 or (0 <= first < last)
    if zoom == 1:
        assert 0 <= first <= width


def test_a_run_that_ends_closes_its_bars() -> None:
    story = Story()
    story.add(ev.AgentStarted, path="a", agent="a")
    story.add(ev.RunEnded, status="cancelled")
    lanes = Lanes()
    lanes.take(story.events)
    assert [(bar.status, bar.ended_at) for bar in lanes.lanes[0].bars] == [("cancelled", 2.0)]


@pytest.mark.parametrize("width", [60, 38])
async def test_waits_retries_and_an_open_breaker_are_seen_in_the_bars(width: int) -> None:
    story = Story()
    story.add(ev.AgentStarted, path="a", agent="writer")
    story.add(pol.Throttled, path="a", agent="writer", wait=3.0)
    for _ in range(3):
        story.add(ev.Warned, message="", path="a")
    story.add(pol.AttemptFailed, path="a", agent="writer", attempt=1, error="e", category="c", retry_in=2.0)
    for _ in range(2):
        story.add(ev.Warned, message="", path="a")
    story.add(pol.BreakerChanged, path="a", agent="writer", state="open")
    story.add(pol.BreakerChanged, path="a", agent="writer", state="half_open")
    story.add(ev.AgentCancelled, path="a", agent="writer", duration=1.0)
    story.add(ev.RunEnded, status="cancelled")
    app = TimelineApp(story.events)
    async with app.run_test(size=(width, 8), notifications=True, tooltips=True) as pilot:
        await pilot.press("w")
        await pilot.pause()
        strip = app.pane.bars.render_line(1)
        seen = "".join(sign for sign in strip.text if sign in "◌↻⚡·")
        assert re.fullmatch("◌·+↻·+⚡", seen)
        # A wide glyph takes two cells and moves nothing behind it.
        assert cell_len(strip.text) == app.pane.bars.scrollable_content_region.width
        styles = {segment.text[0]: segment.style for segment in strip if segment.text[:1] in set("◌↻⚡")}
        for glyph, name in (("◌", "throttled"), ("↻", "retrying"), ("⚡", "open")):
            style = styles[glyph]
            assert style is not None and style.color == app.pane.bars.style_of(name).color


async def test_where_troubles_share_a_cell_the_worst_is_seen() -> None:
    story = Story()
    story.add(ev.AgentStarted, path="a", agent="writer")
    story.add(pol.BreakerChanged, path="a", agent="writer", state="open")
    story.add(pol.Throttled, path="a", agent="writer", wait=0.0)
    for _ in range(2000):
        story.add(ev.Warned, message="", path="a")
    app = TimelineApp(story.events)
    async with app.run_test(size=(60, 8), notifications=True, tooltips=True) as pilot:
        await pilot.press("w")
        await pilot.pause()
        text = app.pane.bars.render_line(1).text
        assert "⚡" in text and "◌" not in text
