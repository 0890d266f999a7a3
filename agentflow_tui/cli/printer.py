"""Writing to the terminal: nothing from outside reaches it before its control characters are made visible."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TextIO

from agentflow_tui.cli.output_error import OutputError
from agentflow_tui.control_characters import visible, visible_line


def say(text: str = "") -> None:
    """Write text and a line break to standard output.

    Raises:
        OutputError: It takes no more.
    """
    _print(visible(text))


def say_line(text: str) -> None:
    """Write text as exactly one line to standard output.

    Raises:
        OutputError: It takes no more.
    """
    _print(visible_line(text))


def complain(text: str) -> None:
    """Write text and a line break to standard error, if there is one."""
    if sys.stderr is not None:
        # There is no other place to say that this one fails.
        with suppress(OSError):
            _write(sys.stderr, visible(text))


def _print(text: str) -> None:
    # What a flow's own code prints goes elsewhere (`run_watch.work`), so not `sys.stdout`.
    if sys.__stdout__ is None:
        return
    try:
        _write(sys.__stdout__, text)
    except OSError as error:
        raise OutputError(error) from error


def _write(stream: TextIO, text: str) -> None:
    try:
        stream.write(text + "\n")
    except UnicodeEncodeError:
        # A terminal that is not UTF-8 shows what it can.
        encoding = stream.encoding or "ascii"
        stream.write(text.encode(encoding, "replace").decode(encoding) + "\n")
    stream.flush()
