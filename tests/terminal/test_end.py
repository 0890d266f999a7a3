"""Ends that nobody at the keys decides: a signal, or a terminal that is closed or gone."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from agentflow_tui.history.store import RunStore
from benchmarks.terminal import PATIENCE, Terminal
from benchmarks.user import user
from tests.screen.desk import LOOP
from tests.terminal.opened import ENTER, opened, write

SLOW = LOOP + "seconds_per_word = 0.5\n"
TYPED = "remembered"


DEAF = ("sh", "-c", 'trap "" HUP; exec "$@"', "sh")
"""A starter as `nohup`: only the terminal itself shows that it is gone."""

GOES_ON = """
import asyncio, os, signal, sys
from pathlib import Path
from agentflow_tui.cli.end_of_terminal import EndOfTerminal

async def main():
    ended = asyncio.Event()

    class Program:
        def exit(self, result=None, return_code=0):
            ended.set()

    def go_on(*_):
        try:
            written = os.write(sys.__stdout__.fileno(), b"again")
        except OSError as error:
            written = error
        Path(sys.argv[1]).write_text(str(written))

    signal.signal(signal.SIGCONT, go_on)
    EndOfTerminal(Program()).listen()
    print("LISTENS", flush=True)
    await ended.wait()

asyncio.run(main())
"""


def _typed_and_running(folder: Path, *by: str) -> Terminal:
    terminal = opened(write(folder, SLOW), by=by)
    terminal.press(" ", "INPUT OF THE RUN")
    terminal.press(ENTER, "RUNNING")
    terminal.press("1", "F5")
    terminal.press(f"# {TYPED} ", f"# {TYPED}")
    return terminal


def _drafts(folder: Path) -> str:
    return "".join(path.read_text() for path in (folder / "state").rglob("drafts/*"))


async def _statuses(folder: Path) -> list[str]:
    store = RunStore(next((folder / "data").rglob("history.sqlite3")))
    try:
        return [run.status for run in await store.runs()]
    finally:
        await store.aclose()


async def test_a_told_end_gives_the_terminal_back_and_keeps_text_and_run(tmp_path: Path) -> None:
    with _typed_and_running(tmp_path) as terminal:
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.read_to_end() == 128 + signal.SIGTERM
        assert b"\x1b[?1049l" in terminal.seen
    assert TYPED in _drafts(tmp_path)
    assert await _statuses(tmp_path) == ["cancelled"]


async def test_a_closed_terminal_ends_the_program_and_keeps_text_and_run(tmp_path: Path) -> None:
    with _typed_and_running(tmp_path) as terminal:
        terminal.hang_up()
        assert terminal.process.wait(PATIENCE) == 128 + signal.SIGHUP
    assert TYPED in _drafts(tmp_path)
    assert await _statuses(tmp_path) == ["cancelled"]


def test_a_terminal_that_goes_without_a_word_ends_the_program(tmp_path: Path) -> None:
    with _typed_and_running(tmp_path, *DEAF) as terminal:
        terminal.hang_up()
        assert terminal.process.wait(PATIENCE) == 128 + signal.SIGHUP


def test_what_is_written_at_the_signal_that_comes_with_the_end_goes_nowhere(tmp_path: Path) -> None:
    # Textual starts anew when it is told to go on, and its writer would end at the first error.
    told = tmp_path / "written"
    with Terminal([sys.executable, "-c", GOES_ON, str(told)], env=user(tmp_path)) as terminal:
        terminal.read_until("LISTENS\r\n")
        terminal.hang_up()
        assert terminal.process.wait(PATIENCE) == 0
    assert told.read_text() == "5"
