"""Writing to the terminal: nothing from outside reaches it before its control characters are made visible."""

from __future__ import annotations

import sys
from typing import TextIO

from agentflow_tui.control_characters import visible, visible_line


def say(text: str = "") -> None:
    """Write text and a line break to standard output."""
    _write(sys.stdout, visible(text))


def say_line(text: str) -> None:
    """Write text as exactly one line to standard output."""
    _write(sys.stdout, visible_line(text))


def complain(text: str) -> None:
    """Write text and a line break to standard error."""
    _write(sys.stderr, visible(text))


def _write(stream: TextIO, text: str) -> None:
    try:
        stream.write(text + "\n")
    except UnicodeEncodeError:
        # A terminal that is not UTF-8 shows what it can.
        encoding = stream.encoding or "ascii"
        stream.write(text.encode(encoding, "replace").decode(encoding) + "\n")
    stream.flush()
