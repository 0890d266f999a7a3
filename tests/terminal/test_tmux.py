"""The program in tmux, where many keep it: keys, mouse, sizes, copies, and what it leaves behind."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from agentflow_tui.history.store import RunStore
from benchmarks.terminal import PATIENCE, Terminal
from tests.screen.desk import LOOP
from tests.terminal.opened import write
from tests.terminal.tmux import Tmux, click, place_of

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")

SLOW = LOOP + "seconds_per_word = 0.5\n"
PANES = ("1 EDITOR", "2 GRAPH", "3 INSPECTOR", "4 TIMELINE")
UNTOUCHED = {"alternate_on": "0", "mouse_any_flag": "0", "mouse_sgr_flag": "0", "cursor_flag": "1"}
"""A terminal as programs expect it: no second screen, no mouse, a cursor that shows."""
ANSWER = "cats are charming animals"


def _opened(tmux: Tmux) -> None:
    tmux.until("READY", *PANES)


def _copied(tmux: Tmux) -> str:
    end = time.monotonic() + PATIENCE
    while not tmux.ask("list-buffers"):
        assert time.monotonic() < end, "nothing was copied"
    return tmux.ask("show-buffer")


def test_keys_clicks_sizes_and_copies_arrive_and_nothing_is_left_behind(tmp_path: Path) -> None:
    with Tmux(write(tmp_path, LOOP)) as tmux:
        _opened(tmux)
        tmux.press("Space", "INPUT OF THE RUN")
        rows = tmux.press("Enter", "COMPLETED", "[State]")
        tmux.ask("send-keys", "-l", click(place_of("Diff", rows)))
        tmux.until("[Diff]")
        for columns, lines, shown, hidden in (
            (80, 24, ("2 graph", "COMPLETED"), "1 EDITOR"),
            (30, 8, ("Too small",), "COMPLETED"),
            (140, 42, (*PANES, "COMPLETED", "[Diff]"), "Too small"),
        ):
            tmux.resize(columns, lines)
            tmux.until(*shown, without=hidden)
        tmux.press("3 h", "[State]")
        tmux.press("/", "search a key")
        tmux.press("c h a r m i n g Enter y", "characters copied")
        assert ANSWER in _copied(tmux)
        tmux.press("C-q", "it ended with 0", without="TIMELINE")
        assert tmux.flags(*UNTOUCHED) == UNTOUCHED


async def test_a_window_that_is_left_and_shown_again_goes_on_until_it_is_killed(tmp_path: Path) -> None:
    with Tmux(write(tmp_path, SLOW)) as tmux:
        _opened(tmux)
        with Terminal(tmux.attaching, env=tmux.env, folder=tmp_path) as terminal:
            terminal.read_until("READY")
            terminal.press(" ", "INPUT OF THE RUN")
            terminal.press("\r", "RUNNING")
        tmux.until("RUNNING")
        with Terminal(tmux.attaching, env=tmux.env, folder=tmp_path) as terminal:
            terminal.read_until("RUNNING")
            terminal.press(click(place_of("Diff", tmux.rows)), "[Diff]")
        tmux.ask("kill-session")
        store = RunStore(next((tmp_path / "data").rglob("history.sqlite3")))
        try:
            end = time.monotonic() + PATIENCE
            while [run.status for run in await store.runs()] != ["cancelled"]:
                assert time.monotonic() < end, await store.runs()
        finally:
            await store.aclose()
