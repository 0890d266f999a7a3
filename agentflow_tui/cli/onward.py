"""How a stored run goes on: the options that `rerun`, `fork` and `resume` share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from agentflow_tui.cli.event_printer import event_printer
from agentflow_tui.cli.printer import complain, say_line
from agentflow_tui.cli.run_watch import watch

if TYPE_CHECKING:
    from agentflow_tui.history.event import HistoryEvent
    from agentflow_tui.llm.run_recordings import RecordingMode, Speed
    from agentflow_tui.workbench import Workbench
    from agentflow_tui.workbench.archive import StoredRun
    from agentflow_tui.workbench.departure import Departure
    from agentflow_tui.workbench.run import Run

FlowOption = Annotated[
    Path | None,
    typer.Option("--flow", help="The flow file to go on with, instead of the text kept with the run."),
]
ModeOption = Annotated[
    str,
    typer.Option(
        "--mode", help="Where answers come from: auto (recordings, else the model), record, live or replay."
    ),
]
SpeedOption = Annotated[
    str,
    typer.Option(
        "--speed", help="How recordings stream: full (no waiting), original or none (in one piece)."
    ),
]
NameOption = Annotated[str, typer.Option("--name", help="What to call the new run.")]


@dataclass(frozen=True, slots=True)
class Onward:
    """The flow to follow, where answers come from, and how the run is shown."""

    flow: Path | None
    mode: RecordingMode
    speed: Speed
    as_json: bool
    show: Callable[[HistoryEvent], None]

    @classmethod
    def read(cls, flow: Path | None, mode: str, speed: str, *, as_json: bool, is_plain: bool) -> Onward:
        """Take what was typed.

        Raises:
            BadParameter: There is no such mode or speed, or the output is to be of two kinds.
        """
        from agentflow_tui.llm.run_recordings import RecordingMode, Speed

        if mode not in get_args(RecordingMode):
            raise typer.BadParameter(f"'{mode}' is none of auto, record, live, replay", param_hint="--mode")
        if speed not in get_args(Speed):
            raise typer.BadParameter(f"'{speed}' is none of full, original, none", param_hint="--speed")
        show = event_printer(as_json=as_json, is_plain=is_plain)
        return cls(flow, mode, speed, as_json, show)  # type: ignore[arg-type]

    def open(self, bench: Workbench, found: StoredRun, departure: Departure) -> None:
        """Open the given file, or the text that the run followed there; tell which secrets are not kept.

        Raises:
            NotReadyError: The text was not kept, and no file was named.
        """
        from agentflow_tui.workbench.not_ready import NotReadyError

        bench.speed = self.speed
        text = found.text_at(departure.at_seq)
        if self.flow is not None:
            bench.open(self.flow)
        elif text:
            bench.check_kept(text, found.flow_path)
        else:
            raise NotReadyError(
                "the flow's text was not kept with this run", hints=("name its file: --flow FILE",)
            )
        if masked := departure.masked:
            complain(f"! the state kept with this run is without its secrets: {', '.join(masked)}")
            complain("  agents get [secret] in their place; fork sets them anew: --set KEY=VALUE")

    async def follow(self, run: Run) -> int:
        """Show what the run tells until it ends; return the exit code of how it ended."""
        return await watch(run, self.show)

    async def follow_new(self, run: Run) -> int:
        """As `follow`, and name the run first."""
        if not self.as_json:
            say_line(f"run {run.run_id}")
        return await self.follow(run)
