"""The edited config, taken over by the run that is live."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from textual.pilot import Pilot

from agentflow_tui.history.run_state import NodeState, RunState
from agentflow_tui.history.swap_event import FlowSwapped
from agentflow_tui.tui.dialogs.not_ready_dialog import NotReadyDialog
from agentflow_tui.tui.dialogs.swap_dialog import SwapDialog
from agentflow_tui.tui.panes.line_view import LineView
from agentflow_tui.tui.screens.workbench_screen import WorkbenchScreen
from tests.screen.desk import CHAIN, LOOP, Desk, bench_of, is_on_top, run, settle, status, until

EDITED = LOOP.replace('"Improve: {content}"', '"Polish with care: {content}"').replace(
    "max_iterations = 3", "max_iterations = 4"
)
NO_END = LOOP.replace("quality >= 9", "quality >= 99")


async def standing(pilot: Pilot[Any]) -> WorkbenchScreen:
    """A run that stands in its second iteration."""
    bench = await run(pilot, "S")
    await status(pilot, "paused")
    return bench


async def edit(pilot: Pilot[Any], text: str) -> None:
    bench = bench_of(pilot)
    bench.editor.replace_text(text)
    await until(pilot, lambda: bench.workbench.text == text)


async def opened(pilot: Pilot[Any], key: str = "c") -> SwapDialog:
    await pilot.press(key)
    await until(pilot, lambda: isinstance(pilot.app.screen, SwapDialog))
    await settle(pilot)
    dialog = pilot.app.screen
    assert isinstance(dialog, SwapDialog)
    return dialog


def told(dialog: SwapDialog) -> str:
    return "\n".join(row.content.plain for row in dialog.query_one("#swap-rows", LineView).rows)


def swaps(bench: WorkbenchScreen) -> list[FlowSwapped]:
    return [event for event in bench.bridge.view.history if isinstance(event, FlowSwapped)]


def runs(bench: WorkbenchScreen) -> str:
    return str(bench.editor.border_subtitle)


async def test_the_dialog_tells_what_changes_and_enter_lets_it_wait_for_the_next_iteration(
    desk: Desk,
) -> None:
    async with desk.open(desk.write(NO_END)) as pilot:
        bench = await standing(pilot)
        await edit(pilot, EDITED.replace("quality >= 9", "quality >= 99"))
        assert "run uses its first text" in str(bench.status.render())
        assert runs(bench) == "▶ old text runs · alt+c"
        text = told(await opened(pilot))
        assert "before iteration 3; iteration 2 goes on as it began" in text
        assert "agent improver  prompt 2 → 4 words (+3 −1)  line 17" in text
        assert "max_iterations 3 → 4" in text
        assert "asked anew, their recordings no longer fit: improver" in text
        await pilot.press("enter")
        await until(pilot, lambda: is_on_top(pilot))
        assert "⇄ config waits · it.3" in str(bench.status.render())
        assert "this text waits" in runs(bench)
        assert swaps(bench) == []
        await pilot.press("space")
        await status(pilot, "completed")
        assert [event.iteration for event in swaps(bench)] == [2]
        assert bench.bridge.view.newest.iteration == 4
        assert "config waits" not in str(bench.status.render())


async def test_while_it_runs_on_the_editor_says_that_its_text_runs(desk: Desk) -> None:
    async with desk.open(desk.write(NO_END)) as pilot:
        bench = await standing(pilot)
        await edit(pilot, EDITED.replace("quality >= 9", "quality >= 99"))
        await opened(pilot, "alt+c")
        await pilot.press("enter")
        await until(pilot, lambda: is_on_top(pilot))
        await pilot.press("S")
        await until(pilot, lambda: len(swaps(bench)) == 1)
        await status(pilot, "paused")
        assert runs(bench) == "▶ this text runs"
        assert "run uses" not in str(bench.status.render())
        await edit(pilot, NO_END)
        assert "old text runs" in runs(bench)
        assert "run uses an earlier text" in str(bench.status.render())


async def test_leaving_the_dialog_changes_nothing(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = await standing(pilot)
        await edit(pilot, EDITED)
        for key in ("escape", "q", "c"):
            dialog = await opened(pilot)
            await pilot.press("y")
            await settle(pilot)
            assert "max_iterations 3 → 4" in told(dialog)
            assert pilot.app.clipboard == told(dialog)
            await pilot.press(key)
            await until(pilot, lambda: is_on_top(pilot))
        await pilot.press("space")
        await status(pilot, "completed")
        assert swaps(bench) == []


async def test_what_waits_can_be_withdrawn_and_replaced(desk: Desk) -> None:
    async with desk.open(desk.write(NO_END)) as pilot:
        bench = await standing(pilot)
        await edit(pilot, EDITED)
        await opened(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: is_on_top(pilot))
        assert (await opened(pilot)).is_waiting
        await pilot.press("w")
        await until(pilot, lambda: is_on_top(pilot))
        assert "config waits" not in str(bench.status.render())
        for text in (EDITED, NO_END.replace("Improve:", "Better:")):
            await edit(pilot, text)
            await opened(pilot)
            await pilot.click("#swap-apply")
            await until(pilot, lambda: is_on_top(pilot))
        await pilot.press("space")
        await status(pilot, "completed")
        assert ["Better:" in event.text for event in swaps(bench)] == [True]


async def test_a_text_that_means_the_same_says_so(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = await standing(pilot)
        await edit(pilot, LOOP + "\n# a remark\n")
        dialog = await opened(pilot)
        assert "means the same" in told(dialog)
        assert not dialog.is_possible
        await pilot.press("enter")
        await until(pilot, lambda: is_on_top(pilot))
        assert swaps(bench) == []
        assert bench.desk.run is not None
        assert bench.desk.run.control.swap is None
        assert "run uses" not in str(bench.status.render())


async def test_another_mode_is_refused_with_the_way_out(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        await standing(pilot)
        await edit(pilot, LOOP.replace('mode = "loop"', 'mode = "collaborative"'))
        dialog = await opened(pilot)
        assert "not in this run: the mode changes from loop to collaborative" in told(dialog)
        assert "as a fork (R)" in told(dialog)
        assert not dialog.query("#swap-apply")


async def test_a_flow_without_a_loop_has_no_moment_for_it(desk: Desk) -> None:
    async with desk.open(desk.write(CHAIN)) as pilot:
        await run(pilot, "s")
        await status(pilot, "paused")
        await edit(pilot, CHAIN.replace("Write about", "Tell about"))
        assert "no loop to wait for" in told(await opened(pilot))


async def test_errors_in_the_text_are_shown_in_place_of_a_proposal(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = await standing(pilot)
        await edit(pilot, LOOP.replace('"improver"', '"nobody"'))
        await pilot.press("c")
        await until(pilot, lambda: isinstance(pilot.app.screen, NotReadyDialog))
        assert "NOT APPLIED" in str(pilot.app.screen.query_one(".dialog-frame").border_title)
        await pilot.press("escape")
        assert swaps(bench) == []


async def test_without_a_live_run_there_is_nothing_to_apply_it_to(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        await pilot.press("c")
        await settle(pilot)
        assert is_on_top(pilot)
        assert any("No run is live" in note.message for note in pilot.app._notifications)


async def test_a_config_that_came_too_late_is_told(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = await standing(pilot)
        await edit(pilot, EDITED)
        await opened(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: is_on_top(pilot))
        bench.desk.cancel()
        await status(pilot, "cancelled")
        await settle(pilot)
        assert swaps(bench) == []
        assert any("was not applied" in note.message for note in pilot.app._notifications)


async def test_looking_back_over_it_shows_the_graph_of_then(desk: Desk) -> None:
    other = NO_END.replace('loop_agent = "improver"', 'loop_agent = "editor"').replace(
        "[agents.improver]", '[agents.editor]\nprompt = "Edit {content}"\n[agents.improver]'
    )
    async with desk.open(desk.write(NO_END)) as pilot:
        bench = await standing(pilot)
        await edit(pilot, other)
        assert "the graph is another one" in told(await opened(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: is_on_top(pilot))
        await pilot.press("space")
        await status(pilot, "completed")
        (swap,) = swaps(bench)

        def agents() -> set[str]:
            assert bench._shown_plan is not None
            return {path.rpartition("/")[2] for path in bench._shown_plan.nodes}

        assert "editor" in agents()
        bench.bridge.look_at(swap.seq - 1)
        assert "improver" in agents()
        bench.bridge.look_at(swap.seq)
        assert "editor" in agents()


async def test_enter_on_a_button_is_that_button(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = await standing(pilot)
        await edit(pilot, EDITED)
        dialog = await opened(pilot)
        dialog.query_one("#swap-leave").focus()
        await pilot.press("enter")
        await until(pilot, lambda: is_on_top(pilot))
        assert bench.desk.run is not None
        assert bench.desk.run.control.swap is None


async def test_behind_the_loop_no_number_is_promised() -> None:
    running = RunState(iteration=3, loop_path="loop", nodes={"loop": NodeState("running")})
    assert running.next_iteration == 4
    assert replace(running, nodes={"loop": NodeState("completed")}).next_iteration is None
    assert RunState().next_iteration is None
