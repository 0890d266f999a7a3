"""The program's entry point: `agentflow-tui`, its commands and its exit codes.

Nothing heavy is imported here; each command imports what it needs, so that `--help` and `check` start fast.
"""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from agentflow_tui import __version__
from agentflow_tui.cli import (
    archive_commands,
    cases_command,
    check_command,
    diff_command,
    graph_command,
    keys_command,
    marks_command,
    model_command,
    paths_command,
    race_command,
    run_command,
    settings_command,
    time_travel_commands,
    trust_command,
    watch_command,
)
from agentflow_tui.cli.exit_code import USAGE
from agentflow_tui.cli.opening import open_in_terminal
from agentflow_tui.cli.output_error import OutputError
from agentflow_tui.cli.printer import complain, say_line

app = typer.Typer(
    name="agentflow-tui",
    help="A terminal workbench for agent flows. 'agentflow-tui' alone opens a gallery of samples, "
    "'agentflow-tui FILE' opens a flow.",
    no_args_is_help=False,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        say_line(f"agentflow-tui {__version__}")
        raise typer.Exit


@app.callback()
def _program(
    _version: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    pass


@app.command("open")
def open_workbench(
    file: Annotated[
        # A file that may not be read opens with that as its problem, like every other that cannot be.
        Path | None,
        typer.Argument(help="A flow file; without one, the gallery of samples opens.", readable=False),
    ] = None,
    mouse: Annotated[
        bool,
        typer.Option(
            "--mouse/--no-mouse", help="Use the mouse, or leave it to the terminal, to select text there."
        ),
    ] = True,
) -> None:
    """Open the workbench; 'agentflow-tui FILE' is short for it."""
    raise typer.Exit(open_in_terminal(file, takes_mouse=mouse))


app.command("run")(run_command.run)
app.command("race")(race_command.race)
app.command("runs")(archive_commands.runs)
app.command("show")(archive_commands.show)
app.command("replay")(time_travel_commands.replay)
app.command("rerun")(time_travel_commands.rerun)
app.command("fork")(time_travel_commands.fork)
app.command("resume")(time_travel_commands.resume)
app.command("compare")(archive_commands.compare)
app.command("export")(archive_commands.export)
app.command("import")(archive_commands.take_in)
app.command("save-test")(cases_command.save_test)
app.command("test")(cases_command.test)
app.command("gc")(archive_commands.collect)
app.command("watch")(watch_command.watch)
app.add_typer(marks_command.app, name="marks")
app.command("check")(check_command.check)
app.command("diff")(diff_command.diff)
app.command("graph")(graph_command.graph)
app.add_typer(model_command.app, name="model")
app.command("trust")(trust_command.trust)
app.command("paths")(paths_command.paths)
app.command("keys")(keys_command.keys)
app.command("settings")(settings_command.settings)


def main() -> None:
    """Run the command line; ends the process with its exit code."""
    if sys.stdout is None:
        # The next file that is opened would take its place.
        complain("✗ standard output is closed; send it to /dev/null to do without")
        sys.exit(USAGE)
    try:
        app(_with_default_command(sys.argv[1:]), prog_name="agentflow-tui")
    except OutputError as error:
        _give_up_output("" if error.is_reader_gone else str(error))
    except OSError as error:
        # The help is printed by the library.
        if error.errno != errno.ENOSPC or error.filename is not None:
            raise
        _give_up_output(os.strerror(error.errno))


def _give_up_output(reason: str) -> NoReturn:
    if reason:
        complain(f"✗ cannot write to standard output: {reason}")
    # Python would complain again when it flushes at exit.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(USAGE)


def _with_default_command(arguments: list[str]) -> list[str]:
    """Put `open` before a file's name; a word that looks like no file is left to be a mistyped command."""
    if not arguments:
        return ["open"]
    first = arguments[0]
    if first in ("--mouse", "--no-mouse"):
        return ["open", *arguments]
    groups = {group.name for group in app.registered_groups}
    if first.startswith("-") or first in groups | {command.name for command in app.registered_commands}:
        return arguments
    looks_like_file = "." in first or os.sep in first or Path(first).exists()
    return ["open", *arguments] if looks_like_file else arguments
