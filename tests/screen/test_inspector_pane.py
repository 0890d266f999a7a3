"""The inspector shows what an agent got, changed, wrote and asked, and costs little while text streams."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest
from textual import on

from agentflow_tui.history import RunFold, RunState, fold
from agentflow_tui.history import event as ev
from agentflow_tui.history.delta import Delta
from agentflow_tui.history.fan_event import FanStarted
from agentflow_tui.history.run_state import StateView
from agentflow_tui.tui.panes.line_view import LineView
from tests.screen.hostile_texts import HOSTILE
from tests.screen.inspector_app import InspectorApp, look
from tests.story import FIRST, SECOND, Story, quality_loop


async def test_the_state_is_a_tree_with_types_and_sizes() -> None:
    app = InspectorApp()
    async with app.run_test(notifications=True, tooltips=True) as pilot:
        rows = await look(pilot, fold(quality_loop().events), "State")
        assert rows[0] == "▾ data  5 keys"
        assert "    message  “write about a fox”  text, 17 characters" in rows
        assert "  ▸ tags  list, 2 items" in rows
        assert "    quality_score  0.83  number" in rows
        assert "    session_id  “s1”  text, 2 characters" in rows
        assert "quality_score" in app.screen_text()


async def test_enter_opens_and_closes_a_value_and_yank_copies_it() -> None:
    app = InspectorApp()
    async with app.run_test(notifications=True, tooltips=True) as pilot:
        await look(pilot, fold(quality_loop().events), "State")
        app.view.focus()
        await pilot.press("j", "j", "enter")
        assert "    ▸ 1  object, 1 key" in app.text()
        assert app.pane.yank_text() == '[\n  "a",\n  {\n    "b": null\n  }\n]'
        await pilot.press("enter")
        assert "    ▸ 1  object, 1 key" not in app.text()
        await pilot.press("j", "enter")
        assert app.pane.yank_text() == SECOND
        assert any(SECOND in row for row in app.text())


async def test_a_huge_state_opens_piece_by_piece() -> None:
    state = RunState(
        status="running", state=StateView({f"k{n}": list(range(50)) for n in range(100_000)}, {})
    )
    app = InspectorApp()
    async with app.run_test(notifications=True, tooltips=True) as pilot:
        began = time.process_time()
        rows = await look(pilot, state, "State")
        assert time.process_time() - began < 2
        assert len(rows) < 300
        app.view.move_to(next(n for n, row in enumerate(rows) if "more" in row))
        app.view.focus()
        await pilot.press("enter")
        assert len(app.text()) == len(rows) + 200


async def test_the_border_tells_of_the_open_tab_also_when_its_rows_stay() -> None:
    app = InspectorApp()
    async with app.run_test(notifications=True, tooltips=True) as pilot:
        seen = []
        for tab in ("State", "Diff", "State", "Diff", "Calls"):
            await look(pilot, fold(quality_loop().events), tab)
            seen.append(str(app.pane.border_subtitle).startswith("vs before this agent · "))
        assert seen == [False, True, False, True, False]


async def test_the_line_of_an_agent_that_runs_continues_below_its_text() -> None:
    story = Story({"a": 1})
    story.add(ev.AgentStarted, path="a", agent="quality_improver", iteration=3)
    app = InspectorApp()
    async with app.run_test(size=(40, 12)) as pilot:
        await look(pilot, fold(story.events), "Diff")
        first, second, *_ = app.screen_text().splitlines()
        assert first.startswith("◐ running quality_improver")
        assert second.startswith("  ") and second[2] != " "


async def test_a_failed_agent_shows_its_error_and_the_way_out() -> None:
    story = Story()
    story.add(ev.AgentStarted, path="a", agent="a")
    failed = {"error": "no server", "category": "network", "hint": "ollama serve"}
    story.call("a", "c1", "half ")
    story.add(ev.ModelCallFailed, path="a", agent="a", call="c1", **failed)
    story.add(ev.AgentFailed, path="a", agent="a", duration=1.0, **failed)
    story.add(ev.RunEnded, status="failed", error="agent 'a': no server", category="network")
    state = fold(story.events)
    app = InspectorApp()
    async with app.run_test(notifications=True, tooltips=True) as pilot:
        for tab in ("State", "Diff", "Output", "Calls"):
            rows = await look(pilot, state, tab)
            assert any(row.startswith("✗ failed: ") and "no server (network)" in row for row in rows), tab
            assert "→ way out: ollama serve" in rows
        assert any("half " in row for row in rows)


async def test_an_answer_that_was_cut_says_so() -> None:
    story = [
        replace(event, finish_reason="length") if isinstance(event, ev.ModelCallEnded) else event
        for event in quality_loop().events[:-9]
    ]
    app = InspectorApp()
    async with app.run_test(notifications=True, tooltips=True) as pilot:
        rows = await look(pilot, fold(story), "Calls")
        assert any(row.startswith("  finish  length ⚠ cut") for row in rows)


async def test_calls_show_prompt_parameters_tokens_and_timing() -> None:
    app = InspectorApp()
    async with app.run_test(notifications=True, tooltips=True) as pilot:
        rows = await look(pilot, fold(quality_loop().events[:-9]), "Calls")
        assert rows[0] == "▾ ● done improver · ollama · gemma3:1b"
        text = "\n".join(rows)
        assert "2.5 s · first token after 0.50 s · 20.0 tokens/s" in text
        assert "12 in · 40 out" in text
        assert "temperature = 0.2" in text
        assert "finish  stop" in text
        assert "  Improve:\n  \n  fox" in text
        assert SECOND in text
        assert rows[-1].startswith("▸ ● done improver")
        app.view.focus()
        await pilot.press("G", "enter")
        assert FIRST in "\n".join(app.text())


async def test_parallel_agents_have_a_heading_each() -> None:
    story = Story()
    story.add(FanStarted, path="fan", branches=("fan/a", "fan/b"))
    for name in "ab":
        story.add(ev.AgentStarted, path=f"fan/{name}", agent=name, scope=f"fan/{name}")
        story.call(f"fan/{name}", f"call-{name}", f"I am {name}\n", "more")
    app = InspectorApp()
    async with app.run_test(size=(79, 24), notifications=True, tooltips=True) as pilot:
        rows = await look(pilot, fold(story.events), "Output")
        heads = [row for row in rows if row.startswith("◐ writing")]
        assert heads == ["◐ writing a · gemma3:1b", "◐ writing b · gemma3:1b"]
        assert await look(pilot, fold(story.events), "Output", "fan/b") == [
            "◐ writing b · gemma3:1b",
            "I am b",
            "more",
            "",
        ]
        assert app.pane.yank_text() == "I am b\nmore"


async def test_streamed_text_equals_the_text_that_came_at_once() -> None:
    story = Story()
    story.add(ev.AgentStarted, path="a", agent="a")
    story.call("a", "c", *["Once\nupon", " a\n", "", "\n\ntime\r\n", "there"])
    app = InspectorApp()
    async with app.run_test(notifications=True, tooltips=True) as pilot:
        app.pane.open_tab("Output")
        folded = RunFold()
        for event in story.events:
            folded.apply(event)
            app.pane.show(folded.snapshot(), None)
        await pilot.pause()
        assert app.text()[1:-1] == ["Once", "upon a", "", "", "time", "there"]


async def test_scrubbing_shows_each_moment_as_it_was() -> None:
    history = quality_loop().events
    app = InspectorApp()
    async with app.run_test(notifications=True, tooltips=True) as pilot:
        shown = {}
        for tab in ("State", "Diff", "Output", "Calls"):
            for length in range(0, len(history) + 1, 3):
                shown[tab, length] = await look(pilot, fold(history[:length]), tab)
        for tab, length in reversed(list(shown)):
            assert await look(pilot, fold(history[:length]), tab) == shown[tab, length], (tab, length)


async def test_streaming_costs_what_is_new() -> None:
    """Text of 100 000 characters in 2 000 pieces, looked at after each piece."""
    story = Story()
    story.add(ev.AgentStarted, path="a", agent="a")
    story.call("a", "c", *["ten words of text that a model might have said\n"] * 2_000)
    app = InspectorApp()
    async with app.run_test(notifications=True, tooltips=True) as pilot:
        app.pane.open_tab("Output")
        await pilot.pause()
        folded, costs = RunFold(), []
        for event in story.events:
            folded.apply(event)
            began = time.process_time()
            app.pane.show(folded.snapshot(), None)
            costs.append(time.process_time() - began)
        await pilot.pause()
        assert len(app.text()) == 2_003
        assert app.view.scroll_offset.y == app.view.max_scroll_y
        # A frame is 33 ms; most of it belongs to others.
        assert sorted(costs)[len(costs) // 2] < 0.008


async def test_a_hidden_tab_and_an_unchanged_run_cost_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str | None] = []
    original = LineView.show_rows

    def counting(self: LineView, *args: Any) -> None:
        shown.append(self.id)
        original(self, *args)

    monkeypatch.setattr(LineView, "show_rows", counting)
    state = fold(quality_loop().events)
    app = InspectorApp()
    async with app.run_test(notifications=True, tooltips=True) as pilot:
        await look(pilot, state, "State")
        shown.clear()
        for elapsed in range(50):
            app.pane.show(replace(state, elapsed=float(elapsed), cursor=elapsed), None)
        assert shown == []
        app.pane.show(replace(state, state=StateView({"k": 1})), None)
        assert shown == ["state"]


@pytest.mark.parametrize("tab", ["State", "Diff", "Output", "Calls"])
async def test_with_nothing_to_show_it_says_why(tab: str) -> None:
    app = InspectorApp()
    async with app.run_test(notifications=True, tooltips=True) as pilot:
        rows = await look(pilot, RunState(), tab)
        assert any(len(row) > 20 for row in rows)


@pytest.mark.parametrize("size", [(20, 4), (1, 1), (8, 3), (200, 60)])
async def test_it_works_at_any_size(size: tuple[int, int]) -> None:
    app = InspectorApp()
    async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
        for tab in ("State", "Diff", "Output", "Calls"):
            await look(pilot, fold(quality_loop().events), tab)
            app.view.focus()
            await pilot.press("G", "pageup", "g", "pagedown", "enter", "k")
        await pilot.resize_terminal(40, 10)
        assert app.is_running


@pytest.mark.parametrize("text", HOSTILE)
async def test_outside_text_stays_text_in_every_tab(text: str) -> None:
    story = Story({text: {text: [text]}, "s": text}, {text: text})
    story.add(ev.AgentStarted, path="a", agent=text, stage=text)
    story.call("a", "c", text, agent=text, prompt=text)
    story.add(ev.ModelCallFailed, path="a", agent=text, call="c", error=text, category=text, hint=text)
    delta = Delta(set={"s": text * 50, text: text}, meta_set={text: text})
    story.add(ev.AgentCompleted, path="a", agent=text, delta=delta, duration=1.0)
    story.add(ev.RunEnded, status="failed", error=text, category=text)
    state = fold(story.events)
    app = InspectorApp()
    async with app.run_test(notifications=True, tooltips=True) as pilot:
        for tab in ("State", "Diff", "Output", "Calls"):
            await look(pilot, state, tab)
            app.view.focus()
            for row in range(0, min(len(app.view.rows), 8), 2):
                app.view.move_to(row)
                await pilot.press("enter")
            drawn = "".join(app.view.render_line(y).text for y in range(app.view.size.height))
            assert not set(drawn) & {"\x1b", "\u202e", "\ud800", "\x07"}
            assert app.is_running


async def test_text_can_be_selected_with_the_mouse() -> None:
    app = InspectorApp()
    async with app.run_test(notifications=True, tooltips=True) as pilot:
        await look(pilot, fold(quality_loop().events), "Output")
        await pilot.mouse_down(app.view, offset=(0, 1))
        await pilot.hover(app.view, offset=(4, 1))
        await pilot.mouse_up(app.view, offset=(4, 1))
        await pilot.pause()
        assert app.screen.get_selected_text() in ("Once", "Once ")


async def test_the_cursor_stays_on_its_key_when_rows_come_before_it() -> None:
    class Choosing(InspectorApp):
        chosen: list[tuple[str, ...]] = []

        @on(LineView.RowChosen)
        def note(self, event: LineView.RowChosen) -> None:
            self.chosen.append(event.row.key)

    app = Choosing()
    async with app.run_test(notifications=True, tooltips=True) as pilot:
        state = RunState(status="running", state=StateView({"m": 1, "z": 2}))
        await look(pilot, state, "State")
        app.view.move_to(2)
        assert app.view.rows[app.view.cursor].key == ("data", "z")
        app.pane.show(replace(state, state=StateView({"a": 0, "m": 1, "z": 2})), None)
        assert app.view.rows[app.view.cursor].key == ("data", "z")
