"""One changed value, as a line."""

from __future__ import annotations

import json
from os.path import commonprefix
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agentflow_tui.history.diff import KeyChange

_BEFORE = 24
"""Characters that are shown before the place where two texts part."""
_LONGEST = 80


def change_line(change: KeyChange) -> str:
    """Return one change as a line: the key, what it was, and what it is; of long texts where they part."""
    old, new = change.old, change.new
    if isinstance(old, str) and isinstance(new, str):
        begin = max(len(commonprefix([old, new])) - _BEFORE, 0)
        old, new = (f"{'…' if begin else ''}{text[begin:]}" for text in (old, new))
    return f"  {change.key}: {_value(old)} → {_value(new)}"


def _value(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
