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
    marker: bytes,
    *,
    env: Mapping[str, str],
    limit: float = 30.0,
) -> float:
    """Start `command` in a pty and return the seconds until `marker` is among what it wrote.

    Raises:
        TimeoutError: the marker did not come within `limit` seconds.
    """
    started = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvpe(command[0], list(command), {**env, "TERM": "xterm-256color", "COLORTERM": "truecolor"})
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", *ROWS_COLUMNS, 0, 0))
    written = b""
    try:
        while marker not in written:
            if time.perf_counter() - started > limit:
                raise TimeoutError(f"{marker!r} was not painted within {limit:g} s")
            if select.select([terminal], [], [], 0.2)[0]:
                written += os.read(terminal, 65536)
        return time.perf_counter() - started
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(terminal)
