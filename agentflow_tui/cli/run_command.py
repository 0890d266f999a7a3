"""`agentflow-tui run`: run a flow without the screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from agentflow_tui.cli.exit_code import USAGE
from agentflow_tui.cli.printer import complain, say_line
from agentflow_tui.cli.run_watch import print_json, print_line, watch, work

if TYPE_CHECKING:
    from agentflow_tui.engine import Event
    from agentflow_tui.history.event import HistoryEvent
    from agentflow_tui.workbench import Workbench


def run(  # noqa: PLR0913, PLR0917 - one for each option
    file: Annotated[Path, typer.Argument(help="The flow file.", readable=False)],
    values: Annotated[
        list[str] | None, typer.Option("--input", "-i", help="key=value, or a JSON object; may be repeated.")
    ] = None,
    input_file: Annotated[
        Path | None, typer.Option("--input-file", help="A JSON object in a file; - is standard input.")
    ] = None,
    meta: Annotated[
        list[str] | None, typer.Option("--meta", help="key=value of the event's metadata; may be repeated.")
    ] = None,
    target: Annotated[str, typer.Option("--target", help="The agent that the event is for (route).")] = "",
    mode: Annotated[str, typer.Option("--mode", help="Run this mode instead of the file's own.")] = "",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print each history event as a line of JSON.")
    ] = False,
    is_plain: Annotated[
        bool, typer.Option("--plain", help="Tell the run in plain sentences, for screen readers and pipes.")
    ] = False,
) -> None:
    """Run a flow once. Ends with 0 completed, 1 failed or not ready, 2 wrong input or file, 130 cancelled."""
    from agentflow_tui.cli.event_input import InputError, as_utf8, read_input, read_meta
    from agentflow_tui.engine import AgentError, Event
    from agentflow_tui.workbench import Workbench

    if as_json and is_plain:
        raise typer.BadParameter("--json and --plain exclude each other")
    workbench = Workbench()
    workbench.open(file)
    _require_valid(workbench, file)
    if mode:
        _require_mode(workbench, mode)
    try:
        data = read_input(values or (), input_file) or _example(workbench)
        metadata = read_meta(meta or ()) | ({"orchestration_override": mode} if mode else {})
        event = Event.make(data, metadata=metadata, target=as_utf8(target))
    except (InputError, AgentError) as error:
        complain(f"✗ {error}")
        raise typer.Exit(USAGE) from error
    show = print_json if as_json else _plain_printer() if is_plain else print_line
    work(lambda bench: _run(bench, event, show), workbench)


async def _run(workbench: Workbench, event: Event, show: Callable[[HistoryEvent], None]) -> int:
    return await watch(await workbench.start(event), show)


def _require_valid(workbench: Workbench, file: Path) -> None:
    from agentflow_tui.cli.check_command import problem_line

    for problem in workbench.checked.problems:
        complain(problem_line(file, problem))
    if not workbench.checked.is_valid:
        raise typer.Exit(USAGE)


def _require_mode(workbench: Workbench, mode: str) -> None:
    from agentflow_tui.config.orchestration import Mode
    from agentflow_tui.plan.compile import compile_plan
    from agentflow_tui.plan.plan_error import PlanError

    assert workbench.flow is not None
    configured, reason = [], f"no mode is called '{mode}'"
    for each in get_args(Mode):
        try:
            compile_plan(workbench.flow, each)
            configured.append(each)
        except PlanError as error:
            reason = str(error) if each == mode else reason
    if mode not in configured:
        complain(f"✗ --mode: {reason}")
        complain(f"  the file configures {', '.join(configured) or 'no mode'}")
        raise typer.Exit(USAGE)


def _example(workbench: Workbench) -> dict[str, object]:
    example = workbench.example_input()
    if example:
        complain("no --input: taking the file's own example")
    return example


def _plain_printer() -> Callable[[HistoryEvent], None]:
    from agentflow_tui.cli.plain_lines import PlainLines

    lines = PlainLines()

    def show(event: HistoryEvent) -> None:
        for line in lines.of(event):
            say_line(line)

    return show
