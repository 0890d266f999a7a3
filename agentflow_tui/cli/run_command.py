"""`agentflow-tui run`: run a flow without the screen."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agentflow_tui.cli.exit_code import CANCELLED, COMPLETED, FAILED, USAGE
from agentflow_tui.cli.printer import complain, say_line

if TYPE_CHECKING:
    from agentflow_tui.engine import Event
    from agentflow_tui.history.event import HistoryEvent
    from agentflow_tui.workbench import Workbench

_CODES = {"completed": COMPLETED, "failed": FAILED, "cancelled": CANCELLED}


def run(  # noqa: PLR0913, PLR0917 - one for each option
    file: Annotated[Path, typer.Argument(help="The flow file.")],
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
    from agentflow_tui.cli.event_input import InputError, read_input, read_meta
    from agentflow_tui.engine import AgentError, Event
    from agentflow_tui.workbench import Workbench

    workbench = Workbench()
    workbench.open(file)
    _require_valid(workbench, file)
    try:
        data = read_input(values or (), input_file) or _example(workbench)
        metadata = read_meta(meta or ()) | ({"orchestration_override": mode} if mode else {})
        event = Event.make(data, metadata=metadata, target=target)
    except (InputError, AgentError) as error:
        complain(f"✗ {error}")
        raise typer.Exit(USAGE) from error
    show = _print_json if as_json else _plain_printer() if is_plain else _print_line
    try:
        code = asyncio.run(_run(workbench, event, show))
    except KeyboardInterrupt:
        # Before the run began, while its model was looked for.
        code = CANCELLED
    raise typer.Exit(code)


def _require_valid(workbench: Workbench, file: Path) -> None:
    from agentflow_tui.cli.check_command import problem_line

    for problem in workbench.checked.problems:
        complain(problem_line(file, problem))
    if not workbench.checked.is_valid:
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


def _print_json(event: HistoryEvent) -> None:
    from agentflow_tui.history.codec import to_line

    say_line(to_line(event))


def _print_line(event: HistoryEvent) -> None:
    from agentflow_tui.cli.event_line import change_lines, event_line

    line = event_line(event)
    if line is not None:
        say_line(line)
    for change in change_lines(event):
        say_line(change)


async def _run(workbench: Workbench, event: Event, show: Callable[[HistoryEvent], None]) -> int:
    from agentflow_tui.not_ready import NotReadyError

    try:
        run = await workbench.start(event)
    except NotReadyError as error:
        complain(f"✗ {error.message}")
        for hint in error.hints:
            complain(f"  {hint}")
        return FAILED
    else:
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
        return _CODES[result.status]
    finally:
        await workbench.aclose()


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
