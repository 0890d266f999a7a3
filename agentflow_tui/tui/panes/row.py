"""One logical line of a pane."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from textual.content import Content


@dataclass(frozen=True, slots=True)
class Row:
    """Text without line breaks, already through the door, and what it stands for."""

    content: Content
    value: Any = None
    """What is copied from here: text as it is, anything else as JSON; none means the row's own text."""
    key: tuple[str, ...] = ()
    """What the row is about; the cursor stays on the row with the same key."""
    is_wrapped: bool = True
    """False cuts the line at the right border, with a sign that there is more."""
    hanging: int = 0
    """Cells by which the lines after the first are moved in when it is wrapped; less in a narrow view."""

    def copied(self) -> str:
        """Return the text that yanking this row copies."""
        if self.value is None:
            return self.content.plain
        if isinstance(self.value, str):
            return self.value
        return json.dumps(self.value, ensure_ascii=False, indent=2, default=str)
