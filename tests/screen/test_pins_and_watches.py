from __future__ import annotations

from textual.widgets import Input, Static, TextArea

from agentflow_tui.history.delta import Delta
from agentflow_tui.tui.dialogs.pin_dialog import PinDialog
from agentflow_tui.tui.dialogs.text_dialog import TextDialog
from agentflow_tui.tui.dialogs.watches_dialog import WatchesDialog
from agentflow_tui.tui.panes.line_view import LineView
from agentflow_tui.tui.screens.compare_screen import CompareScreen
from tests.screen.desk import LOOP, Desk, bench_of, run, settle, status, until
from tests.screen.test_breakpoints import closed, listed, opened
from tests.screen.test_control_keys import said, select

STEP = "loop/improver"


async def test_p_pins_the_output_at_the_cursor_and_unpins_it(desk: Desk) -> None:
    path = desk.write(LOOP, "pinned.toml")
    async with desk.open(path, (140, 42)) as pilot:
        bench = bench_of(pilot)
        await pilot.press("p")
        await settle(pilot)
        assert "Select an agent" in said(pilot)
        await select(pilot, STEP)
        await pilot.press("p")
        await settle(pilot)
        assert "no output at the cursor" in said(pilot)
        await run(pilot, "space")
        await status(pilot, "completed")
        second = [run for run in bench.bridge.view.newest.agent_runs][1]
        assert second.ended_seq is not None
        bench.bridge.look_at(second.ended_seq)
        await settle(pilot)
        await pilot.press("p")
        await settle(pilot)
        assert bench.workbench.marks.pins == {STEP: second.delta}
        assert bench.graph.drawing.signs == {STEP: "▣"}
        shown = [row.content.plain for row in bench.inspector.query_one("#state", LineView).rows]
        assert shown[0].startswith("▣ pinned  response = ")
    async with desk.open(path, (140, 42)) as pilot:
        bench = await run(pilot, "space")
        await status(pilot, "completed")
        assert bench.bridge.view.newest.calls == {}
        await select(pilot, STEP)
        await pilot.press("p")
        await settle(pilot)
        assert bench.workbench.marks.pins == {}
        assert bench.graph.drawing.signs == {}


async def test_the_pinned_value_is_edited_as_json(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP, "written.toml"), (140, 42)) as pilot:
        bench = bench_of(pilot)
        await pilot.press("A")
        await settle(pilot)
        assert "Select an agent" in said(pilot)
        await select(pilot, STEP)
        dialog = await opened(pilot, "A", PinDialog)
        note, area = dialog.query_one("#note", Static), dialog.query_one(TextArea)
        assert "not pinned yet" in str(note.render())
        for text, complaint in (
            ('{"quality": }', "line 1, column 13"),
            ("[1]", "an object such as"),
            ("1" * 5000, "too many digits"),
        ):
            area.text = text
            await pilot.press("ctrl+s")
            assert complaint in str(note.render())
        area.text = '{"quality": 9}'
        await closed(pilot, "f5")
        assert bench.workbench.marks.pins == {STEP: Delta(set={"quality": 9})}
        dialog = await opened(pilot, "A", PinDialog)
        assert '"quality": 9' in dialog.query_one(TextArea).text
        await closed(pilot, "escape")
        await run(pilot, "space")
        await status(pilot, "completed")
        assert bench.bridge.view.newest.state.data["quality"] == 9


async def test_watches_are_added_edited_deleted_and_shown_at_the_cursor(desk: Desk) -> None:
    path = desk.write(LOOP, "watched.toml")
    async with desk.open(path, (140, 42)) as pilot:
        bench = await run(pilot, "space")
        await status(pilot, "completed")
        await opened(pilot, "Q", WatchesDialog)
        assert "Nothing is watched" in listed(pilot)[0]
        dialog = await opened(pilot, "n", TextDialog)
        dialog.query_one(Input).value = "quality *"
        await settle(pilot)
        assert "column" in str(dialog.query_one("#note", Static).render())
        dialog.query_one(Input).value = "quality * 10"
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, WatchesDialog))
        assert listed(pilot) == ["⊙ quality * 10  90"]
        dialog = await opened(pilot, "n", TextDialog)
        dialog.query_one(Input).value = "quality * 10"
        await pilot.press("enter")
        assert "watched already" in str(dialog.query_one("#note", Static).render())
        dialog.query_one(Input).value = "1 / quality"
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, WatchesDialog))
        dialog = await opened(pilot, "e", TextDialog)
        dialog.query_one(Input).value = "1 / (quality - 9)"
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, WatchesDialog))
        assert listed(pilot)[1] == "◌ 1 / (quality - 9)  no value here: division by zero"
        await pilot.press("g", "D")
        assert bench.workbench.marks.watches == ["1 / (quality - 9)"]
        await pilot.press("u")
        assert bench.workbench.marks.watches == ["quality * 10", "1 / (quality - 9)"]
        await closed(pilot, "escape")

        def shown() -> list[str]:
            return [row.content.plain for row in bench.inspector.query_one("#state", LineView).rows][:2]

        assert shown()[0] == "⊙ quality * 10  90"
        first = bench.bridge.view.newest.agent_runs[0]
        assert first.ended_seq is not None
        bench.bridge.look_at(first.ended_seq)
        await settle(pilot)
        assert shown() == ["⊙ quality * 10  40", "⊙ 1 / (quality - 9)  -0.2"]
        bench.inspector.query_one("#state", LineView).focus()
        await pilot.press("g")
        await opened(pilot, "enter", WatchesDialog)
        await closed(pilot, "escape")
    async with desk.open(path, (140, 42)) as pilot:
        assert bench_of(pilot).workbench.marks.watches == ["quality * 10", "1 / (quality - 9)"]


async def test_a_run_is_marked_in_the_workbench_and_another_compared_with_it(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP, "compared.toml"), (140, 42)) as pilot:
        await pilot.press("a", "apostrophe")
        await settle(pilot)
        assert said(pilot).count("There is no run yet") == 2
        bench = await run(pilot, "space")
        await status(pilot, "completed")
        first = bench.desk.run_id
        await pilot.press("apostrophe")
        await until(pilot, lambda: "Mark a run first" in said(pilot))
        await pilot.press("a")
        await settle(pilot)
        assert bench.times.mark.run_id == first
        await pilot.press("apostrophe")
        await until(pilot, lambda: "This run is the marked one" in said(pilot))
        await pilot.press("space")
        await until(pilot, lambda: bench.desk.run_id != first)
        await status(pilot, "completed")
        await pilot.press("apostrophe")
        await until(pilot, lambda: isinstance(pilot.app.screen, CompareScreen))
        screen = pilot.app.screen
        assert isinstance(screen, CompareScreen)
        assert (screen.left.run_id, screen.right.run_id) == (first, bench.desk.run_id)
        await closed(pilot, "escape")
