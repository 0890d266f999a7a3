"""The inspector can be marked, walked, copied from and read in full."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.widgets import Input

from agentflow_tui.history import event as ev
from agentflow_tui.history import fold
from agentflow_tui.history.fan_event import FanStarted, MergeConflict
from agentflow_tui.tui.panes.inspector.binary_text import binary_kind
from agentflow_tui.tui.panes.inspector.markdown_lines import markdown_lines
from agentflow_tui.tui.panes.inspector.output_columns import OutputColumns
from agentflow_tui.tui.panes.inspector.tab_bar import TABS
from tests.screen.hostile_texts import HOSTILE
from tests.screen.inspector_app import InspectorApp, look
from tests.screen.inspector_reading import Reading, looped, opened, row_with
from tests.story import Story, quality_loop


async def test_keys_and_clicks_change_the_tab_and_keep_the_focus() -> None:
    app = InspectorApp()
    async with app.run_test(notifications=True, tooltips=True) as pilot:
        await look(pilot, fold(quality_loop().events), "State")
        app.view.focus()
        await pilot.press("right", "l")
        assert (app.pane.tab, app.view.has_focus) == ("Output", True)
        await pilot.press("left")
        assert app.pane.tab == "Diff"
        await pilot.click("TabBar", offset=(22, 0))
        assert (app.pane.tab, app.view.has_focus) == ("Calls", True)


async def test_value_path_and_json_are_copied() -> None:
    app = Reading()
    async with app.run_test(notifications=True, tooltips=True) as pilot:
        await opened(pilot, Story({"r": {"items": ["a", "b"]}}, {"m": "x"}).events, "State")
        await pilot.press("j", "enter", "j", "enter", "j", "j")
        await pilot.press("Y", "J")
        assert app.pane.yank_text() == "b"
        assert app.copied == ["r.items[1]", '"b"']
        app.view.move_to(row_with(app, "m  “x”"))
        await pilot.press("Y")
        assert app.copied[-1] == "meta.m"


async def test_a_long_text_shows_a_page_and_asks_for_the_pager() -> None:
    text = "\n".join(f"line {n}" for n in range(5_000))
    app = Reading()
    async with app.run_test(notifications=True, tooltips=True) as pilot:
        await opened(pilot, Story({"t": text}).events, "State")
        await pilot.press("j", "enter")
        assert len(app.text()) == 2_000 + 4
        last = row_with(app, "5 000 lines")
        app.view.move_to(last)
        await pilot.press("enter")
        await pilot.press("g", "j", "v")
        await pilot.pause()
        assert app.pages == [("t", text), ("t", text)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("data:image/png;base64," + "iVBORw0KGgo" * 400, "image/png in base64, about 3 kB"),
        ("\0\1\2" * 100, "binary, 300 bytes"),
        ("aB3+" * 4 + "QWErtz123zuiOPasd" * 30, "base64, about 394 bytes"),
        ("Some words that a model wrote. " * 30, ""),
        ("a" * 1000, ""),
        ("", ""),
    ],
)
async def test_bytes_are_summarised(text: str, kind: str) -> None:
    assert binary_kind(text) == kind
    app = Reading()
    async with app.run_test(notifications=True, tooltips=True) as pilot:
        await opened(pilot, Story({"t": text}).events, "State")
        assert any(f"⟨{kind}⟩" in row for row in app.text()) == bool(kind)


async def test_streams_are_side_by_side_when_wide() -> None:
    story = Story()
    story.add(FanStarted, path="fan", branches=("fan/a", "fan/b"))
    for name in "ab":
        story.add(ev.AgentStarted, path=f"fan/{name}", agent=name, scope=f"fan/{name}")
        story.call(f"fan/{name}", f"call-{name}", f"I am {name}\n")
    app = Reading()
    async with app.run_test(size=(120, 20), notifications=True, tooltips=True) as pilot:
        await opened(pilot, story.events, "Output")
        columns = app.query_one(OutputColumns).columns
        assert [column.rows[1].content.plain for column in columns] == ["I am a", "I am b"]
        await pilot.press("c")
        assert columns[1].has_focus
        assert app.pane.yank_text() == "I am b\n"
        await pilot.resize_terminal(70, 20)
        await pilot.pause()
        assert len(app.query_one(OutputColumns).columns) == 1
        assert columns[0].has_focus


async def test_a_finished_answer_is_laid_out_and_copied_as_it_came() -> None:
    answer = "# Title\n\n- **bold** and `code`\n\n```python\nx = 1  # no heading\n```\n[here](http://x.y)"
    story = Story()
    story.add(ev.AgentStarted, path="a", agent="a")
    story.call("a", "c", answer)
    app = Reading()
    async with app.run_test(notifications=True, tooltips=True) as pilot:
        await opened(pilot, list(story.events), "Output")
        assert "# Title" in app.text()
        story.answered("a", "c", answer)
        await opened(pilot, story.events, "Output")
        shown = ["Title", "", "• bold and code", "", "┄┄ python", "│ x = 1  # no heading", "┄┄"]
        assert app.text()[1:9] == [*shown, "here (http://x.y)"]
        assert app.pane.yank_text() == answer
        assert not any("@click" in str(span) for row in app.view.rows for span in row.content.spans)


@given(st.text("#*-_`>[]() ab\n~x\x1b\u202e", max_size=60))
def test_any_text_is_laid_out_line_by_line(text: str) -> None:
    lines = list(markdown_lines(text))
    assert len(lines) == text.count("\n") + 1
    assert not any(set(line.plain) & {"\n", "\x1b", "\u202e"} for line in lines)


async def test_parts_of_a_call_open_and_close() -> None:
    app = Reading()
    async with app.run_test(notifications=True, tooltips=True) as pilot:
        await opened(pilot, quality_loop().events[:-9], "Calls")
        app.view.move_to(row_with(app, "▾ user"))
        before = len(app.text())
        await pilot.press("enter")
        assert app.text()[app.view.cursor] == "  ▸ user · 13 characters"
        assert len(app.text()) == before - 3
        await pilot.press("enter")
        assert len(app.text()) == before


async def test_brackets_walk_through_the_writers_of_the_key_under_the_cursor() -> None:
    history = looped().events
    writes = [event.seq for event in history if isinstance(event, ev.AgentCompleted)]
    app = Reading()
    async with app.run_test(notifications=True, tooltips=True) as pilot:
        await opened(pilot, history, "State")
        app.view.move_to(row_with(app, "score"))
        await pilot.press(*["left_square_bracket"] * 3)
        await pilot.pause()
        assert app.moves == [writes[3], writes[2], writes[1]]
        assert "    score  4  number" in app.text()
        await pilot.press("right_square_bracket")
        assert app.moves[-1] == writes[2]
        await pilot.press(*["left_square_bracket"] * 5)
        assert app.moves[-1] == writes[0]


async def test_among_the_writers_the_cursor_goes_along_with_the_walk() -> None:
    app = Reading()
    async with app.run_test(notifications=True, tooltips=True) as pilot:
        await opened(pilot, looped().events, "Writers")
        app.view.move_to(row_with(app, "score"))
        await pilot.press("enter")
        for keys in (["left_square_bracket"] * 2, ["right_square_bracket"]):
            await pilot.press(*keys)
            await pilot.pause()
            assert app.text()[app.view.cursor].startswith("▶")


async def test_writers_show_every_value_and_a_row_goes_there() -> None:
    history = looped().events
    app = Reading()
    async with app.run_test(notifications=True, tooltips=True) as pilot:
        await opened(pilot, history, "Writers")
        keys = app.text()
        assert any(row.startswith("score  4 writers, last: ● a · it. 4") for row in keys)
        app.view.move_to(row_with(app, "score"))
        await pilot.press("enter")
        rows = app.text()
        assert rows[0] == "◂ all keys  score  4 writers"
        assert [row.split()[-1] for row in rows[1:]] == ["2", "4", "6", "8"]
        assert rows[-1].startswith("▶")
        app.view.move_to(2)
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(history[app.moves[0]], ev.AgentCompleted)
        assert app.text()[2].startswith("▶")
        app.view.move_to(0)
        await pilot.press("enter")
        assert app.text() == keys


async def test_the_loop_lens_shows_columns_findings_and_the_iteration_at_the_cursor() -> None:
    history = looped().events
    ends = [event.seq for event in history if isinstance(event, ev.IterationEnded)]
    app = Reading()
    async with app.run_test(size=(100, 20), notifications=True, tooltips=True) as pilot:
        await opened(pilot, history, "Loop")
        rows = app.text()
        assert rows[0] == "▾ ↻ loop  4 iterations"
        assert rows[1].startswith("⚠ oscillating: iterations 1 to 4: tone came back")
        assert rows[2].split() == ["it.1", "it.2", "it.3", "[it.4]"]
        score = next(row for row in rows if row.startswith("score"))
        assert score.split()[1:] == ["▁▃▆█", "+2", "~4", "~6", "~8"]
        await pilot.click(app.view, offset=(rows[2].index("it.2"), 2))
        await pilot.pause()
        assert app.moves == [ends[1]]
        assert "[it.2]" in app.text()[2]
        app.view.move_to(row_with(app, "score"))
        await pilot.press("enter")
        assert (app.pane.tab, app.text()[0]) == ("Writers", "◂ all keys  score  4 writers")
        app.pane.open_tab("Loop")
        app.view.focus()
        app.view.move_to(0)
        await pilot.press("enter")
        assert app.text() == ["▸ ↻ loop  4 iterations  ⚠ oscillating"]


@pytest.mark.parametrize("size", [(1, 1), (12, 5), (40, 12), (200, 50)])
async def test_every_tab_and_key_works_at_any_size(size: tuple[int, int]) -> None:
    app = Reading()
    async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
        for tab in TABS:
            await opened(pilot, looped().events, tab)
            await pilot.press("slash", "s", "enter", "n", "N", "escape", "m", "v", "Y", "J", "c", "enter")
            await pilot.press("left_square_bracket", "right_square_bracket", "G", "enter")
        await pilot.resize_terminal(90, 20)
        assert app.is_running


@pytest.mark.parametrize("text", HOSTILE)
async def test_outside_text_stays_text_everywhere(text: str) -> None:
    story = Story({text: {text: [text]}, "s": text}, {text: text})
    story.add(ev.IterationStarted, path=text, iteration=1)
    story.agent(f"{text}/a", iteration=1, **{"s": text * 40, text: f"{text}2"})
    story.add(ev.IterationEnded, path=text, iteration=1)
    story.add(MergeConflict, path=text, key=text, branches=(text, text), values=(text, [text]))
    app = Reading()
    async with app.run_test(size=(120, 30), notifications=True, tooltips=True) as pilot:
        for tab in TABS:
            await opened(pilot, story.events, tab)
            app.query_one(Input).value = text
            await pilot.press("n", "m", "enter")
            await pilot.pause()
            drawn = "".join(app.view.render_line(y).text for y in range(app.view.size.height))
            assert not set(drawn) & {"\x1b", "\u202e", "\ud800", "\x07"}
