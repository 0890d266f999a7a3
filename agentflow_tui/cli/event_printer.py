"""The three ways in which the events of a run are printed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from agentflow_tui.cli.printer import say_line

if TYPE_CHECKING:
    from agentflow_tui.history.event import HistoryEvent

EventsOption = Annotated[bool, typer.Option("--json", help="Print each history event as a line of JSON.")]
PlainOption = Annotated[
    bool, typer.Option("--plain", help="Tell the run in plain sentences, for screen readers and pipes.")
]


def event_printer(*, as_json: bool, is_plain: bool) -> Callable[[HistoryEvent], None]:
    """Return what prints an event: as JSON, in plain sentences, or by default in lines with signs and times.

    Raises:
        BadParameter: Both were asked for.
    """
    if as_json and is_plain:
        raise typer.BadParameter("--json and --plain exclude each other")
    return _print_json if as_json else _plain_printer() if is_plain else _print_line


def _print_json(event: HistoryEvent) -> None:
    from agentflow_tui.history.codec import to_line

    say_line(to_line(event))


def _print_line(event: HistoryEvent) -> None:
    """Print what happened, with what it changed below."""
    from agentflow_tui.cli.event_line import change_lines, event_line

    line = event_line(event)
    if line is not None:
        say_line(line)
    for change in change_lines(event):
        say_line(change)


def _plain_printer() -> Callable[[HistoryEvent], None]:
    from agentflow_tui.cli.plain_lines import PlainLines

    lines = PlainLines()

    def show(event: HistoryEvent) -> None:
        for line in lines.of(event):
            say_line(line)

    return show
