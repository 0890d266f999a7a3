"""A text by itself: copied whole or in part, and closed."""

from __future__ import annotations

import pytest

from agentflow_tui.tui.dialogs.pager_dialog import PagerDialog
from agentflow_tui.tui.panes.line_view import LineView
from tests.screen.desk import LOOP, Desk, is_on_top, run, settle, status, until


@pytest.mark.parametrize("key", ["q", "v", "escape"])
async def test_an_event_is_read_copied_and_closed(desk: Desk, key: str) -> None:
    async with desk.open(desk.write(LOOP), (140, 42)) as pilot:
        await run(pilot, "space")
        await status(pilot, "completed")
        await pilot.press("4", "v")
        await until(pilot, lambda: isinstance(pilot.app.screen, PagerDialog))
        dialog = pilot.app.screen
        assert isinstance(dialog, PagerDialog)
        await pilot.press("y")
        await settle(pilot)
        assert '"run_ended"' in dialog.text and pilot.app.clipboard == dialog.text
        pages = dialog.query_one(LineView)
        row = next(n for n, row in enumerate(pages.rows) if "run_ended" in row.content.plain)
        start = pages.rows[row].content.plain.index("run_ended")
        await pilot.mouse_down(pages, offset=(start, row))
        await pilot.hover(pages, offset=(start + len("run_ended") - 1, row))
        await pilot.mouse_up(pages, offset=(start + len("run_ended") - 1, row))
        await pilot.press("ctrl+c")
        await settle(pilot)
        assert pilot.app.clipboard == "run_ended"
        await pilot.press(key)
        await settle(pilot)
        assert is_on_top(pilot)
