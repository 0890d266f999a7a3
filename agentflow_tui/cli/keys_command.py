"""`agentflow-tui keys`: which key does what, after the user's own changes."""

from __future__ import annotations

from typing import Annotated

import typer

from agentflow_tui.cli.exit_code import FAILED
from agentflow_tui.cli.printer import complain, say, say_line


def keys(
    is_check: Annotated[
        bool,
        typer.Option("--check", help="Only say what is wrong with your keys; then it ends with 1."),
    ] = False,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the tables of the handbook, with the keys as delivered.")
    ] = False,
) -> None:
    """List every action with its id, its keys and what it does; ids are what keys.toml changes."""
    from agentflow_tui.tui.keymap.handbook import handbook
    from agentflow_tui.tui.keymap.keymap import read_keymap
    from agentflow_tui.tui.keymap.listing import listing
    from agentflow_tui.tui.settings import Settings

    if as_markdown:
        say(handbook())
        return
    settings = Settings.of_user()
    preferences, problems = settings.read()
    keymap = read_keymap(preferences.keys, settings.keys_file)
    if not is_check:
        for line in listing(keymap):
            say_line(line)
    for problem in (*problems, *keymap.problems):
        complain(f"✗ {problem}")
    if is_check and not (problems or keymap.problems):
        say_line("no problems")
    if problems or keymap.problems:
        raise typer.Exit(FAILED)
