"""Opening the workbench in this terminal."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from agentflow_tui.cli.end_of_terminal import EndOfTerminal
from agentflow_tui.cli.exit_code import USAGE
from agentflow_tui.cli.printer import complain

if TYPE_CHECKING:
    from agentflow_tui.tui.app import AgentflowApp

_OBJECTS_UNTIL_COLLECTED = 20_000
"""Python's own 700 cost a good part of the processor time of a screen full of agents."""


def is_opening(arguments: list[str]) -> bool:
    """Tell whether the arguments can only mean the workbench: none, or one that no command is named like."""
    if not arguments:
        return True
    first = arguments[0]
    return len(arguments) == 1 and not first.startswith("-") and ("." in first or os.sep in first)


def open_in_terminal(file: Path | None, *, takes_mouse: bool = True) -> int:
    """Run the workbench, or the gallery without a file; returns the exit code.

    Without the mouse, or with the user's setting against it, the terminal's own selection of text works.
    """
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        complain("✗ the workbench needs a terminal for input and output")
        complain(f"  agentflow-tui run {file or 'FILE'} runs a flow without one")
        return USAGE
    if os.environ.get("TERM") == "dumb":
        complain("✗ this terminal only writes line after line (TERM=dumb): the workbench needs a screen")
        complain(f"  agentflow-tui run --plain {file or 'FILE'} tells line by line how a flow runs")
        return USAGE
    _believe_terminal()
    _spare_screen()
    from agentflow_tui.tui.app import AgentflowApp

    app = AgentflowApp(path=file)
    app.when_open = _spare_collector
    asyncio.run(_run(app, has_mouse=takes_mouse and app.preferences.mouse))
    return app.return_code or 0


def _spare_collector() -> None:
    # What is loaded by now stays: looking it over for rubbish again and again would hold up keys for 0.1 s.
    gc.freeze()
    # Painting makes many small objects, nearly all of which go by themselves.
    gc.set_threshold(_OBJECTS_UNTIL_COLLECTED, 20, 50)


def _believe_terminal() -> None:
    """Forget `COLUMNS` and `LINES` where the terminal tells its size: it changes, and they do not."""
    try:
        size = os.get_terminal_size(sys.stdout.fileno())
    except OSError:
        return
    if size.columns and size.lines:
        for name in ("COLUMNS", "LINES"):
            os.environ.pop(name, None)


def _spare_screen() -> None:
    """Do with 256 colours in GNU screen: it garbles those that only the terminal around it has promised."""
    if "STY" in os.environ and "COLORTERM" in os.environ:
        os.environ.setdefault("TEXTUAL_COLOR_SYSTEM", "256")


async def _run(app: AgentflowApp, *, has_mouse: bool) -> None:
    EndOfTerminal(app).listen()
    await app.run_async(mouse=has_mouse)
