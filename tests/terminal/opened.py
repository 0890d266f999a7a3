"""The program as a user starts it, on a pseudo terminal, with folders of its own."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.terminal import Terminal
from benchmarks.user import user

F2, F7, F8, F11 = "\x1bOQ", "\x1b[18~", "\x1b[19~", "\x1b[23~"
UP, DOWN = "\x1b[A", "\x1b[B"
ENTER, ESCAPE = "\r", "\x1b"


def write(folder: Path, text: str, name: str = "flow.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def opened(
    path: Path, size: tuple[int, int] = (140, 42), *options: str, by: tuple[str, ...] = (), **more: str
) -> Terminal:
    """The workbench with a flow, as soon as it can be used; `by` is a command that starts it."""
    command = [*by, sys.executable, "-m", "agentflow_tui", str(path), *options]
    terminal = Terminal(command, env=user(path.parent, **more), size=size, folder=path.parent)
    terminal.read_until("READY")
    return terminal


def run_to_end(terminal: Terminal) -> None:
    """Run the flow with the input that is proposed."""
    terminal.press(" ", "INPUT OF THE RUN")
    terminal.press(ENTER, "COMPLETED")
