"""`agentflow-tui check`: what is wrong with a flow file, without running or importing anything."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agentflow_tui.cli.exit_code import FAILED
from agentflow_tui.cli.printer import say, say_line

if TYPE_CHECKING:
    from agentflow_tui.config import Problem


def check(
    file: Annotated[Path, typer.Argument(help="The flow file.", readable=False)],
    as_json: Annotated[bool, typer.Option("--json", help="Print the problems as a JSON list.")] = False,
) -> None:
    """Check a flow file; ends with 1 if it has errors."""
    from agentflow_tui.config import check_file

    checked = check_file(file)
    problems = checked.problems
    if as_json:
        say(json.dumps([asdict(problem) for problem in problems], indent=2))
    else:
        for problem in problems:
            say_line(problem_line(file, problem))
        if not problems:
            say_line(f"{file}: no problems")
    if not checked.is_valid:
        raise typer.Exit(FAILED)


def problem_line(file: Path, problem: Problem) -> str:
    """Return `file:line:col: severity: message (hint)`, which editors and terminals make clickable."""
    hint = f" ({problem.hint})" if problem.hint else ""
    return f"{file}:{problem.line}:{problem.column}: {problem.severity}: {problem.message}{hint}"
