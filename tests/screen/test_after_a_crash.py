"""What the next session says of a run whose process died."""

from __future__ import annotations

from typing import Any

from textual.pilot import Pilot
from textual.widgets import Static

from agentflow_tui.history import event as ev
from agentflow_tui.history.resume import UNKNOWN_OUTCOME
from agentflow_tui.history.store import RunStore
from agentflow_tui.tui.dialogs.choice_dialog import ChoiceDialog
from agentflow_tui.tui.dialogs.not_ready_dialog import NotReadyDialog
from tests.screen.desk import LOOP, Desk, bench_of, is_on_top, run, settle, status, until


async def crashed(desk: Desk, kind: type[ev.HistoryEvent], number: int) -> str:
    """Leave a run behind that stops right after an event; gives its id."""
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = await run(pilot, "space")
        await status(pilot, "completed")
        whole, history = bench.desk.run_id, list(bench.bridge.view.history)
    seq = [event.seq for event in history if isinstance(event, kind)][number]
    store = RunStore(desk.folder / "runs.sqlite3")
    cut = await store.fork(whole, seq, "cut off")
    await store.aclose()
    return cut


async def offer(pilot: Pilot[Any]) -> str:
    await until(pilot, lambda: isinstance(pilot.app.screen, ChoiceDialog))
    return " ".join(str(each.render()) for each in pilot.app.screen.query(Static))


async def test_the_run_is_offered_with_its_step_and_what_is_unknown_and_goes_on(desk: Desk) -> None:
    cut = await crashed(desk, ev.ModelCallStarted, 1)
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = bench_of(pilot)
        told = await offer(pilot)
        assert "cut off" in told
        assert "improver was at work: step 2" in told
        assert "whether the model had answered" in told
        await pilot.press("r")
        await until(pilot, lambda: bench.desk.run_id == cut)
        await status(pilot, "completed")
        failed = [each for each in bench.bridge.view.history if isinstance(each, ev.ModelCallFailed)]
        assert [each.error for each in failed] == [UNKNOWN_OUTCOME]
        assert await bench.workbench.archive.interrupted() == []


async def test_it_can_be_looked_at_first(desk: Desk) -> None:
    cut = await crashed(desk, ev.AgentCompleted, 0)
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = bench_of(pilot)
        told = await offer(pilot)
        assert "between agents: step 2" in told
        assert "Nobody knows" not in told
        await pilot.press("l")
        await until(pilot, lambda: bench.desk.run_id == cut)
        assert "INTERRUPTED" in str(bench.status.render())


async def test_enter_and_escape_leave_it_as_it_is(desk: Desk) -> None:
    cut = await crashed(desk, ev.AgentStarted, 0)
    for key in ("enter", "escape"):
        async with desk.open(desk.write(LOOP)) as pilot:
            await offer(pilot)
            await pilot.press(key)
            await settle(pilot)
            assert is_on_top(pilot)
            interrupted = await bench_of(pilot).workbench.archive.interrupted()
            assert [each.run_id for each in interrupted] == [cut]


async def test_a_run_that_another_process_drives_is_not_taken_from_it(desk: Desk) -> None:
    cut = await crashed(desk, ev.AgentStarted, 1)
    other = RunStore(desk.folder / "runs.sqlite3")
    async with desk.open(desk.write(LOOP)) as pilot:
        await offer(pilot)
        await other.acquire(cut)
        await pilot.press("r")
        await until(pilot, lambda: isinstance(pilot.app.screen, NotReadyDialog))
        told = " ".join(str(each.render()) for each in pilot.app.screen.query(Static))
        assert "is driven by process" in told
        await pilot.press("escape")
        await settle(pilot)
        assert bench_of(pilot).desk.run_id == ""
    async with desk.open(desk.write(LOOP)) as pilot:
        await settle(pilot)
        assert is_on_top(pilot)
    await other.aclose()
