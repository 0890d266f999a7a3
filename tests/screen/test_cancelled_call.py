from __future__ import annotations

from agentflow_tui.tui.panes.line_view import LineView
from tests.screen.desk import SLOW_CHAIN, Desk, run, settle, status


async def test_a_cancelled_run_has_no_errors(desk: Desk) -> None:
    async with desk.open(desk.write(SLOW_CHAIN)) as pilot:
        bench = await run(pilot, "space")
        await desk.clock.advance(1)
        await pilot.press("escape")
        await status(pilot, "cancelled")
        (call,) = bench.bridge.view.state.calls.values()
        assert call.status == "cancelled"
        assert "error" not in str(bench.timeline.border_subtitle)
        bench.inspector.open_tab("Calls")
        await settle(pilot)
        shown = "\n".join(row.content.plain for row in bench.inspector.query_one("#calls", LineView).rows)
        assert "⊗ cancelled" in shown
        assert "✗" not in shown
