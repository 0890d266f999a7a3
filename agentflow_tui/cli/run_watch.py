"""Driving a run to its end while its events are printed."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from contextlib import redirect_stdout
from typing import TYPE_CHECKING

import typer

from agentflow_tui.cli.exit_code import CANCELLED, COMPLETED, FAILED
from agentflow_tui.cli.output_error import OutputError
from agentflow_tui.cli.printer import complain
from agentflow_tui.cli.stop_signals import StopSignals

if TYPE_CHECKING:
    from agentflow_tui.history.event import HistoryEvent
    from agentflow_tui.workbench import Workbench
    from agentflow_tui.workbench.not_ready import NotReadyError
    from agentflow_tui.workbench.run import Run

_CODES = {"completed": COMPLETED, "failed": FAILED, "cancelled": CANCELLED}


def work(doing: Callable[[Workbench], Awaitable[int]], workbench: Workbench | None = None) -> None:
    """Do something with a workbench, close it, and end with the exit code that comes back.

    Nobody is there to let a run go on that stops: breakpoints do not stop it.
    What code of the flow prints meanwhile goes to standard error: the output is the command's own.
    """
    from agentflow_tui.workbench import Workbench

    bench = workbench or Workbench()
    bench.is_attended = False
    with StopSignals() as signals, redirect_stdout(sys.stderr):
        try:
            code = asyncio.run(_closing(bench, doing, signals))
        except asyncio.CancelledError:
            # Before a run began, while its model was looked for.
            code = CANCELLED
    raise typer.Exit(code)


async def _closing(
    workbench: Workbench, doing: Callable[[Workbench], Awaitable[int]], signals: StopSignals
) -> int:
    from agentflow_tui.workbench.not_ready import NotReadyError

    signals.guard()
    try:
        return await doing(workbench)
    except NotReadyError as error:
        explain(error)
        return FAILED
    finally:
        signals.release()
        await workbench.aclose()
        if workbench.archive.failure:
            complain(f"! the run is not kept: {workbench.archive.failure}")


def explain(error: NotReadyError) -> None:
    """Say why nothing ran, and the ways out."""
    complain(f"✗ {error.message}")
    for hint in error.hints:
        complain(f"  {hint}")


async def watch(run: Run, show: Callable[[HistoryEvent], None]) -> int:
    """Show what a run tells until it ends; return the exit code of how it ended.

    A run that nobody can read any more is cancelled, and so is one whose watcher is.

    Raises:
        OutputError: Standard output took no more; the run has ended.
    """
    shown = _Shown(run, show)
    run.on_event = shown.catch_up
    shown.catch_up()
    try:
        result = await run.wait()
    except asyncio.CancelledError:
        run.control.interrupt()
        result = await run.wait()
    shown.catch_up()
    if shown.failure is not None:
        raise shown.failure
    if result.calls_from_recordings:
        complain(f"{result.calls_from_recordings} of {result.calls} calls from recordings")
    return _CODES[result.status]


class _Shown:
    """Remembers how much of a history was printed."""

    def __init__(self, run: Run, show: Callable[[HistoryEvent], None]) -> None:
        self._run = run
        self._show = show
        self._count = 0
        self.failure: OutputError | None = None

    def catch_up(self) -> None:
        while self._count < len(self._run.history) and self.failure is None:
            self._count += 1
            try:
                self._show(self._run.history[self._count - 1])
            except OutputError as error:
                self.failure = error
                self._run.control.cancel("nobody reads the output")
