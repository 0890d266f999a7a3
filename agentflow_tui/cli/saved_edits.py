"""Saves of a flow file, taken over by the run that goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from agentflow_tui.cli.printer import complain

if TYPE_CHECKING:
    from agentflow_tui.workbench import Workbench
    from agentflow_tui.workbench.run import Run


@asynccontextmanager
async def taking_over(workbench: Workbench, run: Run, file: Path) -> AsyncIterator[None]:
    """Meanwhile let a run take over each save before the next iteration of a loop, and tell of it.

    In the end tell what was saved too late.
    """
    task = asyncio.create_task(_watch(workbench, run, file), name=f"watch {file}")
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        if run.config is not None and run.config.waiting is not None:
            complain("! the saved config was not taken over: no further iteration came")


async def _watch(workbench: Workbench, run: Run, file: Path) -> None:
    from agentflow_tui.workbench.file_watch import writes

    async for _ in writes(file):
        await take_over(workbench, run, file)


async def take_over(workbench: Workbench, run: Run, file: Path) -> None:
    """Let a run take over a file as it is now, and tell what comes of it; errors change nothing."""
    from agentflow_tui.cli.check_command import problem_line
    from agentflow_tui.config.flow_text import FlowTextError, read_flow_text
    from agentflow_tui.workbench.not_ready import NotReadyError

    try:
        text = await asyncio.to_thread(read_flow_text, file)
    except FlowTextError as error:
        complain(f"! the saved config is not taken over: {error.message}")
        return
    if text == workbench.text or run.is_over:
        return
    for problem in workbench.check(text).errors:
        complain(problem_line(file, problem))
    try:
        proposal = await workbench.swap(run)
    except NotReadyError as error:
        complain(f"! the saved config is not taken over: {error.message}")
        for hint in error.hints:
            complain(f"  {hint}")
        return
    if proposal.is_empty:
        complain("⇄ the saved config means the same as the one that runs")
        return
    complain("⇄ the saved config waits for the next iteration:")
    for each in proposal.forecast.changes:
        complain(f"  {each.change.text}")
    for line in proposal.forecast.summary:
        complain(f"  {line}")
