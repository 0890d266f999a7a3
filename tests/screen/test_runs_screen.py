from __future__ import annotations

from typing import Any

from textual.pilot import Pilot
from textual.widgets import Input, Static

from agentflow_tui.history.store import RunStore
from agentflow_tui.tui.dialogs.choice_dialog import ChoiceDialog
from agentflow_tui.tui.dialogs.not_ready_dialog import NotReadyDialog
from agentflow_tui.tui.dialogs.text_dialog import TextDialog
from agentflow_tui.tui.screens.compare_screen import CompareScreen
from agentflow_tui.tui.screens.runs_screen import RunsScreen
from tests.screen.desk import CHAIN, LOOP, Desk, bench_of, is_on_top, run, settle, status, until


async def ran(pilot: Pilot[Any]) -> str:
    """Run the flow to its end and return the run's id."""
    before = bench_of(pilot).desk.run_id
    bench = await run(pilot, "space")
    await until(pilot, lambda: bench.desk.run_id != before)
    await status(pilot, "completed")
    return bench.desk.run_id


async def runs_screen(pilot: Pilot[Any], count: int) -> RunsScreen:
    """Open the list and wait for its rows."""
    await pilot.press("r")
    await until(pilot, lambda: isinstance(pilot.app.screen, RunsScreen))
    screen = pilot.app.screen
    assert isinstance(screen, RunsScreen)
    await until(pilot, lambda: bool(screen.query("#runs-list")) and len(screen.rows.rows) == count)
    return screen


def lines(screen: RunsScreen) -> list[str]:
    return [row.content.plain for row in screen.rows.rows]


async def test_without_a_run_the_list_says_how_to_get_one(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        screen = await runs_screen(pilot, 0)
        empty = screen.query_one("#runs-empty", Static)
        assert empty.display
        assert "press space" in str(empty.render())
        await pilot.press("enter", "m", "c", "t", "n", "e", "D", "R", "y")
        assert pilot.app.screen is screen
        await pilot.press("escape")
        await until(pilot, lambda: is_on_top(pilot))


async def test_runs_are_listed_with_what_they_did_and_found_by_text(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP), (140, 42)) as pilot:
        first = await ran(pilot)
        second = await ran(pilot)
        screen = await runs_screen(pilot, 2)
        assert [row.key[0] for row in screen.rows.rows] == [second, first]
        for line in lines(screen):
            assert all(word in line for word in ("flow", "loop", "● completed", "kB"))
        await pilot.press("n")
        await until(pilot, lambda: isinstance(pilot.app.screen, TextDialog))
        await pilot.press(*"best", "enter")
        await until(pilot, lambda: "best" in lines(screen)[0])
        await pilot.press("t")
        await until(pilot, lambda: isinstance(pilot.app.screen, TextDialog))
        await pilot.press(*"gold", "enter")
        await until(pilot, lambda: "#gold" in lines(screen)[0])
        await pilot.press("slash", *"best")
        await until(pilot, lambda: len(screen.rows.rows) == 1)
        await pilot.press("enter")
        assert screen.rows.has_focus
        await pilot.press("escape")
        await until(pilot, lambda: len(screen.rows.rows) == 2)
        assert screen.query_one(Input).value == ""


async def test_a_stored_run_opens_at_its_end_with_its_own_graph(desk: Desk) -> None:
    async with desk.open(desk.write(CHAIN, "chain.toml")) as pilot:
        chain = await ran(pilot)
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = bench_of(pilot)
        await runs_screen(pilot, 1)
        await pilot.press("enter")
        await until(pilot, lambda: bench.desk.run_id == chain and bench.bridge.view.length > 0)
        view = bench.bridge.view
        assert view.is_following
        assert view.state.status == "completed"
        assert bench.graph.plan is not None
        assert "reader" in {getattr(node, "agent", "") for node in bench.graph.plan.nodes.values()}
        assert bench.status.headline.title.startswith("chain · ")
        assert bench.status.headline.model == "stored run"
        await pilot.press("comma")
        assert bench.bridge.view.cursor == view.length - 2
        assert bench.workbench.text == LOOP
        await ran(pilot)
        assert bench.desk.past is None


async def test_a_run_is_deleted_only_after_a_question(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        await ran(pilot)
        screen = await runs_screen(pilot, 1)
        for answer, left in (("c", 1), ("x", 0)):
            await pilot.press("D")
            await until(pilot, lambda: isinstance(pilot.app.screen, ChoiceDialog))
            await pilot.press(answer)
            await until(pilot, lambda left=left: pilot.app.screen is screen and len(screen.runs) == left)  # type: ignore[misc]
        assert await screen.archive.runs() == []


async def test_a_run_goes_into_a_file_and_comes_back(desk: Desk) -> None:
    file = desk.folder / "run.jsonl"
    async with desk.open(desk.write(LOOP)) as pilot:
        await ran(pilot)
        screen = await runs_screen(pilot, 1)
        await pilot.press("e")
        await until(pilot, lambda: isinstance(pilot.app.screen, TextDialog))
        pilot.app.screen.query_one(Input).value = str(file)
        await pilot.press("enter")
        await until(pilot, file.exists)
        await pilot.press("i")
        await until(pilot, lambda: isinstance(pilot.app.screen, TextDialog))
        pilot.app.screen.query_one(Input).value = str(desk.folder / "none")
        await pilot.press("enter")
        assert isinstance(pilot.app.screen, TextDialog)
        pilot.app.screen.query_one(Input).value = str(file)
        await pilot.press("enter")
        await until(pilot, lambda: len(screen.rows.rows) == 2)
        assert sum("imported" in line for line in lines(screen)) == 1


async def test_a_file_that_is_no_run_is_explained(desk: Desk) -> None:
    file = desk.folder / "junk.jsonl"
    file.write_text("no run\n", encoding="utf-8")
    async with desk.open(desk.write(LOOP)) as pilot:
        await runs_screen(pilot, 0)
        await pilot.press("i")
        await until(pilot, lambda: isinstance(pilot.app.screen, TextDialog))
        pilot.app.screen.query_one(Input).value = str(file)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, NotReadyDialog))


async def test_an_interrupted_run_is_told_of_and_goes_on(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        whole = await ran(pilot)
    store = RunStore(desk.folder / "runs.sqlite3")
    cut = await store.fork(whole, 6, "cut off")
    await store.aclose()
    async with desk.open(desk.write(LOOP, "other.toml")) as pilot:
        bench = bench_of(pilot)
        await until(pilot, lambda: any("interrupted" in str(n.message) for n in pilot.app._notifications))
        screen = await runs_screen(pilot, 2)
        assert next(line for line in lines(screen) if "cut off" in line).count("interrupted") == 1
        if screen.chosen is not None and screen.chosen.run_id == whole:
            await pilot.press("R")
            assert pilot.app.screen is screen
            await pilot.press("j")
        await pilot.press("R")
        await until(pilot, lambda: bench.desk.run_id == cut)
        await status(pilot, "completed")
        assert await bench.workbench.archive.interrupted() == []


async def test_two_runs_are_compared(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        await ran(pilot)
        bench = bench_of(pilot)
        bench.editor.replace_text(LOOP.replace("charming", "clever").replace('"quality": 6', '"quality": 2'))
        await ran(pilot)
        screen = await runs_screen(pilot, 2)
        await pilot.press("c")
        assert pilot.app.screen is screen
        await pilot.press("m", "j", "c")
        await until(pilot, lambda: isinstance(pilot.app.screen, CompareScreen))
        compared = pilot.app.screen
        assert isinstance(compared, CompareScreen)
        text = "\n".join(row.content.plain for row in compared.rows.rows)
        assert "≠" in text
        assert "content" in text
        assert "improver" in text
        curves = text.partition("CURVES OVER loop\n")[2].splitlines()
        assert [line.split() for line in curves[1:3]] == [
            ["quality", "A", "4", "9", "9", "▃▁█"],
            ["B", "4", "9", "9", "▃▅█"],
        ]
        await pilot.press("end", "y")
        await settle(pilot)
        assert pilot.app.clipboard and pilot.app.clipboard == compared.rows.yank_text()
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)
        await pilot.press("j", "c")


async def test_v_draws_runs_and_forks_as_a_tree(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP), (140, 42)) as pilot:
        first = await ran(pilot)
        bench = bench_of(pilot)
        ended = [event.seq for event in bench.bridge.view.history if event.kind == "agent_completed"]
        bench.bridge.look_at(ended[1])
        await pilot.press("f")
        await until(pilot, lambda: isinstance(pilot.app.screen, TextDialog))
        await pilot.press(*"twist", "enter")
        await until(pilot, lambda: bench.desk.run_id != first)
        await desk.clock.advance(5)
        await status(pilot, "completed")
        fork, other = bench.desk.run_id, await ran(pilot)
        screen = await runs_screen(pilot, 3)
        flat = lines(screen)
        (forked,) = [line for line in flat if "twist" in line]
        assert f"twist at step 2 of {first[:8]}" in forked
        assert not any("●" in line[:4] for line in flat)
        await pilot.press("v")
        drawn = {row.key[0]: row.content.plain[2:8] for row in screen.rows.rows}
        assert drawn[fork].startswith("╭─● ")
        order = list(drawn)
        assert order.index(fork) < order.index(first)
        assert drawn[first].startswith("● ")
        assert all("●" in drawn[run] for run in (fork, other))
        await pilot.press("v")
        assert lines(screen) == flat
        await pilot.press("v", "slash", *"twist")
        await until(pilot, lambda: len(screen.rows.rows) == 1)
        await pilot.press("enter", "t")
        await until(pilot, lambda: isinstance(pilot.app.screen, TextDialog))
        await pilot.press(*"kept", "enter")
        await until(pilot, lambda: "#kept" in lines(screen)[0])
        await pilot.press("escape")
        await until(pilot, lambda: len(screen.rows.rows) == 3)
        await pilot.press("D")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChoiceDialog))
        await pilot.press("x")
        await until(pilot, lambda: len(screen.rows.rows) == 2)
