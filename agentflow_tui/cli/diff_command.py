"""`agentflow-tui diff`: what two flow files mean differently, whatever they look like."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agentflow_tui.cli.exit_code import COMPLETED, FAILED, USAGE
from agentflow_tui.cli.printer import complain, say, say_line

if TYPE_CHECKING:
    from agentflow_tui.config import Flow
    from agentflow_tui.plan.node import Plan
    from agentflow_tui.plan.swap_forecast import ForecastChange, SwapForecast

_COMES_OF_IT = {
    "calls": "asked anew: {}",
    "shape": "another graph",
    "course": "goes on differently",
    "later": "from the next run on",
    "nothing": "changes nothing in a run",
}


def diff(
    old: Annotated[Path, typer.Argument(help="A flow file.", readable=False)],
    new: Annotated[Path, typer.Argument(help="Another one, or a later one.", readable=False)],
    as_json: Annotated[bool, typer.Option("--json", help="Print the changes as JSON.")] = False,
) -> None:
    """Tell what two flows mean differently; ends with 0 the same, 1 different, 2 errors in a file."""
    from agentflow_tui.config.flow_diff import flow_diff
    from agentflow_tui.config.flow_text import read_flow_text
    from agentflow_tui.plan.swap_forecast import SwapForecast

    before, after = _read(old), _read(new)
    changes = flow_diff(before[0], after[0], read_flow_text(new))
    forecast = SwapForecast.make(before, after, changes)
    if as_json:
        say(json.dumps(_as_json(forecast), indent=2))
    else:
        for change in forecast.changes:
            say_line(_line(new, change))
        for line in forecast.summary if changes else ("both mean the same",):
            say_line(line)
    raise typer.Exit(FAILED if changes else COMPLETED)


def _read(file: Path) -> tuple[Flow, Plan]:
    from agentflow_tui.cli.check_command import problem_line
    from agentflow_tui.config import check_file
    from agentflow_tui.plan.compile import compile_plan
    from agentflow_tui.plan.plan_error import PlanError

    checked = check_file(file)
    if checked.flow is None:
        for problem in checked.errors:
            complain(problem_line(file, problem))
        raise typer.Exit(USAGE)
    try:
        return checked.flow, compile_plan(checked.flow)
    except PlanError as error:
        complain(f"✗ {file}: {error}")
        raise typer.Exit(USAGE) from error


def _line(file: Path, each: ForecastChange) -> str:
    place = f"{file}:{each.change.line}: " if each.change.line else ""
    return f"{place}{each.change.text} ({_COMES_OF_IT[each.effect].format(', '.join(each.agents))})"


def _as_json(forecast: SwapForecast) -> dict[str, Any]:
    return {
        "changes": [
            {
                "path": each.change.path,
                "file": each.change.file,
                "line": each.change.line,
                "kind": each.change.kind,
                "subject": each.change.subject,
                "what": each.change.what,
                "effect": each.effect,
                "agents": each.agents,
            }
            for each in forecast.changes
        ],
        "asked_anew": forecast.agents,
        "graph_differs_from": forecast.shape_from,
        "refused_in_a_live_run": forecast.refusal,
    }
