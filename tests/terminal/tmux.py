"""The program in a window of tmux, on a server of its own."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from benchmarks.terminal import PATIENCE
from benchmarks.user import user

_PAUSE = 0.03
"""Seconds between two looks, so that the program gets the processor meanwhile."""
_STAYS = '"$@"; echo "it ended with $?"; exec cat'
"""Keeps the window when the program has left, so that one sees what it leaves behind."""


class Tmux:
    """One window with one program; leaving the `with` ends the server and all that is in it."""

    def __init__(self, path: Path, size: tuple[int, int] = (140, 42)) -> None:
        """Start the workbench with a flow, in a window of `size` columns and rows."""
        # The way to a test's own folder may be longer than the name of a socket can be.
        self._place = TemporaryDirectory(prefix="tmux-")
        self._server = ("tmux", "-S", f"{self._place.name}/socket", "-f", "/dev/null")
        self.env = {**user(path.parent), "TERM": "xterm-256color"}
        self.folder = path.parent
        columns, rows = map(str, size)
        start = ("new-session", "-d", "-x", columns, "-y", rows, "--")
        program = ("sh", "-c", _STAYS, "sh", sys.executable, "-m", "agentflow_tui", str(path))
        options = ("set -s set-clipboard on", "set -g status off", "set -g mouse on")
        before = [word for option in options for word in (*option.split(), ";")]
        self.ask("start-server", ";", *before, *start, *program)

    def __enter__(self) -> Self:
        """Give the window."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the server; it may have gone with its only window."""
        subprocess.run([*self._server, "kill-server"], capture_output=True, check=False, timeout=PATIENCE)
        self._place.cleanup()

    @property
    def attaching(self) -> list[str]:
        """The command that shows the window in a terminal."""
        return [*self._server, "attach-session"]

    def ask(self, *command: str) -> str:
        """Have tmux do something; the answer is what it says.

        Raises:
            subprocess.CalledProcessError: it refused.
        """
        asked = subprocess.run(
            [*self._server, *command],
            env=self.env,
            cwd=self.folder,
            capture_output=True,
            check=True,
            text=True,
            timeout=PATIENCE,
        )
        return asked.stdout

    def flags(self, *names: str) -> dict[str, str]:
        """What tmux knows of the window, by the names of its formats."""
        told = self.ask("display-message", "-p", "\n".join(f"#{{{name}}}" for name in names))
        return dict(zip(names, told.splitlines(), strict=True))

    @property
    def rows(self) -> list[str]:
        """What the window shows."""
        return self.ask("capture-pane", "-p").splitlines()

    def until(self, *shown: str, without: str = "\0") -> list[str]:
        """Look until all of these texts are shown, and another one is not; the answer is what is shown.

        Raises:
            TimeoutError: that did not come.
        """
        end = time.monotonic() + PATIENCE
        while True:
            rows = self.rows
            text = "\n".join(rows)
            if all(word in text for word in shown) and without not in text:
                return rows
            if time.monotonic() > end:
                raise TimeoutError(f"{shown} without {without!r} never came:\n{text}")
            time.sleep(_PAUSE)

    def press(self, keys: str, *then: str, without: str = "\0") -> list[str]:
        """Press keys by tmux's names, separated by spaces; what `until` does follows."""
        self.ask("send-keys", *keys.split())
        return self.until(*then, without=without)

    def resize(self, columns: int, rows: int) -> None:
        """Make the window as many columns and rows."""
        self.ask("resize-window", "-x", str(columns), "-y", str(rows))


def place_of(word: str, rows: list[str]) -> tuple[int, int]:
    """Column and row of a word, counted from 1 as a terminal counts them."""
    y = next(number for number, row in enumerate(rows) if word in row)
    return rows[y].index(word) + 1, y + 1


def click(place: tuple[int, int]) -> str:
    """What a terminal sends when the left button is pressed and let go at a column and row."""
    x, y = place
    return f"\x1b[<0;{x};{y}M\x1b[<0;{x};{y}m"
