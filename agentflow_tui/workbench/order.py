"""What is to run, and how."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from agentflow_tui.config import Flow
from agentflow_tui.engine import Control, Event, ModeChoice
from agentflow_tui.llm.run_recordings import RecordingMode, Speed
from agentflow_tui.workbench.departure import Departure
from agentflow_tui.workbench.flow_course import FlowCourse
from agentflow_tui.workbench.flow_version import FlowVersion


@dataclass(frozen=True, slots=True)
class Order:
    """Everything that a person chose for one run."""

    flow: Flow
    text: str
    """Of the flow, as it is kept with the run."""
    path: Path | None
    """Of its file; its folder holds Python code."""
    event: Event
    choice: ModeChoice
    control: Control = field(default_factory=Control)
    mode: RecordingMode = "record"
    """Where answers of models come from."""
    speed: Speed = "full"
    """How answers stream that come from recordings."""
    departure: Departure | None = None
    """What lies behind the run, if anything."""
    run_id: str = ""
    """A new one when empty."""
    line: tuple[str, ...] = ()
    """Runs whose recordings come first."""
    title: str = ""
    """What lists of runs call it."""
    is_beside: bool = False
    """True for one of several runs at once: its breakers are its own and stop no other."""
    course: FlowCourse | None = None
    """The configs of its past, when there were several; `flow`, `text` and `choice` are of the last."""

    @property
    def first(self) -> FlowVersion:
        """The config that the run began with."""
        return self.course.first if self.course is not None else self.version

    @property
    def version(self) -> FlowVersion:
        """The config that it goes on with."""
        return FlowVersion(self.text, self.flow, self.choice)

    @property
    def name(self) -> str:
        """What the run calls its flow."""
        return self.flow.agent_flow.name or (self.path.stem if self.path else "unnamed")
