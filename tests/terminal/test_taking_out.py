"""Getting texts out of the program and back into it: what only a terminal sees."""

from __future__ import annotations

import base64
import re
import sys
from pathlib import Path

import pytest

from agentflow_tui.cli.exit_code import USAGE
from benchmarks.terminal import Terminal
from benchmarks.user import user
from tests.screen.desk import LOOP
from tests.terminal.opened import ENTER, UP, opened, run_to_end, write

LEAVES, ENTERS = b"\x1b[?1049l", b"\x1b[?1049h"
CTRL_Q = "\x11"
TYPED = "Γ"
"""A letter that is nowhere else."""


def test_a_pane_goes_to_the_terminal_to_a_file_and_to_the_clipboard(tmp_path: Path) -> None:
    with opened(write(tmp_path, LOOP)) as terminal:
        run_to_end(terminal)
        start = len(terminal.seen)
        terminal.press("3V", "enter goes back to the screen")
        printed = terminal.seen[start:].partition(LEAVES)[2]
        assert printed and b"cats are charming" in printed and b"\x1b[38;2" not in printed
        assert ENTERS not in printed
        terminal.press(ENTER, ENTERS.decode())
        terminal.press("W", "WRITE TO A FILE")
        terminal.press(ENTER, "written")
        assert "cats are charming" in (tmp_path / "inspector.txt").read_text(encoding="utf-8")
        start = len(terminal.seen)
        terminal.press("y", "characters copied")
        copied = re.search(rb"\x1b\]52;c;([A-Za-z0-9+/=]+)\a", terminal.seen[start:])
        assert copied and base64.b64decode(copied[1]).decode()


def test_what_was_run_yesterday_comes_back_with_a_key(tmp_path: Path) -> None:
    path = write(tmp_path, LOOP)
    with opened(path) as terminal:
        terminal.press(" ", "INPUT OF THE RUN")
        terminal.press(TYPED, TYPED)
        terminal.press(ENTER, "COMPLETED")
        terminal.write(CTRL_Q)
        assert terminal.read_to_end() == 0
    with opened(path) as terminal:
        assert TYPED.encode() not in terminal.seen
        terminal.press("i", "INPUT OF THE RUN")
        terminal.read_for(0.3)
        terminal.press(UP, TYPED)


@pytest.mark.parametrize("stream", ["< /dev/null", "> told.txt", "2> told.txt"])
def test_without_a_terminal_on_both_sides_the_other_way_is_told(tmp_path: Path, stream: str) -> None:
    path, told = write(tmp_path, LOOP), tmp_path / "told.txt"
    command = ["sh", "-c", f'"{sys.executable}" -m agentflow_tui flow.toml {stream}']
    with Terminal(command, env=user(tmp_path), folder=path.parent) as terminal:
        assert terminal.read_to_end() == USAGE
        seen = terminal.seen.decode() + (told.read_text(encoding="utf-8") if told.exists() else "")
        assert "needs a terminal" in seen and "agentflow-tui run flow.toml" in seen
        assert "\x1b[?1049h" not in seen
