"""`agentflow-tui trust`: allow the Python code of a flow's folder, as it is now, and where its keys go."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from agentflow_tui.cli.exit_code import FAILED
from agentflow_tui.cli.printer import complain, say_line


def trust(file: Annotated[Path, typer.Argument(help="The flow file.", readable=False)]) -> None:
    """Allow a flow's Python code to run, until it changes, and its keys to go to the addresses it names."""
    from agentflow_tui.workbench import Workbench
    from agentflow_tui.workbench.not_ready import NotReadyError

    workbench = Workbench()
    workbench.open(file)
    try:
        files, keys = workbench.grant_trust(), workbench.grant_keys()
    except NotReadyError as error:
        complain(f"✗ {error.message}")
        raise typer.Exit(FAILED) from error
    if not files and not keys:
        what = "runs no Python code, and sends no key that is set to an address of its own"
        say_line(f"{file} {what}; there is nothing to trust")
    if files:
        say_line(f"All Python code in {file.parent.resolve()} may run now, as it is; this flow starts with:")
    for each in files:
        say_line(f"  {each}")
    if keys:
        say_line("These keys may go to these addresses now, from any flow:")
    for key in keys:
        say_line(f"  {key.variable} to {key.origin}")
