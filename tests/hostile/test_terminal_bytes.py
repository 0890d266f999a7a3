"""What reaches the terminal when every text of a flow tries to drive it."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

from tests.screen.desk import CHAIN
from tests.screen.test_hostile_files import hostile_flow

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
PROGRAM = """
import sys
from pathlib import Path
from agentflow_tui.tui.app import AgentflowApp
AgentflowApp(Path(sys.argv[1]), folder=Path(sys.argv[1]).parent).run()
"""
# Introducer, then what tells one use from another: an OSC's number, a CSI's marks and final letter.
SEQUENCE = re.compile(
    rb"\x1b(?:(?P<osc>\])(?P<number>[0-9]*)"
    rb"|\[(?P<marks>[<=>?]?)[0-9;:]*(?P<rest>[ -/]*[@-~])"
    rb"|(?P<other>[^\[\]]))"
)
C1 = re.compile("[\x80-\x9f]")


class Terminal:
    """A program on a pseudo terminal; `seen` is every byte that it wrote."""

    def __init__(self, path: Path) -> None:
        self.seen = b""
        self._main, side = pty.openpty()
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 160, 0, 0))
        env = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", PROGRAM, str(path)]
        self.process = subprocess.Popen(
            command, stdin=side, stdout=side, stderr=side, env=env, start_new_session=True, cwd=path.parent
        )
        os.close(side)

    def press(self, keys: str, then: str) -> None:
        """Send keys, and read until a text comes."""
        start = len(self.seen)
        os.write(self._main, keys.encode())
        self.read_until(then, start)

    def read_until(self, text: str, start: int = 0) -> None:
        end = time.monotonic() + PATIENCE
        while text.encode() not in self.seen[start:]:
            assert time.monotonic() < end, f"{text!r} never came; last: {self.seen[-2000:]!r}"
            if not self._read():
                raise AssertionError(f"it ended before {text!r} came: {self.seen[-2000:]!r}")

    def close(self, keys: str) -> int:
        """Send the last keys and read to the end; return the exit code."""
        os.write(self._main, keys.encode())
        while self._read():
            pass
        os.close(self._main)
        return self.process.wait(PATIENCE)

    def _read(self) -> bool:
        ready, _, _ = select.select([self._main], [], [], PATIENCE)
        if not ready:
            return False
        try:
            piece = os.read(self._main, 65536)
        except OSError:
            return False
        self.seen += piece
        return bool(piece)


def use(path: Path) -> bytes:
    """Run a flow, look at every pane, and leave; return all that was written to the terminal."""
    terminal = Terminal(path)
    try:
        terminal.read_until("READY")
        terminal.press(" ", "INPUT OF THE RUN")
        terminal.press("\r", "COMPLETED")
        terminal.press("d", "Diff")
        terminal.press("z3z", "EDITOR")
        terminal.press("z4z", "EDITOR")
        terminal.press(",", "looking")
        # The editor has the focus when its keys are shown; only then letters are typed.
        terminal.press("z1", "F5")
        terminal.press("\x1b[F #", "●")
        terminal.press("\x1bOQ", "GRAPH")
        terminal.press("z", "EDITOR")
        terminal.press("C", "RACE OF MODES")
        terminal.press("\r", "over")
        terminal.press("\x1b", "EDITOR")
        terminal.press("o", "SAMPLES")
        assert terminal.close("\x11x") == 0
    finally:
        terminal.process.kill()
    return terminal.seen


def kinds(seen: bytes) -> set[tuple[bytes, bytes]]:
    """Return the kinds of control sequence in the output."""
    found = set()
    for match in SEQUENCE.finditer(seen):
        if match["osc"]:
            found.add((b"OSC", match["number"]))
        elif match["other"]:
            found.add((b"ESC", match["other"]))
        else:
            found.add((b"CSI", match["marks"] + match["rest"]))
    return found


@pytest.fixture
def _fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONFIG", "STATE", "DATA", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))


@pytest.mark.usefixtures("_fresh")
def test_a_hostile_flow_sends_nothing_that_a_harmless_one_does_not(tmp_path: Path) -> None:
    harmless = tmp_path / "harmless.toml"
    harmless.write_text(CHAIN + "\n[odd]\nx = 1\n", encoding="utf-8")
    hostile = tmp_path / "hostile.toml"
    hostile.write_text(hostile_flow(), encoding="utf-8")
    expected, seen = use(harmless), use(hostile)
    assert kinds(seen) <= kinds(expected)
    assert b"\x1b]52" not in seen
    assert b"\x1b]0;" not in seen
    assert b"\x1bP" not in seen
    assert not C1.search(seen.decode("utf-8"))


def test_the_sorting_of_sequences_sees_what_it_must() -> None:
    assert kinds(b"\x1b]52;c;eA==\x07\x1b[?25l\x1b[1;2H\x1bPq\x1b\\") == {
        (b"OSC", b"52"),
        (b"CSI", b"?l"),
        (b"CSI", b"H"),
        (b"ESC", b"P"),
        (b"ESC", b"\\"),
    }
