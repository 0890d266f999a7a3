"""How a replay came out, as it is printed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agentflow_tui.cli.change_line import change_line

if TYPE_CHECKING:
    from agentflow_tui.workbench.replay import Replay


@dataclass(frozen=True, slots=True)
class ReplayReport:
    """Says what is the same, or where the histories part."""

    replay: Replay

    @property
    def lines(self) -> tuple[str, ...]:
        """The differences below the outcome, one a line, and what was not compared."""
        found = self.replay
        return (*map(change_line, found.changes), *([found.note] if found.note else []))

    @property
    def facts(self) -> dict[str, Any]:
        """The outcome in words, both events where they part, and their differences; JSON data."""
        from agentflow_tui.history.codec import encode

        found, parts = self.replay, self.replay.divergence
        return {
            "text": found.text,
            "recorded": parts and parts.left and encode(parts.left),
            "now": parts and parts.right and encode(parts.right),
            "differences": [
                {"field": each.key, "recorded": each.old, "now": each.new} for each in found.changes
            ],
            "note": found.note,
        }
