"""What one should see without looking for it: toasts beside dialogs, boxes, reasons, ways back."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot
from textual.widgets import Label, Static
from textual.widgets._footer import FooterKey
from textual.widgets._toast import Toast

from agentflow_tui.tui.dialogs.race_dialog import ModeList, RaceDialog
from agentflow_tui.tui.dialogs.tick_box import TickBox
from tests.screen.desk import LOOP, Desk, bench_of, is_on_top, settle, until


def _footer(pilot: Pilot[None]) -> list[str]:
    return [key.description for key in pilot.app.screen.query(FooterKey) if key.visible]


@pytest.mark.parametrize("size", [(80, 24), (140, 42)])
@pytest.mark.parametrize("keys", [("B",), ("B", "n"), ("i",), ("C",)])
async def test_a_toast_leaves_the_foot_of_a_dialog_in_sight(
    desk: Desk, size: tuple[int, int], keys: tuple[str, ...]
) -> None:
    async with desk.open(desk.write(LOOP), size) as pilot:
        for key in keys:
            await pilot.press(key)
            await until(pilot, lambda: not is_on_top(pilot))
        pilot.app.notify("A sentence that tells what was done, and what one can do next.", title="TITLE")
        await until(pilot, lambda: bool(pilot.app.screen.query(Toast)))
        toast, frame = (
            pilot.app.screen.query(Toast).first().region,
            pilot.app.screen.query_one(".dialog-frame"),
        )
        assert toast.bottom <= frame.region.y + 2
        assert toast.right <= size[0]


@pytest.mark.parametrize("theme", ["agentflow-dark", "agentflow-light", "ansi-dark", "okabe-ito-light"])
async def test_a_box_that_is_not_ticked_is_empty(desk: Desk, theme: str) -> None:
    async with desk.open(desk.write(LOOP), (80, 24)) as pilot:
        pilot.app.theme = theme
        await pilot.press("B")
        await settle(pilot)
        await pilot.press("n")
        await settle(pilot)
        is_after = pilot.app.screen.query_one("#is-after", TickBox)
        assert str(is_after.render()).rstrip() == "[ ] after it, not before it"
        assert str(pilot.app.screen.query_one("#is-enabled", TickBox).render()).rstrip() == "[x] switched on"
        is_after.focus()
        await pilot.press("space")
        await settle(pilot)
        assert str(is_after.render()).rstrip() == "[x] after it, not before it"
        await pilot.press("space")
        await settle(pilot)
        assert str(is_after.render()).rstrip() == "[ ] after it, not before it"


async def test_the_race_tells_in_full_why_a_mode_cannot_run(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP), (80, 24)) as pilot:
        await pilot.press("C")
        await until(pilot, lambda: isinstance(pilot.app.screen, RaceDialog))
        dialog = pilot.app.screen
        assert isinstance(dialog, RaceDialog)
        note = dialog.query_one("#note", Static)
        places = [row.key[0] for row in dialog.query_one(ModeList).rows]
        for fit in dialog.fits:
            dialog.query_one(ModeList).move_to(places.index(fit.mode))
            await settle(pilot)
            assert str(note.render()) == (
                f"✗ {fit.mode}: {fit.problem}"
                if fit.problem
                else f"{fit.mode}: {fit.caveat}" * bool(fit.caveat)
            )
            assert dialog.query_one(".dialog-frame").content_region.contains_region(note.region)
        assert any(len(fit.problem) > 40 for fit in dialog.fits)


async def test_a_key_that_a_condition_only_asks_for_is_not_called_needed(desk: Desk) -> None:
    text = LOOP.replace("quality >= 9", "quality >= limit or has(early) and early > 1")
    async with desk.open(desk.write(text)) as pilot:
        await pilot.press("i")
        await until(pilot, lambda: not is_on_top(pilot))
        labels = [str(label.render()) for label in pilot.app.screen.query(Label)]
        assert labels[:3] == ["content · needed", "early", "limit · needed"]


async def test_the_gallery_names_the_ways_out(desk: Desk) -> None:
    async with desk.open(None, (80, 24)) as pilot:
        assert "quit" in _footer(pilot)
        assert "back" not in _footer(pilot)
        await pilot.press("escape")
        await settle(pilot)
        assert pilot.app.is_running
        await pilot.press("q")
        await settle(pilot)
        assert not pilot.app.is_running


async def test_the_gallery_over_a_flow_goes_back(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP), (80, 24)) as pilot:
        await pilot.press("o")
        await until(pilot, lambda: not is_on_top(pilot))
        assert {"back", "quit"} <= set(_footer(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: is_on_top(pilot))


@pytest.mark.parametrize(
    ("key", "labels"),
    [
        ("1", {"find", "undo"}),
        ("2", {"open", "unroll", "search"}),
        ("3", {"search", "view", "mark"}),
        ("4", {"filter", "waterfall", "next error"}),
    ],
)
@pytest.mark.parametrize("width", [80, 140])
async def test_the_footer_names_keys_of_the_pane(desk: Desk, key: str, labels: set[str], width: int) -> None:
    async with desk.open(desk.write(LOOP), (width, 24)) as pilot:
        await pilot.press(key)
        await until(pilot, lambda: labels | {"run/pause", "help", "commands"} <= set(_footer(pilot)))
        assert bench_of(pilot).layout_of_panes.current
