from __future__ import annotations

from agentflow_tui.history.fold import fold
from agentflow_tui.tui.panes.graph.graph_pane import GraphPane
from agentflow_tui.tui.panes.timeline.timeline_pane import TimelinePane
from tests.screen.desk import LOOP, SLOW_CHAIN, Desk, run, settle, status


async def test_scrubbing_shows_each_event_as_it_was(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = await run(pilot, "space")
        await status(pilot, "completed")
        history = list(bench.bridge.view.history)
        for back in range(1, len(history) + 3):
            await pilot.press("comma")
            view = bench.bridge.view
            assert view.cursor == max(len(history) - 1 - back, -1)
            assert view.state == fold(history[: view.cursor + 1])
            assert not view.is_following
        assert bench.status.headline.behind == len(history)
        await pilot.press("full_stop")
        assert bench.bridge.view.cursor == 0


async def test_the_last_event_and_g_follow_again(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = await run(pilot, "space")
        await status(pilot, "completed")
        await pilot.press("comma", "full_stop")
        assert bench.bridge.view.is_following
        await pilot.press("comma", "comma", "G")
        assert bench.bridge.view.is_following
        await pilot.press("comma", "escape")
        assert bench.bridge.view.is_following


async def test_a_scrubbed_view_stays_while_the_run_goes_on(desk: Desk) -> None:
    async with desk.open(desk.write(SLOW_CHAIN)) as pilot:
        bench = await run(pilot, "space")
        await desk.clock.advance(2)
        await settle(pilot)
        await pilot.press("comma")
        cursor = bench.bridge.view.cursor
        await desk.clock.advance(20)
        await status(pilot, "completed")
        assert bench.bridge.view.cursor == cursor
        assert bench.bridge.view.state.status == "running"
        assert bench.status.headline.behind > 0


async def test_d_shows_what_an_agent_changed(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP), (80, 24)) as pilot:
        bench = await run(pilot, "S")
        await status(pilot, "paused")
        await pilot.press("4", "d")
        await settle(pilot)
        assert bench.inspector.display


async def test_timeline_and_graph_move_cursor_and_selection(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = await run(pilot, "space")
        await status(pilot, "completed")
        bench.timeline.post_message(TimelinePane.CursorMoved(3))
        bench.graph.post_message(GraphPane.NodeSelected("loop/improver"))
        await settle(pilot)
        assert bench.bridge.view.cursor == 3
        assert bench.selection == "loop/improver"


async def test_timers_stand_still_when_nothing_runs(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = await run(pilot, "space")
        await status(pilot, "completed")
        await pilot.pause(0.5)
        drains = 0
        drain = bench.bridge.drain

        def counted() -> None:
            nonlocal drains
            drains += 1
            drain()

        bench.bridge.drain = counted  # type: ignore[method-assign]
        await pilot.pause(0.3)
        assert drains == 0
        assert not bench.status.headline.is_ticking
