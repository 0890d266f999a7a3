"""One thing that two flows say differently."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from agentflow_tui.config.problem import KeyPath, format_path

ChangeKind = Literal["changed", "added", "removed", "order"]


@dataclass(frozen=True, slots=True)
class FlowChange:
    """A difference in meaning, at a key of the newer text."""

    key: KeyPath
    """Where the newer text has it; where its list or table is, when it was removed."""
    kind: ChangeKind
    subject: str
    """Whom it is about: `agent writer`, `orchestration`, `stage review · branch legal`."""
    what: str
    """What is different: `temperature 0.2 → 0.7`, `added`."""
    line: int = 0
    """In the newer text, from 1; 0 when that text is not known."""
    file: str = ""
    """Of the nested flow that says it; empty for the flow itself."""

    @property
    def path(self) -> str:
        """The key as people write it."""
        return format_path(self.key)

    @property
    def text(self) -> str:
        """The difference in one line."""
        return f"{self.file + ' · ' if self.file else ''}{self.subject}: {self.what}"
