"""`agentflow-tui runs`, `show`, `compare`, `export`, `import`, `gc`: the stored runs."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agentflow_tui.cli.comparison_report import ComparisonReport
from agentflow_tui.cli.event_printer import EventsOption, PlainOption, event_printer
from agentflow_tui.cli.exit_code import COMPLETED, FAILED
from agentflow_tui.cli.printer import say, say_line
from agentflow_tui.cli.run_watch import work

if TYPE_CHECKING:
    from agentflow_tui.history.run_summary import RunSummary
    from agentflow_tui.workbench import Workbench

RunArgument = Annotated[str, typer.Argument(metavar="RUN", help="A run's id, or the beginning of it.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]

_SHORT = 8
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_SIZES = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9}


def runs(  # noqa: PLR0913, PLR0917 - one for each option
    text: Annotated[str, typer.Argument(help="Part of a name, flow, id, tag or error.")] = "",
    flow: Annotated[str, typer.Option("--flow", help="Only runs of this flow.")] = "",
    status: Annotated[str, typer.Option("--status", help="completed, failed, cancelled or unfinished.")] = "",
    tag: Annotated[str, typer.Option("--tag", help="Only runs with this tag.")] = "",
    limit: Annotated[int, typer.Option("--limit", help="At most so many; 0 for all.", min=0)] = 20,
    is_tree: Annotated[
        bool, typer.Option("--tree", help="Draw lines from each fork to the run that it left.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """List the stored runs, newest first."""

    async def do(bench: Workbench) -> int:
        from agentflow_tui.history.run_filter import RunFilter

        which = RunFilter(text=text, flow=flow, status=status, tag=tag, limit=limit or -1)
        found = await bench.archive.runs(which)
        if as_json:
            say(json.dumps([asdict(each) for each in found], indent=2))
            return COMPLETED
        for line in _tree_lines(found) if is_tree else map(_summary_line, found):
            say_line(line)
        if not found:
            say_line("no runs")
        elif lost := await bench.archive.interrupted():
            say_line(f"{len(lost)} never ended; agentflow-tui resume {lost[0].run_id[:_SHORT]} goes on")
        return COMPLETED

    work(do)


def show(
    run: RunArgument,
    as_json: EventsOption = False,
    is_plain: PlainOption = False,
) -> None:
    """Print a stored run, event by event."""
    show_event = event_printer(as_json=as_json, is_plain=is_plain)

    async def do(bench: Workbench) -> int:
        for event in (await bench.archive.load(run)).history:
            show_event(event)
        return COMPLETED

    work(do)


def compare(
    left: RunArgument,
    right: Annotated[str, typer.Argument(metavar="OTHER", help="Another run.")],
    as_json: JsonOption = False,
) -> None:
    """Say where two runs part and what differs in the end; ends with 1 if they differ."""

    async def do(bench: Workbench) -> int:
        found = await bench.archive.compare(left, right)
        report = ComparisonReport(found)
        if as_json:
            say(json.dumps(report.facts, indent=2))
        else:
            for line in report.lines:
                say_line(line)
        return COMPLETED if found.divergence is None else FAILED

    work(do)


def export(
    run: RunArgument,
    file: Annotated[Path, typer.Argument(help="The file to write.")],
    as_json: JsonOption = False,
) -> None:
    """Write a run into one file, without secrets."""

    async def do(bench: Workbench) -> int:
        count = await bench.archive.export(run, file)
        if as_json:
            say(json.dumps({"file": str(file), "events": count}))
        else:
            say_line(f"{count} events in {file}")
        return COMPLETED

    work(do)


def take_in(
    file: Annotated[Path, typer.Argument(help="A file that export wrote.")],
    name: Annotated[str, typer.Option("--name", help="What to call the run.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Store the run in a file; nothing of it runs."""

    async def do(bench: Workbench) -> int:
        found = await bench.archive.take_in(file, name)
        if as_json:
            facts = {"run_id": found.run_id, "events": len(found.history), "problems": found.problems}
            say(json.dumps(facts))
            return COMPLETED
        for problem in found.problems:
            say_line(f"! {problem}")
        say_line(f"{len(found.history)} events are run {found.run_id}")
        return COMPLETED

    work(do)


def collect(
    older_than: Annotated[
        str, typer.Option("--older-than", help="Delete runs older than this, such as 30d or 12h.")
    ] = "",
    max_size: Annotated[
        str, typer.Option("--max-size", help="Delete the oldest until the rest is smaller, such as 500M.")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Delete old runs; those with a tag and those that go on stay."""
    age = _age(older_than) if older_than else None
    size = _size(max_size) if max_size else None
    if age is None and size is None:
        raise typer.BadParameter("say --older-than, --max-size or both")

    async def do(bench: Workbench) -> int:
        gone = await bench.archive.collect(max_age=age, max_bytes=size, dry_run=dry_run)
        if as_json:
            facts = {"dry_run": dry_run, "deleted": [asdict(each) for each in gone]}
            say(json.dumps(facts, indent=2))
            return COMPLETED
        for each in gone:
            say_line(_summary_line(each))
        total = sum(each.size for each in gone)
        say_line(f"{len(gone)} runs {'would go' if dry_run else 'deleted'}, {_bytes(total)}")
        return COMPLETED

    work(do)


def _tree_lines(found: list[RunSummary]) -> list[str]:
    from agentflow_tui.history.run_tree import fork_point, run_tree

    lines = []
    for branch in run_tree(found):
        run = branch.run
        facts = [run.run_id[:_SHORT], run.started_at[:19], run.status, run.flow]
        facts += [repr(run.name)] if run.name else []
        facts += [f"#{tag}" for tag in run.tags]
        facts += [fork_point(run)] if run.parent_run else []
        lines.append(f"{branch.before}*{branch.after} {'  '.join(facts)}")
    return lines


def _summary_line(run: RunSummary) -> str:
    name = f"  {run.name!r}" if run.name else ""
    tags = "".join(f"  #{tag}" for tag in run.tags)
    origin = f"  ← {run.parent_run[:_SHORT]}:{run.parent_seq}" if run.parent_run else ""
    tokens = run.prompt_tokens + run.completion_tokens
    facts = f"{run.duration:8.1f} s {tokens:8d} tok {_bytes(run.size):>9}"
    return (
        f"{run.run_id[:_SHORT]}  {run.started_at[:19]}  {run.status:<10} {facts}  "
        f"{run.flow} ({run.mode}){name}{tags}{origin}"
    )


def _bytes(count: int) -> str:
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("KB", 10**3)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} B"


def _age(text: str) -> timedelta:
    match = re.fullmatch(r"(\d{1,6})([smhdw])", text.strip())
    if match is None:
        raise typer.BadParameter(f"'{text}' is no age; write one such as 30d, 12h or 2w")
    return timedelta(seconds=int(match[1]) * _UNITS[match[2]])


def _size(text: str) -> int:
    match = re.fullmatch(r"(\d{1,12})\s*([kmg]?)b?", text.strip().lower())
    if match is None:
        raise typer.BadParameter(f"'{text}' is no size; write one such as 500M or 2G")
    return int(match[1]) * _SIZES[match[2]]
