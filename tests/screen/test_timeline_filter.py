"""The timeline can be filtered, jumped through, and seen as bars over time."""

from __future__ import annotations

import json
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual import on
from textual.pilot import Pilot
from textual.widgets import Input

from agentflow_tui.history import event as ev
from agentflow_tui.history import policy_event as pol
from agentflow_tui.history.delta import Delta
from agentflow_tui.tui.panes.pager_wanted import PagerWanted
from agentflow_tui.tui.panes.timeline.event_filter import EventFilter, parse_filter, toggled
from agentflow_tui.tui.panes.timeline.filter_bar import Chip
from agentflow_tui.tui.panes.timeline.lanes import Lanes
from agentflow_tui.tui.panes.timeline.line_index import LineIndex
from agentflow_tui.tui.panes.timeline.shown_lines import ShownLines
from agentflow_tui.tui.panes.timeline.span import Span
from tests.screen.test_timeline_pane import HOSTILE, Shown
from tests.story import Story, quality_loop

SHARE = st.floats(0, 1)


class Reading(Shown):
    """Notes what was copied and what the pager should show."""

    def __init__(self, history: list[ev.HistoryEvent]) -> None:
        super().__init__(history)
        self.copied: list[str] = []
        self.pages: list[tuple[str, str]] = []

    def copy_to_clipboard(self, text: str) -> None:
        self.copied.append(text)

    @on(PagerWanted)
    def page(self, event: PagerWanted) -> None:
        self.pages.append((event.title, event.text))


def troubled() -> Story:
    """Two agents side by side, of which one fails twice, in two iterations."""
    story = Story()
    for iteration in (1, 2):
        story.add(ev.IterationStarted, path="loop", iteration=iteration)
        for name in ("writer", "critic"):
            story.add(ev.AgentStarted, path=f"loop/{name}", agent=name, scope=f"loop/{name}")
        story.call("loop/writer", f"c{iteration}", "Once upon ", "a time")
        story.add(
            pol.AttemptFailed,
            path="loop/critic",
            agent="critic",
            attempt=1,
            error="no answer",
            category="timeout",
            retry_in=1.0,
        )
        story.add(
            ev.AgentFailed, path="loop/critic", agent="critic", error="x", category="timeout", duration=1.0
        )
        story.add(ev.AgentCompleted, path="loop/writer", agent="writer", delta=Delta(), duration=2.0)
    return story


def rows(app: Shown) -> list[str]:
    return [line for line in app.lines() if line]


async def typed(pilot: Pilot[None], text: str) -> None:
    await pilot.press("slash")
    assert isinstance(pilot.app.focused, Input)
    await pilot.press(*("space" if char == " " else "colon" if char == ":" else char for char in text))
    await pilot.press("enter")
    await pilot.pause()


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("errors", 4),
        ("agent:writer", 8),
        ("kind:agent", 8),
        ("errors agent:cri", 4),
        ("upon a", 2),
        ("zzz", 0),
    ],
)
async def test_a_filter_shows_what_passes_and_escape_shows_all(text: str, count: int) -> None:
    app = Shown(troubled().events)
    async with app.run_test(size=(120, 30), notifications=True, tooltips=True) as pilot:
        every = len(rows(app))
        await typed(pilot, text)
        shown = [row for row in rows(app) if "No event" not in row]
        assert len(shown) == count
        assert str(app.pane.border_subtitle).endswith(f"{count} of {every} lines: {text}")
        assert app.pane.list.has_focus
        await pilot.press("escape")
        assert len(rows(app)) == every
        assert "lines" not in str(app.pane.border_subtitle)


async def test_keys_move_between_the_lines_that_are_shown() -> None:
    history = troubled().events
    errors = [event.seq for event in history if isinstance(event, ev.AgentFailed | pol.AttemptFailed)]
    app = Shown(history)
    async with app.run_test(size=(120, 30), notifications=True, tooltips=True) as pilot:
        await pilot.press("exclamation_mark", "up", "up", "down")
        assert app.moves == [errors[-1], errors[-2], errors[-1]]
        await pilot.press("exclamation_mark")
        assert app.pane.list.filter.is_empty


async def test_e_goes_from_error_to_error() -> None:
    history = troubled().events
    errors = [event.seq for event in history if isinstance(event, ev.AgentFailed | pol.AttemptFailed)]
    app = Shown(history)
    async with app.run_test(size=(120, 30), notifications=True, tooltips=True) as pilot:
        await pilot.press("g", "e", "e", "e", "E")
        assert app.moves[1:] == [*errors[:3], errors[1]]
        assert "✗ 4 errors" in str(app.pane.border_subtitle)
        await pilot.press("E", "E")
        assert app.moves[-1] == errors[0]


async def test_agents_and_iterations_are_a_key_away() -> None:
    history = troubled().events
    agents = [event.seq for event in history if isinstance(event, ev.AgentStarted)]
    rounds = [event.seq for event in history if isinstance(event, ev.IterationStarted)]
    app = Shown(history)
    async with app.run_test(size=(120, 30), notifications=True, tooltips=True) as pilot:
        await pilot.press("g", "shift+right", "shift+right", "shift+left")
        assert app.moves[1:] == [agents[0], agents[1], agents[0]]
        await pilot.press("ctrl+right", "ctrl+left")
        assert app.moves[-2:] == [rounds[1], rounds[0]]


async def test_the_mouse_filters_and_jumps() -> None:
    history = troubled().events
    rounds = [event.seq for event in history if isinstance(event, ev.IterationStarted)]
    app = Shown(history)
    async with app.run_test(size=(120, 30), notifications=True, tooltips=True) as pilot:
        title = str(app.pane.border_title)
        await pilot.click(app.pane, offset=(3 + title.index("it.2"), 0))
        await pilot.pause()
        assert app.moves == [rounds[1]]
        await pilot.click(app.pane, offset=(10, app.pane.outer_size.height - 1))
        assert isinstance(app.focused, Input)
        await pilot.click(next(chip for chip in app.query(Chip) if "errors" in chip.word))
        await pilot.pause()
        assert app.pane.list.filter.only_errors
        await pilot.click(next(chip for chip in app.query(Chip) if "clear" in chip.word))
        await pilot.pause()
        assert app.pane.list.filter.is_empty


async def test_the_event_can_be_copied_and_read_in_full() -> None:
    app = Reading(troubled().events)
    async with app.run_test(size=(120, 30), notifications=True, tooltips=True) as pilot:
        app.look(2)
        await pilot.press("Y", "v")
        await pilot.pause()
        assert json.loads(app.copied[0])["agent"] == "writer"
        assert app.pages == [("event 2 · agent_started", app.copied[0])]


async def test_bars_show_who_ran_at_the_same_time() -> None:
    app = Shown(troubled().events)
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
    app = Shown(troubled().events)
    async with app.run_test(size=(120, 12), notifications=True, tooltips=True) as pilot:
        await pilot.press("w")
        await pilot.pause()
        ruler = app.pane.bars.render_line(0).text
        assert "├it.1" in ruler and "┴" in ruler and " s─" in ruler


async def test_how_long_a_bar_took_is_told_on_it_where_there_is_no_room_behind() -> None:
    story = Story()
    story.agent("chain/first")
    story.agent("chain/last")
    app = Shown(story.events)
    async with app.run_test(size=(100, 12), notifications=True, tooltips=True) as pilot:
        await pilot.press("w")
        await pilot.pause()
        first, last = (app.pane.bars.render_line(y).text for y in (1, 2))
        assert "█ 1.00 s " in first and last.endswith("█ 1.00 s│")


async def test_the_lane_of_what_began_last_is_kept_in_sight() -> None:
    story = Story()
    for number in range(40):
        story.agent(f"chain/agent-{number}")
    app = Shown(story.events)
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
    app = Shown(history)
    async with app.run_test(size=(120, 12), notifications=True, tooltips=True) as pilot:
        await pilot.press("w")
        await pilot.pause()
        column = app.pane.bars.render_line(2).text.index("▚")
        await pilot.click(app.pane.bars, offset=(column, 2))
        assert isinstance(history[app.moves[-1]], ev.AgentStarted)
        await pilot.click(app.pane.bars, offset=(app.pane.bars.size.width - 3, 0))
        assert app.moves[-1] >= len(history) - 2


async def test_a_hundred_thousand_events_are_filtered_without_holding_keys_up() -> None:
    story = Story()
    for n in range(100_000):
        story.add(ev.Warned, message=f"warning {n}", path="loop/agent")
    app = Shown(story.events)
    async with app.run_test(size=(120, 40), notifications=True, tooltips=True) as pilot:
        began = time.process_time()
        app.pane.list.show_only(parse_filter("9999"))
        assert time.process_time() - began < 0.1
        for _ in range(100):
            await pilot.pause()
            if app.pane.list.counts[0] == 19:
                break
        assert app.pane.list.counts == (19, 100_001)


@pytest.mark.parametrize("text", HOSTILE)
async def test_outside_text_stays_text_in_the_bars_and_in_the_filter(text: str) -> None:
    story = Story()
    story.add(ev.AgentStarted, path=text, agent=text)
    app = Shown(story.events)
    async with app.run_test(size=(60, 10), notifications=True, tooltips=True) as pilot:
        await pilot.press("slash")
        app.query_one(Input).value = text
        await pilot.pause()
        await pilot.press("enter", "w")
        await pilot.pause()
        drawn = "".join(app.pane.bars.render_line(y).text for y in range(4)) + str(app.pane.border_subtitle)
        assert not set(drawn) & {"\x1b", "\u202e", "\ud800", "\x07"}


@pytest.mark.parametrize("size", [(20, 4), (1, 1), (8, 3), (200, 60)])
async def test_bars_work_at_any_size(size: tuple[int, int]) -> None:
    app = Shown(quality_loop().events)
    async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
        await pilot.press("w", "up", "pagedown", "plus", "plus", "minus", "g", "G", "slash", "x", "escape")
        await pilot.resize_terminal(30, 8)
        for y in range(4):
            app.pane.bars.render_line(y)


@given(st.text("abc: er", max_size=30))
def test_every_text_is_a_filter(text: str) -> None:
    words = text.split()
    assert not set(parse_filter(text).text) - set(words)
    assert ("errors" in toggled(text, "errors").split()) == ("errors" not in words)


@given(st.lists(st.sampled_from(["error", "text", "other"]), max_size=30), st.integers(0, 30))
def test_a_growing_history_is_filtered_like_a_whole_one(kinds: list[str], cut: int) -> None:
    story = Story()
    for kind in kinds:
        if kind == "error":
            story.add(ev.AgentFailed, path="a", agent="a", error="x", category="c", duration=1.0)
        elif kind == "text":
            story.add(ev.TokensReceived, path="a", call="c", text="x")
        else:
            story.add(ev.Warned, message="y")
    for chosen in (EventFilter(only_errors=True), EventFilter(text=("x",)), EventFilter()):
        whole, growing = LineIndex(), LineIndex()
        whole.take(story.events, len(story.events))
        expected, shown = ShownLines(whole, chosen), ShownLines(growing, chosen)
        expected.take(story.events, 0)
        for end in (min(cut, len(story.events)), len(story.events)):
            shown.take(story.events, growing.take(story.events, end))
        numbers = [shown.line_at(row) for row in range(len(shown))]
        assert numbers == [expected.line_at(row) for row in range(len(expected))]
        assert all(shown.row_of(number) == row for row, number in enumerate(numbers))


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
    app = Shown(story.events)
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
    app = Shown(story.events)
    async with app.run_test(size=(60, 8), notifications=True, tooltips=True) as pilot:
        await pilot.press("w")
        await pilot.pause()
        text = app.pane.bars.render_line(1).text
        assert "⚡" in text and "◌" not in text
