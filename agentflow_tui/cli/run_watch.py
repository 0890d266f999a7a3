"""Driving a run to its end while its events are printed."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING

import typer

from agentflow_tui.cli.exit_code import CANCELLED, COMPLETED, FAILED
from agentflow_tui.cli.printer import complain, say_line

if TYPE_CHECKING:
    from agentflow_tui.history.event import HistoryEvent
    from agentflow_tui.not_ready import NotReadyError
    from agentflow_tui.run import Run
    from agentflow_tui.workbench import Workbench

_CODES = {"completed": COMPLETED, "failed": FAILED, "cancelled": CANCELLED}


def work(doing: Callable[[Workbench], Awaitable[int]], workbench: Workbench | None = None) -> None:
    """Do something with a workbench, close it, and end with the exit code that comes back."""
    from agentflow_tui.workbench import Workbench

    try:
        code = asyncio.run(_closing(workbench or Workbench(), doing))
    except KeyboardInterrupt:
        # Before a run began, while its model was looked for.
        code = CANCELLED
    raise typer.Exit(code)


async def _closing(workbench: Workbench, doing: Callable[[Workbench], Awaitable[int]]) -> int:
    from agentflow_tui.not_ready import NotReadyError

    try:
        return await doing(workbench)
    except NotReadyError as error:
        explain(error)
        return FAILED
    finally:
        await workbench.aclose()


def explain(error: NotReadyError) -> None:
    """Say why nothing ran, and the ways out."""
    complain(f"✗ {error.message}")
    for hint in error.hints:
        complain(f"  {hint}")


async def watch(run: Run, show: Callable[[HistoryEvent], None]) -> int:
    """Show what a run tells until it ends; return the exit code of how it ended."""
    loop = asyncio.get_running_loop()
    # Not on Windows' loops, where Ctrl-C ends the program without the history's last event.
    with suppress(NotImplementedError):
        loop.add_signal_handler(signal.SIGINT, run.control.interrupt)
        loop.add_signal_handler(signal.SIGTERM, run.control.interrupt)
    shown = _Shown(run.history, show)
    run.on_event = shown.catch_up
    shown.catch_up()
    result = await run.wait()
    shown.catch_up()
    if result.calls_from_recordings:
        complain(f"{result.calls_from_recordings} of {result.calls} calls from recordings")
    return _CODES[result.status]


def print_json(event: HistoryEvent) -> None:
    """Print an event as a line of JSON."""
    from agentflow_tui.history.codec import to_line

    say_line(to_line(event))


def print_line(event: HistoryEvent) -> None:
    """Print an event as a line for a person, with what it changed below."""
    from agentflow_tui.cli.event_line import change_lines, event_line

    line = event_line(event)
    if line is not None:
        say_line(line)
    for change in change_lines(event):
        say_line(change)


class _Shown:
    """Remembers how much of a history was printed."""

    def __init__(self, history: list[HistoryEvent], show: Callable[[HistoryEvent], None]) -> None:
        self._history = history
        self._show = show
        self._count = 0

    def catch_up(self) -> None:
        while self._count < len(self._history):
            self._count += 1
            self._show(self._history[self._count - 1])
