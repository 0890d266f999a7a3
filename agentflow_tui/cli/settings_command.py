"""`agentflow-tui settings`: what the user chose."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from agentflow_tui.cli.exit_code import FAILED
from agentflow_tui.cli.printer import complain, say, say_line


def settings(
    as_schema: Annotated[bool, typer.Option("--schema", help="Print the JSON schema of the file.")] = False,
) -> None:
    """Show the settings and where they are kept; ends with 1 if the file has mistakes."""
    from agentflow_tui.tui.preferences import Preferences
    from agentflow_tui.tui.settings import Settings

    if as_schema:
        say(json.dumps(Preferences.model_json_schema(), indent=2))
        return
    kept = Settings.of_user()
    preferences, problems = kept.read()
    say_line(f"# {kept.file}")
    for path, field, value in preferences.described():
        say_line(f"{'.'.join(path)} = {json.dumps(value)}  # {field}")
    for problem in problems:
        complain(f"✗ {problem}")
    if problems:
        raise typer.Exit(FAILED)
