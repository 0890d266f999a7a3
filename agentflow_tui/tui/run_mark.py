"""The run that others are compared with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class RunMark:
    """Remembers one run as A, wherever it was marked."""

    run_id: str = ""
    """Empty while none is marked."""

    def toggle(self, run_id: str) -> bool:
        """Mark a run in place of the one before, or take the mark from it; true when it is marked now."""
        self.run_id = "" if self.run_id == run_id else run_id
        return bool(self.run_id)
