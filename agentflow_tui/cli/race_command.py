"""`agentflow-tui race`: the same input through several modes at once."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agentflow_tui.cli.archive_commands import JsonOption
from agentflow_tui.cli.event_options import (
    InputFileOption,
    InputOption,
    MetaOption,
    TargetOption,
    given_event,
)
from agentflow_tui.cli.exit_code import CANCELLED, COMPLETED, FAILED, USAGE
from agentflow_tui.cli.printer import complain, say, say_line
from agentflow_tui.cli.run_command import require_mode, require_valid
from agentflow_tui.cli.run_watch import work

if TYPE_CHECKING:
    from agentflow_tui.config import Flow
    from agentflow_tui.engine import Event
    from agentflow_tui.workbench import Workbench
    from agentflow_tui.workbench.lane_totals import LaneTotals
    from agentflow_tui.workbench.race import Race
    from agentflow_tui.workbench.race_lane import RaceLane


def race(  # noqa: PLR0913, PLR0917 - one for each option
    file: Annotated[Path, typer.Argument(help="The flow file.", readable=False)],
    modes: Annotated[
        str, typer.Option("--modes", help="Two modes or more with commas between; all that fit by default.")
    ] = "",
    values: InputOption = None,
    input_file: InputFileOption = None,
    meta: MetaOption = None,
    target: TargetOption = "",
    score: Annotated[
        str, typer.Option("--score", help="The data key that tells how good a result is; the most is best.")
    ] = "",
    is_saving: Annotated[
        bool, typer.Option("--from-recordings", help="Ask the model only what no stored run asked before.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Run a flow in several modes at once and compare them. Ends as run does; 1 if any of them failed."""
    from agentflow_tui.workbench import Workbench

    workbench = Workbench()
    workbench.open(file)
    require_valid(workbench, file)
    assert workbench.flow is not None
    event = given_event(workbench, values, input_file, meta, target)
    wanted = _wanted(workbench, modes) if modes else _fitting(workbench.flow, event)

    async def do(bench: Workbench) -> int:
        begun = await bench.race(event, wanted, score=score, mode="auto" if is_saving else "record")
        ended = await _ended(begun)
        if as_json:
            say(_as_json(begun, ended))
        else:
            from agentflow_tui.cli.race_table import race_table

            for line in race_table(ended, score):
                say_line(line)
        return _code(ended)

    work(do, workbench)


def _wanted(workbench: Workbench, modes: str) -> list[str]:
    wanted = list(dict.fromkeys(mode.strip() for mode in modes.split(",") if mode.strip()))
    for mode in wanted:
        require_mode(workbench, mode, "--modes")
    return _enough(wanted)


def _fitting(flow: Flow, event: Event) -> list[str]:
    from agentflow_tui.workbench.mode_fit import ModeFit

    fits = ModeFit.all_of(flow)
    for fit in fits:
        if reason := fit.reason_against(event):
            complain(f"without {fit.mode}: {reason}")
    return _enough([fit.mode for fit in fits if not fit.reason_against(event)])


def _enough(modes: list[str]) -> list[str]:
    from agentflow_tui.workbench.race import FEWEST

    if len(modes) < FEWEST:
        complain(f"✗ a race needs two modes or more; here is {' and '.join(modes) or 'none'}")
        raise typer.Exit(USAGE)
    return modes


async def _ended(begun: Race) -> tuple[LaneTotals, ...]:
    """Wait for all; say of each when it ends. Whoever stops waiting cancels them."""
    complain(f"racing {', '.join(lane.mode for lane in begun.lanes)}")
    told = [asyncio.create_task(_tell_end(begun, lane)) for lane in begun.lanes]
    try:
        await asyncio.gather(*told)
    except asyncio.CancelledError:
        begun.cancel("interrupted")
    return await begun.wait()


async def _tell_end(begun: Race, lane: RaceLane) -> None:
    if lane.run is not None:
        await lane.run.wait()
    totals = next(each for each in begun.totals() if each.mode == lane.mode)
    reason = f": {totals.error}" if totals.error else ""
    complain(f"{lane.mode} {totals.status} after {totals.seconds:.1f} s{reason}")


def _as_json(begun: Race, ended: tuple[LaneTotals, ...]) -> str:
    from dataclasses import asdict

    from agentflow_tui.workbench.lane_totals import best_of

    best = {measure: sorted(modes) for measure, modes in best_of(ended).items()}
    lanes = [{key: value for key, value in asdict(lane).items() if key != "agents"} for lane in ended]
    return json.dumps(
        {"race": begun.race_id, "score_key": begun.score, "lanes": lanes, "best": best}, indent=2
    )


def _code(ended: tuple[LaneTotals, ...]) -> int:
    statuses = {lane.status for lane in ended}
    return COMPLETED if statuses == {"completed"} else CANCELLED if "cancelled" in statuses else FAILED
