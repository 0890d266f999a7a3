"""Keys that come in one burst: each has to find what the one before it opened."""

from __future__ import annotations

import asyncio

import pytest
from textual import events
from textual.keys import key_to_character
from textual.pilot import Pilot
from textual.widgets import Input

from agentflow_tui.tui.dialogs.help_dialog import HelpDialog
from agentflow_tui.tui.dialogs.text_dialog import TextDialog
from agentflow_tui.tui.typed_ahead import PATIENCE
from tests.screen.desk import LOOP, Desk, bench_of, is_on_top, status, until


async def _burst(pilot: Pilot[None], *keys: str) -> None:
    for key in keys:
        character = key if len(key) == 1 else key_to_character(key)
        pilot.app.post_message(events.Key(key, character))
    await pilot.pause()


async def test_a_letter_right_behind_the_key_of_the_editor_is_typed_there(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = bench_of(pilot)
        await _burst(pilot, "1", *"zb?")
        await until(pilot, lambda: bench.editor.text == "zb?" + LOOP)
        assert is_on_top(pilot)


async def test_panes_and_letters_in_one_burst_find_their_places(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP), (80, 24)) as pilot:
        bench = bench_of(pilot)
        await _burst(pilot, "4", "3", "1", "z", "f2", "z", "1")
        await until(pilot, lambda: bench.editor.text == "z" + LOOP)
        await until(pilot, lambda: bench.layout_of_panes.is_zoomed)


async def test_a_search_takes_the_letters_that_come_with_its_key(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        graph = bench_of(pilot).graph
        await _burst(pilot, "slash", *"impro", "enter")
        await until(pilot, lambda: graph.selected == "loop/improver")
        await _burst(pilot, "1", "ctrl+f", *"cats", "escape", "x")
        editor = bench_of(pilot).editor
        await until(pilot, lambda: len(editor.text) == len(LOOP) - len("cats") + 1)


async def test_a_filter_takes_the_letters_that_come_with_its_key(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = bench_of(pilot)
        await _burst(pilot, "space", "enter")
        await status(pilot, "completed")
        await _burst(pilot, "4", "slash", *"merged", "enter")
        await until(pilot, lambda: bench.timeline.query(Input).first().value == "merged")


async def test_a_dialog_takes_the_letters_that_come_with_its_key(desk: Desk) -> None:
    path = desk.write(LOOP)
    async with desk.open(path) as pilot:
        await _burst(pilot, "alt+s", "end", "x")
        await until(pilot, lambda: isinstance(pilot.app.screen, TextDialog))
        await until(pilot, lambda: pilot.app.screen.query_one(Input).value == f"{path}x")
        await _burst(pilot, "escape", "question_mark", "escape", "1", "z")
        await until(pilot, lambda: bench_of(pilot).editor.text == "z" + LOOP)
        assert not isinstance(pilot.app.screen, HelpDialog)


async def test_a_paste_and_a_click_keep_their_places_between_keys(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = bench_of(pilot)
        pilot.app.post_message(events.Key("1", "1"))
        pilot.app.post_message(events.Key("a", "a"))
        pilot.app.post_message(events.Paste("= [1]\n"))
        pilot.app.post_message(events.Key("b", "b"))
        x, y = bench.graph.content_region.offset
        for kind in (events.MouseDown, events.MouseUp):
            pilot.app.post_message(kind(bench, x, y, 0, 0, 1, False, False, False, x, y))
        pilot.app.post_message(events.Key("z", "z"))
        await until(pilot, lambda: bench.layout_of_panes.is_zoomed)
        assert bench.editor.text == "a= [1]\nb" + LOOP
        assert bench.layout_of_panes.current == "graph"


async def test_a_long_burst_is_typed_whole(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        await _burst(pilot, "1", *"z" * 500)
        await until(pilot, lambda: bench_of(pilot).editor.text == "z" * 500 + LOOP)


async def test_one_can_leave_a_screen_that_hangs(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        app, goes_on, asked = pilot.app, asyncio.Event(), asyncio.Event()

        async def ask() -> None:
            asked.set()

        monkeypatch.setattr(app, "action_ask_to_quit", ask)
        app.screen.call_later(goes_on.wait)
        for key in ("x", "ctrl+q"):
            app.post_message(events.Key(key, None))
        await asyncio.wait_for(_rest(pilot), 5)
        assert not asked.is_set()
        await desk.clock.advance(PATIENCE + 0.1)
        app.post_message(events.Key("ctrl+q", None))
        await asyncio.wait_for(asked.wait(), 5)
        goes_on.set()


async def _rest(pilot: Pilot[None]) -> None:
    """The app has done what it can do at once, whatever hangs below it."""
    done = asyncio.Event()
    pilot.app.call_later(done.set)
    await done.wait()
