"""Where the answers of models come from, as a person chose it."""

from __future__ import annotations

from dataclasses import dataclass

from agentflow_tui.llm.run_recordings import RecordingMode, Speed

MODES: dict[RecordingMode | None, str] = {
    None: "a new run asks the model, a fork and a re-run ask only for what changed",
    "auto": "from recordings where there is one, else from the model",
    "live": "always from the model; only re-runs and forks of the run may take them",
    "record": "always from the model; any run may take them",
    "replay": "from recordings alone; a call that was never made fails and says which is nearest",
}
"""What each mode means; none is as usual."""
SPEEDS: dict[Speed, str] = {
    "full": "piece by piece, as fast as it goes",
    "original": "piece by piece, as slowly as the model was",
    "none": "whole, at once",
}
"""How answers stream that come from recordings."""


@dataclass(frozen=True, slots=True)
class Answers:
    """Applies to runs that begin from now on."""

    mode: RecordingMode | None = None
    speed: Speed = "full"

    @property
    def text(self) -> str:
        """What is other than usual; empty when nothing is."""
        mode = f"answers: {self.mode}" if self.mode is not None else ""
        speed = f"recordings at {self.speed} speed" if self.speed != "full" else ""
        return ", ".join(part for part in (mode, speed) if part)

    def mode_for(self, usual: RecordingMode) -> RecordingMode:
        """Return the mode of a run that has this one as usual."""
        return self.mode if self.mode is not None else usual
