"""The inputs that earlier runs of a flow were given, across sessions."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agentflow_tui.tui.event_input import EventInput
from agentflow_tui.whole_file import write_whole
from agentflow_tui.workbench.redaction import Redaction

_MOST_INPUTS = 20
_MOST_FLOWS = 100
_LARGEST = 20_000
"""Characters of one input; larger ones come from a file anyway."""
_LARGEST_FILE = 20_000_000


@dataclass(frozen=True, slots=True)
class InputMemory:
    """Inputs by flow in one JSON file, the newest first; none that holds a secret of the environment."""

    folder: Path

    @property
    def path(self) -> Path:
        """The file."""
        return self.folder / "inputs.json"

    def of(self, flow: str) -> tuple[EventInput, ...]:
        """Return the earlier inputs of a flow, the newest first; none when the file cannot be read."""
        found = self._read().get(flow, [])
        entries = found if isinstance(found, list) else []
        return tuple(given for entry in entries if (given := _input(entry)) is not None)

    def keep(self, flow: str, given: EventInput) -> None:
        """Put an input first among those of a flow.

        Raises:
            OSError: The file cannot be written.
        """
        entry = {"data": dict(given.data), "target": given.target, "metadata": dict(given.metadata)}
        text = json.dumps(entry, ensure_ascii=False)
        if len(text) > _LARGEST or Redaction.of(os.environ).text(text) != text:
            return
        flows = self._read()
        before = flows.pop(flow, [])
        others = [old for old in before if old != entry] if isinstance(before, list) else []
        newest = {flow: [entry, *others][:_MOST_INPUTS], **flows}
        kept = dict(list(newest.items())[:_MOST_FLOWS])
        write_whole(self.path, json.dumps(kept, ensure_ascii=False))

    def _read(self) -> dict[str, Any]:
        try:
            if self.path.stat().st_size > _LARGEST_FILE:
                return {}
            content = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}
        return content if isinstance(content, dict) else {}


def _input(entry: object) -> EventInput | None:
    if not isinstance(entry, Mapping):
        return None
    data, target, metadata = entry.get("data"), entry.get("target", ""), entry.get("metadata", {})
    if not isinstance(data, dict) or not isinstance(target, str) or not isinstance(metadata, dict):
        return None
    return EventInput(data, target, {str(key): str(value) for key, value in metadata.items()})
