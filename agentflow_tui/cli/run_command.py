"""`agentflow-tui run`: run a flow without the screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agentflow_tui.cli.event_options import (
    InputFileOption,
    InputOption,
    MetaOption,
    TargetOption,
    given_event,
)
from agentflow_tui.cli.event_printer import EventsOption, PlainOption, event_printer
from agentflow_tui.cli.exit_code import USAGE
from agentflow_tui.cli.printer import complain
from agentflow_tui.cli.run_watch import watch, work

if TYPE_CHECKING:
    from agentflow_tui.engine import Event
    from agentflow_tui.history.event import HistoryEvent
    from agentflow_tui.workbench import Workbench


def run(  # noqa: PLR0913, PLR0917 - one for each option
    file: Annotated[Path, typer.Argument(help="The flow file.", readable=False)],
    values: InputOption = None,
    input_file: InputFileOption = None,
    meta: MetaOption = None,
    target: TargetOption = "",
    mode: Annotated[str, typer.Option("--mode", help="Run this mode instead of the file's own.")] = "",
    as_json: EventsOption = False,
    is_plain: PlainOption = False,
    is_watching: Annotated[
        bool,
        typer.Option("--watch", help="Take over what is saved to the file before the next loop iteration."),
    ] = False,
) -> None:
    """Run a flow once. Ends with 0 completed, 1 failed or not ready, 2 wrong input or file, 130 cancelled."""
    from agentflow_tui.workbench import Workbench

    show = event_printer(as_json=as_json, is_plain=is_plain)
    workbench = Workbench()
    workbench.open(file)
    require_valid(workbench, file)
    if mode:
        require_mode(workbench, mode, "--mode")
    event = given_event(workbench, values, input_file, meta, target, mode)
    watched = file if is_watching else None
    work(lambda bench: _run(bench, event, show, watched), workbench)


async def _run(
    workbench: Workbench, event: Event, show: Callable[[HistoryEvent], None], watched: Path | None
) -> int:
    started = await workbench.start(event)
    if watched is None:
        return await watch(started, show)
    from agentflow_tui.cli.saved_edits import taking_over

    async with taking_over(workbench, started, watched):
        return await watch(started, show)


def require_valid(workbench: Workbench, file: Path) -> None:
    """Print the problems of the open file; ends the command when it has errors."""
    from agentflow_tui.cli.check_command import problem_line

    for problem in workbench.checked.problems:
        complain(problem_line(file, problem))
    if not workbench.checked.is_valid:
        raise typer.Exit(USAGE)


def require_mode(workbench: Workbench, mode: str, option: str) -> None:
    """End the command, with the reason, when the flow cannot run in a mode that an option asks for."""
    from agentflow_tui.workbench.mode_fit import ModeFit

    assert workbench.flow is not None
    problem = ModeFit.of(workbench.flow, mode).problem
    if problem:
        fits = [fit.mode for fit in ModeFit.all_of(workbench.flow) if not fit.problem]
        complain(f"✗ {option}: {problem}")
        complain(f"  the file configures {', '.join(fits) or 'no mode'}")
        raise typer.Exit(USAGE)
