"""`agentflow-tui test` and `save-test`: runs that are kept beside their flow, which has to repeat them."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agentflow_tui.cli.archive_commands import JsonOption, RunArgument, change_line
from agentflow_tui.cli.exit_code import COMPLETED, FAILED, USAGE
from agentflow_tui.cli.junit import CaseResult, junit
from agentflow_tui.cli.printer import complain, say, say_line
from agentflow_tui.cli.run_watch import work

if TYPE_CHECKING:
    from agentflow_tui.workbench import Workbench
    from agentflow_tui.workbench.flow_case import FlowCase
    from agentflow_tui.workbench.replay import Replay


def test(
    places: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[FLOW|FOLDER]…", help="Flow files, folders or single tests; this folder by default."
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

    async def do(bench: Workbench) -> int:
        from agentflow_tui.workbench.flow_case import cases_in

        for place in places or ():
            if not place.exists():
                complain(f"✗ there is no {place}")
                return USAGE
        cases = list(dict.fromkeys(case for place in places or [Path()] for case in cases_in(place)))
        facts: list[dict[str, Any]] = []
        results: list[CaseResult] = []
        for case in cases:
            result, more = await _tried(bench, case)
            results.append(result)
            facts.append(more)
            if not as_json:
                _tell(result)
        if report is not None:
            _write(report, junit(results))
        counts = {
            kind: sum(each.verdict == kind for each in results) for kind in ("same", "drift", "unreadable")
        }
        if as_json:
            say(json.dumps({"tests": facts, **counts}, indent=2))
        elif cases:
            told = ", ".join(f"{count} {kind}" for kind, count in counts.items() if count)
            say_line(f"{len(cases)} test{'s' if len(cases) > 1 else ''}: {told}")
        if not cases:
            complain("✗ there are no tests here")
            complain("  keep a run as one: agentflow-tui save-test RUN, or alt+t on the screen")
        return USAGE if counts["unreadable"] or not cases else FAILED if counts["drift"] else COMPLETED

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
            say(json.dumps({"file": str(case.file), **_facts(case, outcome)}, indent=2))
        else:
            say_line(f"{len(outcome.history)} events in {case.file}")
            if not outcome.is_exact:
                complain(f"! the flow's file is another one by now, so the test fails: {outcome.text}")
        return COMPLETED if outcome.is_exact else FAILED

    work(do)


async def _tried(bench: Workbench, case: FlowCase) -> tuple[CaseResult, dict[str, Any]]:
    from agentflow_tui.workbench.not_ready import NotReadyError

    began = time.monotonic()
    name, flow = case.name, str(case.flow)
    try:
        found = await case.replay(bench)
    except NotReadyError as error:
        seconds = time.monotonic() - began
        facts = {
            "flow": flow,
            "test": name,
            "outcome": "unreadable",
            "text": error.message,
            "hints": error.hints,
        }
        return CaseResult(flow, name, "unreadable", error.message, error.hints, seconds), facts
    lines = (*map(change_line, found.changes), *([found.note] if found.note else []))
    verdict = "same" if found.is_exact else "drift"
    result = CaseResult(flow, name, verdict, found.text, lines, time.monotonic() - began)  # type: ignore[arg-type]
    return result, _facts(case, found)


def _facts(case: FlowCase, found: Replay) -> dict[str, Any]:
    from agentflow_tui.history.codec import encode

    parts = found.divergence
    return {
        "flow": str(case.flow),
        "test": case.name,
        "outcome": "same" if found.is_exact else "drift",
        "text": found.text,
        "recorded": parts and parts.left and encode(parts.left),
        "now": parts and parts.right and encode(parts.right),
        "differences": [{"field": each.key, "recorded": each.old, "now": each.new} for each in found.changes],
        "note": found.note,
    }


def _tell(result: CaseResult) -> None:
    signs = {"same": "✓", "drift": "✗", "unreadable": "!"}
    told = result.text.removeprefix("drift: ")
    say_line(f"{signs[result.verdict]} {result.verdict:<10} {result.case}: {told}")
    for line in result.lines:
        say_line(f"    {line.strip()}")


def _write(path: Path, data: bytes) -> None:
    from agentflow_tui.workbench.not_ready import NotReadyError

    try:
        path.write_bytes(data)
    except OSError as error:
        raise NotReadyError(f"{path}: {error.strerror or error}") from error
