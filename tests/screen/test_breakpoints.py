from __future__ import annotations

from typing import Any

from textual.pilot import Pilot
from textual.widgets import Checkbox, Input, OptionList, Static

from agentflow_tui.engine.breakpoints import Breakpoint
from agentflow_tui.tui.dialogs.breakpoint_form import BreakpointForm
from agentflow_tui.tui.dialogs.breakpoints_dialog import BreakpointsDialog
from agentflow_tui.tui.dialogs.text_dialog import TextDialog
from agentflow_tui.tui.panes.graph.graph_pane import GraphPane
from agentflow_tui.tui.panes.line_view import LineView
from tests.screen.desk import LOOP, Desk, bench_of, is_on_top, run, settle, status, until


async def opened(pilot: Pilot[Any], key: str, dialog: type[Any]) -> Any:
    """Press a key and wait for a dialog with all its widgets."""
    await pilot.press(key)
    await until(pilot, lambda: isinstance(pilot.app.screen, dialog) and bool(pilot.app.screen.query("#note")))
    return pilot.app.screen


async def closed(pilot: Pilot[Any], *keys: str) -> None:
    await pilot.press(*keys)
    await until(pilot, lambda: is_on_top(pilot))


def listed(pilot: Pilot[Any]) -> list[str]:
    return [row.content.plain for row in pilot.app.screen.query_one(LineView).rows]


async def test_a_run_stops_at_a_breakpoint_that_outlives_the_program(desk: Desk) -> None:
    path = desk.write(LOOP, "stops.toml")
    async with desk.open(path, (140, 42)) as pilot:
        bench = bench_of(pilot)
        await pilot.press("b")
        assert len(bench.workbench.marks.breakpoints) == 0
        bench.graph.selected = "loop/improver"
        await settle(pilot)
        await pilot.press("b")
        assert [point.where for point in bench.workbench.marks.breakpoints] == ["loop/improver"]
    async with desk.open(path, (140, 42)) as pilot:
        assert bench_of(pilot).graph.drawing.signs == {"loop/improver": "◆"}
        bench = await run(pilot, "space")
        await status(pilot, "paused")
        assert "◆ breakpoint before loop/improver" in str(bench.status.render())
        assert bench.bridge.view.newest.agent_runs == ()
        bench.graph.selected = "loop/improver"
        await settle(pilot)
        await pilot.press("b")
        assert len(bench.workbench.marks.breakpoints) == 0
        await pilot.press("space")
        await status(pilot, "completed")


async def test_a_click_on_the_border_of_a_box_sets_and_takes_a_breakpoint(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP, "clicked.toml"), (140, 42)) as pilot:
        bench = bench_of(pilot)
        box = bench.graph.boxes["loop/improver"]
        place = bench.graph.viewport.shift + (box.x + 3, box.y + 1)
        await pilot.click(GraphPane, offset=place)
        await settle(pilot)
        assert [point.where for point in bench.workbench.marks.breakpoints] == ["loop/improver"]
        row = bench.graph.render_line(place[1] - 1).text
        assert row[place[0] - 3 :].startswith("┏━ ◆ ━")
        await pilot.click(GraphPane, offset=place)
        await settle(pilot)
        assert len(bench.workbench.marks.breakpoints) == 0


async def test_f10_goes_from_one_breakpoint_to_the_next_and_then_to_the_end(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP, "next.toml"), (140, 42)) as pilot:
        bench = bench_of(pilot)
        bench.workbench.marks.breakpoints.set(Breakpoint("improver", "before", "iteration >= 2"))
        await run(pilot, "f10")
        await status(pilot, "paused")
        assert len(bench.bridge.view.newest.agent_runs) == 1
        await pilot.press("f10")
        await until(pilot, lambda: len(bench.bridge.view.newest.agent_runs) == 2)
        await status(pilot, "paused")
        await pilot.press("f10")
        await status(pilot, "completed")
        assert len(bench.bridge.view.newest.agent_runs) == 3


async def test_after_the_last_agent_the_run_stands_and_then_ends(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP, "last.toml"), (140, 42)) as pilot:
        bench = bench_of(pilot)
        bench.workbench.marks.breakpoints.set(Breakpoint("improver", "after", "quality == 9"))
        await run(pilot, "space")
        await status(pilot, "paused")
        assert len(bench.bridge.view.newest.agent_runs) == 3
        assert "breakpoint after improver if quality == 9" in str(bench.status.render())
        await pilot.press("space")
        await status(pilot, "completed")


async def test_the_form_makes_a_breakpoint_and_checks_what_is_typed(desk: Desk) -> None:
    path = desk.write(LOOP, "form.toml")
    async with desk.open(path, (140, 42)) as pilot:
        await opened(pilot, "B", BreakpointsDialog)
        assert "No breakpoint" in listed(pilot)[0]
        form = await opened(pilot, "n", BreakpointForm)
        note, fault = form.query_one("#note", Static), form.query_one("#point-fault", Static)
        await pilot.press("ctrl+s")
        assert "choose an agent" in str(note.render())
        await pilot.press(*"impr")
        await settle(pilot)
        assert form.query_one(OptionList).option_count == 2
        await pilot.press("down")
        assert form.query_one("#point-where", Input).value == "loop/improver"
        await pilot.press("up", "enter")
        assert form.query_one("#point-where", Input).value == "improver"
        form.query_one("#point-condition", Input).focus()
        await pilot.press(*"quality ")
        await pilot.press("greater_than_sign", "equals_sign")
        await settle(pilot)
        assert "column 11" in str(fault.render())
        await pilot.press("ctrl+s")
        assert pilot.app.screen is form
        await pilot.press(*" 6")
        await settle(pilot)
        assert str(fault.render()) == ""
        form.query_one("#is-after", Checkbox).value = True
        form.query_one("#point-hit", Input).value = "0"
        await pilot.press("ctrl+s")
        assert "from 1 on" in str(note.render())
        form.query_one("#point-hit", Input).value = "2"
        form.query_one("#point-where", Input).value = "improved"
        await pilot.press("ctrl+s")
        assert "did you mean improver" in str(note.render())
        form.query_one("#point-where", Input).value = "improver"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(pilot.app.screen, BreakpointsDialog))
        assert listed(pilot) == ["▰? on   after improver if quality >= 6 from hit 2 on  0 hits"]
        form = await opened(pilot, "n", BreakpointForm)
        form.query_one("#point-where", Input).value = "improver"
        form.query_one("#point-condition", Input).value = "quality >= 6"
        form.query_one("#is-after", Checkbox).value = True
        await pilot.press("ctrl+s")
        assert "there is one already" in str(form.query_one("#note", Static).render())
        await closed(pilot, "escape", "escape")
    async with desk.open(path, (140, 42)) as pilot:
        bench = bench_of(pilot)
        expected = Breakpoint("improver", "after", "quality >= 6", 2)
        assert list(bench.workbench.marks.breakpoints) == [expected]
        assert bench.graph.drawing.signs == {"loop/improver": "▰?"}


async def test_the_form_says_that_no_place_fits_and_takes_back_what_no_longer_holds(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP, "nowhere.toml"), (140, 42)) as pilot:
        await opened(pilot, "B", BreakpointsDialog)
        form = await opened(pilot, "n", BreakpointForm)
        note = form.query_one("#note", Static)
        form.query_one("#point-where", Input).value = "zz"
        await settle(pilot)
        nothing = form.query_one(OptionList).get_option_at_index(0)
        assert nothing.disabled
        assert "has that in its name" in str(nothing.prompt)
        await pilot.press("down", "ctrl+s")
        assert "the flow has no zz" in str(note.render())
        await pilot.press("end", "backspace", "backspace", *"impr")
        await settle(pilot)
        assert str(note.render()) == ""
        await closed(pilot, "escape", "escape")


async def test_the_list_edits_switches_deletes_and_brings_back(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP, "listed.toml"), (140, 42)) as pilot:
        points = bench_of(pilot).workbench.marks.breakpoints
        for where in ("improver", "loop", "loop/improver"):
            points.set(Breakpoint(where))
        await opened(pilot, "B", BreakpointsDialog)
        form = await opened(pilot, "e", BreakpointForm)
        assert form.query_one("#point-where", Input).value == "improver"
        form.query_one("#is-enabled", Checkbox).value = False
        form.query_one("#point-condition", Input).value = "iteration >= 2"
        await pilot.press("f5")
        await until(pilot, lambda: isinstance(pilot.app.screen, BreakpointsDialog))
        assert next(iter(points)) == Breakpoint("improver", condition="iteration >= 2", is_enabled=False)
        assert listed(pilot)[0].startswith("◇? off")
        await pilot.press("j", "D", "D")
        assert [point.where for point in points] == ["improver"]
        await pilot.press("u", "u", "u")
        assert [point.where for point in points] == ["improver", "loop", "loop/improver"]
        await pilot.press("g", "space", "a")
        assert next(iter(points)) == Breakpoint("improver", "after", "iteration >= 2")
        dialog = await opened(pilot, "c", TextDialog)
        dialog.query_one(Input).value = "iteration >="
        await settle(pilot)
        assert "column 13" in str(dialog.query_one("#note", Static).render())
        await pilot.press("enter")
        assert pilot.app.screen is dialog
        dialog.query_one(Input).value = ""
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, BreakpointsDialog))
        assert next(iter(points)) == Breakpoint("improver", "after")
        await pilot.press("j", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, BreakpointForm))
        await closed(pilot, "escape", "escape")
        assert bench_of(pilot).graph.drawing.signs == {"loop": "◆", "loop/improver": "▰◆"}


async def test_the_list_counts_hits_and_keys_on_an_empty_one_do_nothing(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP, "hits.toml"), (140, 42)) as pilot:
        points = bench_of(pilot).workbench.marks.breakpoints
        await opened(pilot, "B", BreakpointsDialog)
        await pilot.press("D", "space", "c", "a", "e", "u")
        assert isinstance(pilot.app.screen, BreakpointsDialog)
        await closed(pilot, "escape")
        points.set(Breakpoint("improver", from_hit=3))
        await run(pilot, "space")
        await status(pilot, "paused")
        await opened(pilot, "B", BreakpointsDialog)
        assert listed(pilot) == ["◆? on   before improver from hit 3 on  3 hits"]
        await closed(pilot, "escape")
