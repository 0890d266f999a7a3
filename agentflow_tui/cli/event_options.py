"""The options that make up the event of a run, and the event that they are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agentflow_tui.cli.exit_code import USAGE
from agentflow_tui.cli.printer import complain

if TYPE_CHECKING:
    from agentflow_tui.engine import Event
    from agentflow_tui.workbench import Workbench

InputOption = Annotated[
    list[str] | None, typer.Option("--input", "-i", help="key=value, or a JSON object; may be repeated.")
]
InputFileOption = Annotated[
    Path | None, typer.Option("--input-file", help="A JSON object in a file; - is standard input.")
]
MetaOption = Annotated[
    list[str] | None, typer.Option("--meta", help="key=value of the event's metadata; may be repeated.")
]
TargetOption = Annotated[str, typer.Option("--target", help="The agent that the event is for (route).")]


def given_event(  # noqa: PLR0913, PLR0917 - what an event is made of
    workbench: Workbench,
    values: list[str] | None,
    input_file: Path | None,
    meta: list[str] | None,
    target: str,
    mode: str = "",
) -> Event:
    """Return the event of these options, by default the file's own example; ends the command on bad ones."""
    from agentflow_tui.cli.event_input import InputError, as_utf8, read_input, read_meta
    from agentflow_tui.engine import AgentError, Event
    from agentflow_tui.workbench.target_doubt import target_doubt

    try:
        data = read_input(values or (), input_file) or _example(workbench)
        metadata = read_meta(meta or ()) | ({"orchestration_override": mode} if mode else {})
        event = Event.make(data, metadata=metadata, target=as_utf8(target))
    except (InputError, AgentError) as error:
        complain(f"✗ {error}")
        raise typer.Exit(USAGE) from error
    if workbench.flow is not None and (doubt := target_doubt(workbench.flow, event.target, metadata)):
        complain(f"! --target: {doubt}")
        complain("  the event is routed as without a target")
    return event


def _example(workbench: Workbench) -> dict[str, object]:
    example = workbench.example_input()
    if example:
        complain("no --input: taking the file's own example")
    return example
