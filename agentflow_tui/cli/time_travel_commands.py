"""`agentflow-tui replay`, `rerun`, `fork`, `resume`: a stored run once more, from anywhere."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from agentflow_tui.cli.archive_commands import JsonOption, RunArgument, change_line
from agentflow_tui.cli.exit_code import COMPLETED, FAILED, USAGE
from agentflow_tui.cli.printer import complain, say, say_line
from agentflow_tui.cli.run_watch import print_json, print_line, watch, work

if TYPE_CHECKING:
    from agentflow_tui.llm.run_recordings import RecordingMode, Speed
    from agentflow_tui.workbench import Workbench
    from agentflow_tui.workbench.archive import StoredRun

FlowOption = Annotated[
    Path | None,
    typer.Option("--flow", help="The flow file to go on with, instead of the text kept with the run."),
]
ModeOption = Annotated[
    str,
    typer.Option(
        "--mode", help="Where answers come from: auto (recordings, else the model), record, live or replay."
    ),
]
SpeedOption = Annotated[
    str,
    typer.Option(
        "--speed", help="How recordings stream: full (no waiting), original or none (in one piece)."
    ),
]
NameOption = Annotated[str, typer.Option("--name", help="What to call the new run.")]
EventsOption = Annotated[bool, typer.Option("--json", help="Print each history event as a line of JSON.")]


def replay(
    run: Annotated[str, typer.Argument(metavar="RUN|FILE", help="A run's id, or a file of export.")],
    flow: FlowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Live a run again without calling anybody; ends with 1 if it comes out differently."""
    is_file = Path(run).is_file()

    async def do(bench: Workbench) -> int:
        from agentflow_tui.history.codec import encode

        found = await (bench.archive.read_file(Path(run)) if is_file else bench.archive.load(run))
        if flow is not None:
            bench.open(flow)
        outcome = await bench.replay(found, text=bench.text if flow is not None else None)
        parts = outcome.divergence
        if as_json:
            facts = {
                "run_id": found.run_id,
                "exact": outcome.is_exact,
                "text": outcome.text,
                "recorded": parts and parts.left and encode(parts.left),
                "now": parts and parts.right and encode(parts.right),
                "differences": [
                    {"field": each.key, "recorded": each.old, "now": each.new} for each in outcome.changes
                ],
                "note": outcome.note,
            }
            say(json.dumps(facts, indent=2))
        else:
            for line in (outcome.text, *map(change_line, outcome.changes), outcome.note):
                if line:
                    say_line(line)
        return COMPLETED if outcome.is_exact else FAILED

    work(do)


def rerun(  # noqa: PLR0913, PLR0917 - one for each option
    run: RunArgument,
    start: Annotated[
        str, typer.Option("--from", help="The first event to do again, or an agent: its first run.")
    ] = "0",
    flow: FlowOption = None,
    mode: ModeOption = "auto",
    speed: SpeedOption = "full",
    name: NameOption = "",
    as_json: EventsOption = False,
) -> None:
    """Run again from an event on, as a fork; ends as run does."""
    chosen, pace = _mode(mode), _speed(speed)

    async def do(bench: Workbench) -> int:
        found = await bench.archive.load(run)
        first = _seq(found, start)
        _open(bench, found, flow, first - 1)
        bench.speed = pace
        again = await bench.rerun(found.run_id, first, name=name, mode=chosen)
        return await _watched(again, as_json=as_json)

    work(do)


def fork(  # noqa: PLR0913, PLR0917 - one for each option
    run: RunArgument,
    at: Annotated[
        int | None, typer.Option("--at", help="The last event that is kept; -1 for none of them.")
    ] = None,
    values: Annotated[
        list[str] | None, typer.Option("--set", help="key=value of the state there; may be repeated.")
    ] = None,
    metas: Annotated[
        list[str] | None, typer.Option("--set-meta", help="key=value of its metadata; may be repeated.")
    ] = None,
    removed: Annotated[
        list[str] | None, typer.Option("--unset", help="A key to take away; may be repeated.")
    ] = None,
    branch: Annotated[
        str, typer.Option("--branch", help="Whose state: the path of a branch of the open parallel phase.")
    ] = "",
    flow: FlowOption = None,
    mode: ModeOption = "auto",
    speed: SpeedOption = "full",
    name: NameOption = "",
    as_json: EventsOption = False,
) -> None:
    """Go on from an event with another state or flow, as a new run; ends as run does."""
    from agentflow_tui.cli.event_input import InputError, read_meta, read_pairs
    from agentflow_tui.workbench.departure import REMOVED

    chosen, pace = _mode(mode), _speed(speed)
    try:
        edits: dict[str, Any] = read_pairs(values or (), "--set") | dict.fromkeys(removed or (), REMOVED)
        meta_edits = read_meta(metas or (), "--set-meta")
    except InputError as error:
        complain(f"✗ {error}")
        raise typer.Exit(USAGE) from error

    async def do(bench: Workbench) -> int:
        found = await bench.archive.load(run)
        at_seq = len(found.history) - 1 if at is None else at
        _open(bench, found, flow, at_seq)
        bench.speed = pace
        new = await bench.fork(
            found.run_id,
            at_seq,
            name=name,
            edits=edits,
            meta_edits=meta_edits,
            branch=branch,
            mode=chosen,
        )
        return await _watched(new, as_json=as_json)

    work(do)


def resume(  # noqa: PLR0913, PLR0917 - one for each option
    run: RunArgument,
    flow: FlowOption = None,
    mode: ModeOption = "auto",
    speed: SpeedOption = "full",
    as_json: EventsOption = False,
) -> None:
    """Go on with a run whose process died; ends as run does."""
    chosen, pace = _mode(mode), _speed(speed)

    async def do(bench: Workbench) -> int:
        found = await bench.archive.load(run)
        _open(bench, found, flow, len(found.history) - 1)
        bench.speed = pace
        again = await bench.resume(found.run_id, mode=chosen)
        return await watch(again, print_json if as_json else print_line)

    work(do)


async def _watched(run: Any, *, as_json: bool) -> int:
    if not as_json:
        say_line(f"run {run.run_id}")
    return await watch(run, print_json if as_json else print_line)


def _open(bench: Workbench, found: StoredRun, flow: Path | None, seq: int) -> None:
    """Take the given file, or the text that the run followed after an event."""
    from agentflow_tui.workbench.not_ready import NotReadyError

    text = found.text_at(seq)
    if flow is not None:
        bench.open(flow)
    elif text:
        bench.check_kept(text, found.flow_path)
    else:
        raise NotReadyError(
            "the flow's text was not kept with this run", hints=("name its file: --flow FILE",)
        )


def _seq(found: StoredRun, start: str) -> int:
    from agentflow_tui.history.event import AgentStarted
    from agentflow_tui.workbench.not_ready import NotReadyError

    with suppress(ValueError):
        return int(start)
    for event in found.history:
        if isinstance(event, AgentStarted) and start in (event.agent, event.path):
            return event.seq
    raise NotReadyError(f"no agent '{start}' ran", hints=("agentflow-tui show RUN lists what happened",))


def _mode(mode: str) -> RecordingMode:
    from agentflow_tui.llm.run_recordings import RecordingMode

    if mode not in get_args(RecordingMode):
        raise typer.BadParameter(f"'{mode}' is none of auto, record, live, replay", param_hint="--mode")
    return mode  # type: ignore[return-value]


def _speed(speed: str) -> Speed:
    from agentflow_tui.llm.run_recordings import Speed

    if speed not in get_args(Speed):
        raise typer.BadParameter(f"'{speed}' is none of full, original, none", param_hint="--speed")
    return speed  # type: ignore[return-value]
