"""The timeline shows every event on one line, however many there are, and moves the cursor."""

from __future__ import annotations

import time

import pytest
from rich.cells import cell_len

from agentflow_tui.history import event as ev
from agentflow_tui.history import policy_event as pol
from agentflow_tui.history.delta import Delta
from agentflow_tui.tui.panes.timeline.timeline_list import TimelineList
from agentflow_tui.tui.panes.timeline.timeline_pane import TimelinePane
from tests.screen.hostile_texts import HOSTILE
from tests.screen.timeline_app import TimelineApp
from tests.story import Story, quality_loop


async def test_every_line_is_one_event_and_streamed_text_is_one_line() -> None:
    history = quality_loop().events
    app = TimelineApp(history)
    async with app.run_test(size=(100, 30), notifications=True, tooltips=True) as pilot:
        await pilot.pause()
        lines = app.lines()
        assert lines[0].split()[:5] == ["0", "0:00.000", "▶", "run", "started"]
        assert sum("… text" in line for line in lines) == 3
        assert any("4 pieces, 26 characters" in line for line in lines)
        assert any(
            all(word in line for word in ("● agent done", "improver", "~quality_score")) for line in lines
        )
        assert "it.3" in "".join(lines)


async def test_in_the_least_window_an_error_is_told_beside_its_agent() -> None:
    story = Story()
    story.add(pol.BreakerChanged, path="mixed/polish/loop/body/critic", agent="critic", state="open")
    story.add(
        ev.AgentFailed,
        path="mixed/polish/loop/body/critic",
        agent="critic",
        error="no answer came",
        category="llm",
        duration=1.0,
    )
    story.add(ev.NodeStarted, path="mixed/polish/loop/body")
    app = TimelineApp(story.events)
    async with app.run_test(size=(80, 10), notifications=True, tooltips=True) as pilot:
        await pilot.pause()
        lines = app.lines()
        assert "critic" in lines[2] and "llm: no answer came" in lines[2]
        assert "…/loop/body" in lines[3]
        columns = {
            cell_len(line[: line.index(word)]) for line, word in zip(lines[1:3], ("critic",) * 2, strict=True)
        }
        assert len(columns) == 1


async def test_the_newest_event_is_last_and_followed() -> None:
    story = Story()
    for n in range(200):
        story.add(ev.Warned, message=f"warning {n}")
    app = TimelineApp(story.events)
    async with app.run_test(size=(100, 12), notifications=True, tooltips=True) as pilot:
        await pilot.pause()
        assert "warning 199" in app.lines()[-1]
        story.add(ev.Warned, message="the newest")
        app.look(len(story.events) - 1)
        await pilot.pause()
        assert "the newest" in app.lines()[-1]


async def test_who_scrolls_away_is_not_pulled_back_by_new_events() -> None:
    story = Story()
    for n in range(200):
        story.add(ev.Warned, message=f"warning {n}")
    app = TimelineApp(story.events)
    async with app.run_test(size=(100, 12), notifications=True, tooltips=True) as pilot:
        await pilot.pause()
        app.pane.list.scroll_to(y=20, animate=False, immediate=True)
        story.add(ev.Warned, message="the newest")
        app.look(len(story.events) - 1)
        await pilot.pause()
        assert app.pane.list.scroll_offset.y == 20
        app.look(50)
        story.add(ev.Warned, message="one more")
        app.pane.list.scroll_to(y=100, animate=False, immediate=True)
        app.pane.show(story.events, 50, False)
        await pilot.pause()
        assert app.pane.list.scroll_offset.y == 100
        await pilot.press("G")
        assert "one more" in app.lines()[-1]


async def test_keys_move_the_cursor_by_line_event_and_window() -> None:
    history = quality_loop().events
    app = TimelineApp(history)
    async with app.run_test(size=(100, 14), notifications=True, tooltips=True) as pilot:
        last = len(history) - 1
        await pilot.press("up", "k", "down")
        assert app.moves == [last - 4, last - 5, last - 4]
        await pilot.press("right", "left", "h")
        assert app.moves[3:] == [last - 3, last - 4, last - 5]
        await pilot.press("g", "up", "left", "down")
        assert app.moves[6:] == [-1, -1, -1, 0]
        await pilot.press("G")
        assert app.moves[-1] == last
        await pilot.press("pageup")
        assert app.moves[-1] < last - 10


async def test_keys_that_come_faster_than_the_screen_all_count() -> None:
    story = Story()
    for n in range(10):
        story.add(ev.Warned, message=str(n))
    app = TimelineApp(story.events)
    app.answers = False
    async with app.run_test(notifications=True, tooltips=True) as pilot:
        await pilot.press("up", "up", "up")
        assert app.moves == [9, 8, 7]


async def test_a_click_goes_to_the_line() -> None:
    history = quality_loop().events
    app = TimelineApp(history)
    async with app.run_test(size=(100, 40), notifications=True, tooltips=True) as pilot:
        await pilot.click(TimelinePane, offset=(5, 4))
        assert app.moves == [3]


async def test_the_cursor_line_is_highlighted_and_later_lines_are_dim() -> None:
    app = TimelineApp(quality_loop().events)
    async with app.run_test(size=(100, 40), notifications=True, tooltips=True) as pilot:
        app.look(2)
        await pilot.pause()
        here, before, later = (list(app.pane.list.render_line(y))[0].style for y in (2, 1, 3))
        assert here is not None
        assert before is not None
        assert later is not None
        assert here.bgcolor != before.bgcolor
        assert later.color != before.color


async def test_the_border_shows_how_the_iterations_went() -> None:
    app = TimelineApp(quality_loop().events)
    async with app.run_test(size=(100, 20), notifications=True, tooltips=True) as pilot:
        await pilot.pause()
        assert app.pane.border_title == "4 TIMELINE ─ quality_score it.1 ▁ it.2 █ it.3 …"


async def test_a_hundred_thousand_events_scroll_at_full_speed() -> None:
    story = Story()
    for n in range(100_000):
        story.add(ev.Warned, message=f"warning {n}", path="loop/agent")
    app = TimelineApp(story.events)
    async with app.run_test(size=(120, 40), notifications=True, tooltips=True) as pilot:
        began = time.process_time()
        for n in range(50):
            app.look(n * 2_000)
            app.lines()
        # 50 looks all over the history; a frame is 33 ms.
        assert (time.process_time() - began) / 50 < 0.033
        began = time.process_time()
        for _ in range(100):
            story.add(ev.Warned, message="more")
            app.look(len(story.events) - 1)
        assert (time.process_time() - began) / 100 < 0.01
        await pilot.pause()


async def test_an_unchanged_history_is_not_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    app = TimelineApp(quality_loop().events)
    async with app.run_test(notifications=True, tooltips=True) as pilot:
        await pilot.pause()
        drawn: list[int] = []
        monkeypatch.setattr(TimelineList, "_draw", lambda *_: drawn.append(1))
        for _ in range(10):
            app.look(len(app.history) - 1)
        assert drawn == []
        app.look(3)
        assert drawn == [1]


async def test_another_run_replaces_the_one_before() -> None:
    app = TimelineApp(quality_loop().events)
    async with app.run_test(size=(100, 20), notifications=True, tooltips=True) as pilot:
        app.history = Story().events
        app.look(0)
        await pilot.pause()
        assert [line for line in app.lines() if line][0].split()[0] == "0"
        assert len([line for line in app.lines() if line]) == 1
        assert app.pane.border_title == "4 TIMELINE"


@pytest.mark.parametrize("size", [(20, 4), (1, 1), (8, 3), (200, 60)])
async def test_it_works_at_any_size(size: tuple[int, int]) -> None:
    app = TimelineApp(quality_loop().events)
    async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
        await pilot.press("up", "g", "pagedown", "G", "pageup")
        await pilot.resize_terminal(30, 8)
        assert len(app.moves) == 5


async def test_an_empty_history_says_what_to_do() -> None:
    app = TimelineApp([])
    async with app.run_test(notifications=True, tooltips=True) as pilot:
        await pilot.press("up", "down", "g", "G", "pageup", "left", "right")
        assert app.lines()[0] == "No run yet. space runs the flow."
        assert app.pane.yank_text() == ""


@pytest.mark.parametrize("text", HOSTILE)
async def test_outside_text_stays_text(text: str) -> None:
    story = Story()
    story.add(ev.AgentStarted, path=text, agent=text)
    story.add(ev.IterationStarted, path=text, iteration=1)
    story.add(ev.StateChanged, path=text, delta=Delta(set={f"{text}score": 1}))
    story.add(ev.TokensReceived, path=text, call="c", text=text)
    story.add(ev.NodeEnded, path=text, status=text, reason=text)
    story.add(ev.RunEnded, status=text, error=text)
    app = TimelineApp(story.events)
    async with app.run_test(size=(120, 20), notifications=True, tooltips=True) as pilot:
        await pilot.pause()
        drawn = "".join(app.lines()) + (app.pane.border_title or "")
        assert not set(drawn) & {"\x1b", "\u202e", "\ud800", "\x07"}
        assert len(app.lines()) == 18


async def test_yank_gives_the_line() -> None:
    app = TimelineApp(quality_loop().events)
    async with app.run_test(size=(100, 20), notifications=True, tooltips=True):
        app.look(0)
        assert "run started" in app.pane.yank_text()
