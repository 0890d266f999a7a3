"""A program on a pseudo terminal: keys go in, bytes come out, and its processor time can be read."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

PATIENCE = 60.0
"""Seconds after which what is waited for is given up."""
_OWN_SCHEDULED_TIME = 2


class Terminal:
    """One program; `seen` is every byte that it wrote. Leaving the `with` ends it."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str],
        size: tuple[int, int] = (140, 42),
        folder: Path | None = None,
    ) -> None:
        """Start `command` in a terminal of `size` columns and rows, with `env` and a terminal's own names."""
        self.seen = b""
        self._is_there = True
        self._main, side = pty.openpty()
        self.resize(size)
        self.process = subprocess.Popen(
            command,
            stdin=side,
            stdout=side,
            stderr=side,
            env={"TERM": "xterm-256color", "COLORTERM": "truecolor", **env},
            start_new_session=True,
            # The terminal is the program's own: only so it is told of another size.
            preexec_fn=_take_terminal,  # noqa: PLW1509
            cwd=folder,
        )
        os.close(side)

    def __enter__(self) -> Self:
        """Give the running program."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the program if it still runs."""
        self.process.kill()
        self.process.wait()
        self.hang_up()

    @property
    def now(self) -> float:
        """Seconds of a clock that stands still while the program is ready and others have the processors."""
        return time.perf_counter() - self._queued_seconds

    def hang_up(self) -> None:
        """Close the terminal, as its window does."""
        if self._is_there:
            os.close(self._main)
            self._is_there = False

    def resize(self, size: tuple[int, int]) -> None:
        """Make the terminal as many columns and rows; the program gets its signal from the kernel."""
        columns, rows = size
        fcntl.ioctl(self._main, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def write(self, keys: str) -> int:
        """Send keys; the answer is how many bytes were seen before."""
        start = len(self.seen)
        os.write(self._main, keys.encode())
        return start

    def press(self, keys: str, then: str) -> float:
        """Send keys and read until a text comes; the answer is how many seconds of `now` that took.

        Raises:
            TimeoutError: the text did not come.
            RuntimeError: the program ended before.
        """
        started = self.now
        self.read_until(then, self.write(keys))
        return self.now - started

    def read_until(self, text: str, start: int = 0) -> None:
        """Read until a text is among the bytes from `start` on; errors are those of `press`."""
        wanted, end = text.encode(), time.monotonic() + PATIENCE
        while wanted not in self.seen[max(start, 0) :]:
            if time.monotonic() > end:
                raise TimeoutError(f"{text!r} never came; last: {self._last()}")
            if not self._read(0.2):
                raise RuntimeError(f"it ended before {text!r} came; last: {self._last()}")

    def read_for(self, seconds: float) -> float:
        """Read what comes for so long; the answer is the processor seconds the program took meanwhile."""
        before, end = self.processor_seconds, time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and self._read(left):
            pass
        return self.processor_seconds - before

    def read_to_end(self) -> int:
        """Read until the program ends; the answer is its exit code."""
        while self._read(PATIENCE):
            pass
        return self.process.wait(PATIENCE)

    @property
    def processor_seconds(self) -> float:
        """Processor time of the program, all its threads; Linux only."""
        # clock_getcpuclockid(3), which Python lacks: how Linux numbers the clocks of processes.
        return time.clock_gettime((~self.process.pid << 3) | _OWN_SCHEDULED_TIME)

    @property
    def _queued_seconds(self) -> float:
        """Time that the program's main thread stood in the queue for a processor; Linux only."""
        # The second field of schedstat, in nanoseconds: the kernel's Documentation/scheduler/sched-stats.
        return int(Path(f"/proc/{self.process.pid}/schedstat").read_text(encoding="ascii").split()[1]) / 1e9

    def _read(self, seconds: float) -> bool:
        """Read one piece if it comes within so many seconds; false when no more can come."""
        if not select.select([self._main], [], [], seconds)[0]:
            return True
        try:
            piece = os.read(self._main, 65536)
        except OSError:
            # Linux answers so when the program has gone.
            return False
        self.seen += piece
        return bool(piece)

    def _last(self) -> str:
        return self.seen[-2000:].decode(errors="replace")


def _take_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
