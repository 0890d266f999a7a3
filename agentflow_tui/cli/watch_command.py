"""`agentflow-tui watch`: what expressions give at a moment of a stored run."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from agentflow_tui.cli.archive_commands import JsonOption, RunArgument
from agentflow_tui.cli.exit_code import COMPLETED, FAILED
from agentflow_tui.cli.printer import say, say_line
from agentflow_tui.cli.run_watch import work

if TYPE_CHECKING:
    from agentflow_tui.workbench import Workbench


def watch(
    run: RunArgument,
    expressions: Annotated[list[str], typer.Argument(help="Such as 'quality * 10' or 'tokens'.")],
    at: Annotated[int | None, typer.Option("--at", help="After this event; without it, at the end.")] = None,
    scope: Annotated[str, typer.Option("--in", help="Path of a branch whose own state is meant.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Say what expressions give at a moment of a stored run; ends with 1 if one gives nothing."""

    async def do(bench: Workbench) -> int:
        from agentflow_tui.history.fold import fold
        from agentflow_tui.workbench.not_ready import NotReadyError
        from agentflow_tui.workbench.watched import Watched

        history = (await bench.archive.load(run)).history
        seq = len(history) - 1 if at is None else at
        if not -1 <= seq < len(history):
            raise NotReadyError(f"there is no event {seq}; the run has 0 to {len(history) - 1}")
        state = fold(history[: seq + 1])
        found = [Watched.at(text, state, scope) for text in expressions]
        if as_json:
            say(json.dumps([asdict(each) for each in found], indent=2, ensure_ascii=False, default=str))
        else:
            for each in found:
                value = json.dumps(each.value, ensure_ascii=False, default=str)
                say_line(
                    f"{each.expression} = {value}" if not each.error else f"✗ {each.expression}: {each.error}"
                )
        return FAILED if any(each.error for each in found) else COMPLETED

    work(do)
