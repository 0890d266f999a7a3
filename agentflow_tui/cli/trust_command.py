"""`agentflow-tui trust`: allow the Python code of a flow's folder, as it is now."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from agentflow_tui.cli.exit_code import FAILED
from agentflow_tui.cli.printer import complain, say_line


def trust(file: Annotated[Path, typer.Argument(help="The flow file.", readable=False)]) -> None:
    """Allow a flow's Python handlers to run; any change to the code there asks again."""
    from agentflow_tui.workbench import Workbench
    from agentflow_tui.workbench.not_ready import NotReadyError

    workbench = Workbench()
    workbench.open(file)
    try:
        files = workbench.grant_trust()
    except NotReadyError as error:
        complain(f"✗ {error.message}")
        raise typer.Exit(FAILED) from error
    if not files:
        say_line(f"{file} runs no Python code; there is nothing to trust")
        return
    say_line(f"All Python code in {file.parent.resolve()} may run now, as it is; this flow starts with:")
    for each in files:
        say_line(f"  {each}")
