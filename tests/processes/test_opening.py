from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

_TAKES_MOUSE = b"\x1b[?1000h"


def _first_bytes(folder: Path, *options: str, until: bytes) -> bytes:
    """What the program writes to a terminal until it has painted its gallery."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    env = {**os.environ, "TERM": "xterm-256color", "HOME": str(folder)}
    env |= {f"XDG_{name}_HOME": str(folder / name.lower()) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
    program = subprocess.Popen(
        [sys.executable, "-m", "agentflow_tui", *options],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=folder,
        env=env,
    )
    os.close(theirs)
    seen, deadline = b"", time.monotonic() + 60
    try:
        while until not in seen and time.monotonic() < deadline:
            if select.select([ours], [], [], 1)[0]:
                seen += os.read(ours, 65536)
    finally:
        program.kill()
        program.wait()
        os.close(ours)
    assert until in seen
    return seen


@pytest.mark.parametrize(
    ("options", "setting", "takes_mouse"),
    [((), "", True), (("--no-mouse",), "", False), ((), "mouse = false\n", False)]
    + [(("open", "--no-mouse"), "mouse = true\n", False)],
)
def test_the_mouse_is_left_to_the_terminal_by_option_and_by_setting(
    tmp_path: Path, options: tuple[str, ...], setting: str, takes_mouse: bool
) -> None:
    folder = tmp_path / "config" / "agentflow-tui"
    folder.mkdir(parents=True)
    (folder / "settings.toml").write_text(setting, encoding="utf-8")
    seen = _first_bytes(tmp_path, *options, until=b"FLOWS")
    assert (_TAKES_MOUSE in seen) is takes_mouse
