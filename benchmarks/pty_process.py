"""A program in a terminal of its own, timed from its start to what it paints."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Mapping, Sequence

ROWS_COLUMNS = (42, 140)


def seconds_until(
    command: Sequence[str],
    markers: Sequence[bytes],
    *,
    env: Mapping[str, str],
    limit: float = 30.0,
) -> float:
    """Start `command` in a pty and return the seconds until all `markers` are among what it wrote.

    Raises:
        TimeoutError: the markers did not all come within `limit` seconds.
        RuntimeError: the program ended before; the text has the end of what it wrote.
    """
    started = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvpe(command[0], list(command), {**env, "TERM": "xterm-256color", "COLORTERM": "truecolor"})
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", *ROWS_COLUMNS, 0, 0))
    written = b""
    try:
        while not all(marker in written for marker in markers):
            if time.perf_counter() - started > limit:
                raise TimeoutError(f"{markers!r} were not painted within {limit:g} s")
            if select.select([terminal], [], [], 0.2)[0]:
                written += _read(terminal, written)
        return time.perf_counter() - started
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(terminal)


def _read(terminal: int, before: bytes) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError as error:
        # Linux answers so when the other end is closed.
        last = before[-2000:].decode(errors="replace")
        raise RuntimeError(f"the program ended early; it wrote: {last}") from error
