"""`agentflow-tui replay`, `rerun`, `fork`, `resume`: a stored run once more, from anywhere."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agentflow_tui.cli.archive_commands import JsonOption, RunArgument
from agentflow_tui.cli.event_printer import EventsOption, PlainOption
from agentflow_tui.cli.exit_code import COMPLETED, FAILED
from agentflow_tui.cli.onward import FlowOption, ModeOption, NameOption, Onward, SpeedOption
from agentflow_tui.cli.printer import say, say_line
from agentflow_tui.cli.replay_report import ReplayReport
from agentflow_tui.cli.run_watch import work
from agentflow_tui.cli.state_edits import BranchOption, SetMetaOption, SetOption, StateEdits, UnsetOption

if TYPE_CHECKING:
    from agentflow_tui.workbench import Workbench
    from agentflow_tui.workbench.archive import StoredRun


def replay(
    run: Annotated[str, typer.Argument(metavar="RUN|FILE", help="A run's id, or a file of export.")],
    flow: FlowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Live a run again without calling anybody; ends with 1 if it comes out differently."""
    is_file = Path(run).is_file()

    async def do(bench: Workbench) -> int:
        found = await (bench.archive.read_file(Path(run)) if is_file else bench.archive.load(run))
        if flow is not None:
            bench.open(flow)
        outcome = await bench.replay(found, text=bench.text if flow is not None else None)
        report = ReplayReport(outcome)
        if as_json:
            facts = {"run_id": found.run_id, "exact": outcome.is_exact, **report.facts}
            say(json.dumps(facts, indent=2))
        else:
            for line in (outcome.text, *report.lines):
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
    is_plain: PlainOption = False,
) -> None:
    """Run again from an event on, as a fork; ends as run does."""
    onward = Onward.read(flow, mode, speed, as_json=as_json, is_plain=is_plain)

    async def do(bench: Workbench) -> int:
        from agentflow_tui.workbench.departure import Departure

        found = await bench.archive.load(run)
        first = _seq(found, start)
        onward.open(bench, found, Departure.make(found.history, first - 1))
        return await onward.follow_new(await bench.rerun(found.run_id, first, name=name, mode=onward.mode))

    work(do)


def fork(  # noqa: PLR0913, PLR0917 - one for each option
    run: RunArgument,
    at: Annotated[
        int | None, typer.Option("--at", help="The last event that is kept; -1 for none of them.")
    ] = None,
    values: SetOption = None,
    metas: SetMetaOption = None,
    removed: UnsetOption = None,
    branch: BranchOption = "",
    flow: FlowOption = None,
    mode: ModeOption = "auto",
    speed: SpeedOption = "full",
    name: NameOption = "",
    as_json: EventsOption = False,
    is_plain: PlainOption = False,
) -> None:
    """Go on from an event with another state or flow, as a new run; ends as run does."""
    onward = Onward.read(flow, mode, speed, as_json=as_json, is_plain=is_plain)
    wanted = StateEdits.read(values, metas, removed, branch)

    async def do(bench: Workbench) -> int:
        found = await bench.archive.load(run)
        at_seq = len(found.history) - 1 if at is None else at
        onward.open(bench, found, wanted.departure(found.history, at_seq))
        new = await bench.fork(
            found.run_id,
            at_seq,
            name=name,
            edits=wanted.data,
            meta_edits=wanted.metadata,
            branch=wanted.branch,
            mode=onward.mode,
        )
        return await onward.follow_new(new)

    work(do)


def resume(  # noqa: PLR0913, PLR0917 - one for each option
    run: RunArgument,
    flow: FlowOption = None,
    mode: ModeOption = "auto",
    speed: SpeedOption = "full",
    as_json: EventsOption = False,
    is_plain: PlainOption = False,
) -> None:
    """Go on with a run whose process died; ends as run does."""
    onward = Onward.read(flow, mode, speed, as_json=as_json, is_plain=is_plain)

    async def do(bench: Workbench) -> int:
        from agentflow_tui.workbench.departure import Departure

        found = await bench.archive.load(run)
        onward.open(bench, found, Departure.after_crash(found.history))
        return await onward.follow(await bench.resume(found.run_id, mode=onward.mode))

    work(do)


def _seq(found: StoredRun, start: str) -> int:
    from agentflow_tui.history.event import AgentStarted
    from agentflow_tui.workbench.not_ready import NotReadyError

    with suppress(ValueError):
        return int(start)
    for event in found.history:
        if isinstance(event, AgentStarted) and start in (event.agent, event.path):
            return event.seq
    raise NotReadyError(f"no agent '{start}' ran", hints=("agentflow-tui show RUN lists what happened",))
