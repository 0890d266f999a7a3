"""`agentflow-tui graph`: what a flow will do, drawn."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agentflow_tui.cli.exit_code import USAGE
from agentflow_tui.cli.printer import complain, say

if TYPE_CHECKING:
    from agentflow_tui.plan.node import Plan


def graph(
    file: Annotated[Path, typer.Argument(help="The flow file.", readable=False)],
    as_mermaid: Annotated[
        bool, typer.Option("--mermaid/--text", help="Print a Mermaid flowchart, or boxes and lines as text.")
    ] = False,
    top_down: Annotated[
        bool, typer.Option("--top-down", help="Draw from top to bottom; text goes as the terminal has room.")
    ] = False,
    mode: Annotated[str, typer.Option("--mode", help="Draw this mode instead of the file's own.")] = "",
) -> None:
    """Draw a flow without running it; ends with 2 if the file has errors."""
    plan = _plan(file, mode)
    if as_mermaid:
        from agentflow_tui.plan.mermaid import mermaid

        say(mermaid(plan, top_down=top_down).rstrip("\n"))
        return
    from agentflow_tui.plan.layout import lay_out

    size = shutil.get_terminal_size()
    drawing = lay_out(plan, direction="down" if top_down else "auto", room=(size.columns, size.lines))
    say(drawing.text())


def _plan(file: Path, mode: str) -> Plan:
    from agentflow_tui.cli.check_command import problem_line
    from agentflow_tui.config import check_file
    from agentflow_tui.plan.compile import compile_plan
    from agentflow_tui.plan.plan_error import PlanError

    checked = check_file(file)
    for problem in checked.problems:
        complain(problem_line(file, problem))
    if checked.flow is None:
        raise typer.Exit(USAGE)
    try:
        return compile_plan(checked.flow, mode or None)
    except PlanError as error:
        complain(f"✗ {error}")
        raise typer.Exit(USAGE) from error
