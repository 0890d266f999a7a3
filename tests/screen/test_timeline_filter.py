"""The timeline can be filtered, searched and jumped through."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import on
from textual.pilot import Pilot
from textual.widgets import Input

from agentflow_tui.history import event as ev
from agentflow_tui.history import policy_event as pol
from agentflow_tui.tui.panes.pager_wanted import PagerWanted
from agentflow_tui.tui.panes.timeline.event_filter import EventFilter, parse_filter, toggled
from agentflow_tui.tui.panes.timeline.filter_bar import Chip
from agentflow_tui.tui.panes.timeline.line_index import LineIndex
from agentflow_tui.tui.panes.timeline.shown_lines import ShownLines
from tests.screen.hostile_texts import HOSTILE
from tests.screen.timeline_app import TimelineApp
from tests.screen.troubled_story import troubled
from tests.story import Story


class Reading(TimelineApp):
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


def rows(app: TimelineApp) -> list[str]:
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
    app = TimelineApp(troubled().events)
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
    app = TimelineApp(history)
    async with app.run_test(size=(120, 30), notifications=True, tooltips=True) as pilot:
        await pilot.press("exclamation_mark", "up", "up", "down")
        assert app.moves == [errors[-1], errors[-2], errors[-1]]
        await pilot.press("exclamation_mark")
        assert app.pane.list.filter.is_empty


async def test_e_goes_from_error_to_error() -> None:
    history = troubled().events
    errors = [event.seq for event in history if isinstance(event, ev.AgentFailed | pol.AttemptFailed)]
    app = TimelineApp(history)
    async with app.run_test(size=(120, 30), notifications=True, tooltips=True) as pilot:
        await pilot.press("g", "e", "e", "e", "E")
        assert app.moves[1:] == [*errors[:3], errors[1]]
        assert "✗ 4 errors" in str(app.pane.border_subtitle)
        await pilot.press("E", "E")
        assert app.moves[-1] == errors[0]
        await pilot.press("G", "e", "g", "E")
        told = [note.message for note in app._notifications]
        assert told[-2:] == [
            "No error after this moment, only before it.",
            "No error before this moment, only after it.",
        ]


async def test_agents_and_iterations_are_a_key_away() -> None:
    history = troubled().events
    agents = [event.seq for event in history if isinstance(event, ev.AgentStarted)]
    rounds = [event.seq for event in history if isinstance(event, ev.IterationStarted)]
    app = TimelineApp(history)
    async with app.run_test(size=(120, 30), notifications=True, tooltips=True) as pilot:
        await pilot.press("g", "shift+right", "shift+right", "shift+left")
        assert app.moves[1:] == [agents[0], agents[1], agents[0]]
        await pilot.press("ctrl+right", "ctrl+left")
        assert app.moves[-2:] == [rounds[1], rounds[0]]


async def test_the_mouse_filters_and_jumps() -> None:
    history = troubled().events
    rounds = [event.seq for event in history if isinstance(event, ev.IterationStarted)]
    app = TimelineApp(history)
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


async def test_a_hundred_thousand_events_are_filtered_without_holding_keys_up() -> None:
    story = Story()
    for n in range(100_000):
        story.add(ev.Warned, message=f"warning {n}", path="loop/agent")
    app = TimelineApp(story.events)
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
    app = TimelineApp(story.events)
    async with app.run_test(size=(60, 10), notifications=True, tooltips=True) as pilot:
        await pilot.press("slash")
        app.query_one(Input).value = text
        await pilot.pause()
        await pilot.press("enter", "w")
        await pilot.pause()
        drawn = "".join(app.pane.bars.render_line(y).text for y in range(4)) + str(app.pane.border_subtitle)
        assert not set(drawn) & {"\x1b", "\u202e", "\ud800", "\x07"}


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
