"""`agentflow-tui test` and `save-test`: runs that are kept beside their flow, which has to repeat them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agentflow_tui.cli.archive_commands import JsonOption, RunArgument
from agentflow_tui.cli.case_outcome import CaseOutcome, CaseOutcomes, case_facts
from agentflow_tui.cli.exit_code import COMPLETED, FAILED, USAGE
from agentflow_tui.cli.junit import junit
from agentflow_tui.cli.printer import complain, say, say_line
from agentflow_tui.cli.run_watch import work

if TYPE_CHECKING:
    from agentflow_tui.workbench import Workbench
    from agentflow_tui.workbench.flow_case import FlowCase


def test(
    places: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="FLOW|FOLDER", help="Flow files, folders or single tests; this folder by default."
        ),
    ] = None,
    as_json: JsonOption = False,
    report: Annotated[
        Path | None, typer.Option("--junit", help="Write a report for a build server into this file.")
    ] = None,
) -> None:
    """Replay the runs kept as tests with the flows of now; calls nobody. Ends with 1 if one drifts.

    Ends with 2 if one cannot be read, or if there is none.
    """
    cases = _cases(places or [Path()])

    async def do(bench: Workbench) -> int:
        outcomes = CaseOutcomes()
        for case in cases:
            tried = await CaseOutcome.of(bench, case)
            outcomes.all.append(tried)
            if not as_json:
                for line in tried.lines:
                    say_line(line)
        if report is not None:
            _write(report, junit([each.result for each in outcomes.all]))
        if as_json:
            say(json.dumps(outcomes.facts, indent=2))
        elif cases:
            say_line(outcomes.text)
        if not cases:
            complain("✗ there are no tests here")
            complain("  keep a run as one: agentflow-tui save-test RUN, or `save as test` on the screen")
        return outcomes.exit_code

    work(do)


def save_test(
    run: RunArgument,
    name: Annotated[str, typer.Argument(help="What to call the test; the run's own name by default.")] = "",
    flow: Annotated[
        Path | None, typer.Option("--flow", help="The flow file to test, if not the one that ran.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Keep a run as a test beside its flow, in place of one so named; ends with 1 if it drifts already."""

    async def do(bench: Workbench) -> int:
        from agentflow_tui.workbench.flow_case import FlowCase, name_for
        from agentflow_tui.workbench.not_ready import NotReadyError

        summary = await bench.archive.find(run)
        file = flow or (Path(summary.flow_path) if summary.flow_path else None)
        if file is None:
            raise NotReadyError("this run's flow had no file", hints=("name one: --flow FILE",))
        case = FlowCase.named(file, name_for(name or summary.name) or summary.run_id[:8])
        outcome = await case.save(bench, summary.run_id)
        if as_json:
            say(json.dumps({"file": str(case.file), **case_facts(case, outcome)}, indent=2))
        else:
            say_line(f"{len(outcome.history)} events in {case.file}")
            if not outcome.is_exact:
                complain(f"! the flow's file is another one by now, so the test fails: {outcome.text}")
        return COMPLETED if outcome.is_exact else FAILED

    work(do)


def _cases(places: list[Path]) -> list[FlowCase]:
    """Find the tests, each once; ends the command when a place is not there."""
    from agentflow_tui.workbench.flow_case import cases_in

    for place in places:
        if not place.exists():
            complain(f"✗ there is no {place}")
            raise typer.Exit(USAGE)
    return list(dict.fromkeys(case for place in places for case in cases_in(place)))


def _write(path: Path, data: bytes) -> None:
    from agentflow_tui.workbench.not_ready import NotReadyError

    try:
        path.write_bytes(data)
    except OSError as error:
        raise NotReadyError(f"{path}: {error.strerror or error}") from error
