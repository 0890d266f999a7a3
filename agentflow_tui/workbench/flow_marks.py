"""What a person marked in one flow: breakpoints, pins and watches; kept beside the runs, not in the flow."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from agentflow_tui.engine.breakpoints import Breakpoints
from agentflow_tui.history.delta import Delta
from agentflow_tui.paths import data_folder
from agentflow_tui.whole_file import write_whole


class FlowMarks:
    """Shared by all runs of the flow while it is open; `save` lets them survive the program."""

    def __init__(self, path: Path | None, folder: Path | None = None) -> None:
        """Read the marks of the flow at `path`; none without a path. Damaged ones are left out.

        They are in a file in `folder`, by default the user's data folder.
        """
        self._file: Path | None = None
        self._path = "" if path is None else str(path.resolve())
        if path is not None:
            name = hashlib.sha256(self._path.encode("utf-8", "surrogateescape")).hexdigest()[:32]
            self._file = (folder or data_folder() / "marks") / f"{name}.json"
        values = self._read()
        self.breakpoints = Breakpoints.from_json(_objects(values.get("breakpoints")))
        self.pins: dict[str, Delta] = dict(map(_pin, _objects(values.get("pins"))))
        """Outputs by agent or path: who has one is not called."""
        self.watches: list[str] = [text for text in _list(values.get("watches")) if isinstance(text, str)]
        """Expressions to be shown at the cursor."""

    def pin(self, who: str, output: Delta) -> None:
        """Let the agent, or the step at a path, give this output from now on without being called."""
        self.pins[who] = output

    def unpin(self, who: str) -> None:
        """Let it be called again; harmless when it had no pin."""
        self.pins.pop(who, None)

    def save(self) -> None:
        """Write them; the file goes away when there is nothing to keep.

        Raises:
            OSError: It cannot be written.
        """
        if self._file is None:
            return
        if not (len(self.breakpoints) or self.pins or self.watches):
            self._file.unlink(missing_ok=True)
            return
        pins = [
            {
                "who": who,
                "set": dict(delta.set),
                "removed": list(delta.removed),
                "meta_set": dict(delta.meta_set),
                "meta_removed": list(delta.meta_removed),
            }
            for who, delta in self.pins.items()
        ]
        values = {
            "flow": self._path.encode("utf-8", "replace").decode(),
            "breakpoints": self.breakpoints.to_json(),
            "pins": pins,
            "watches": self.watches,
        }
        self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(self._file, json.dumps(values, indent=2) + "\n")

    def _read(self) -> dict[str, Any]:
        if self._file is None:
            return {}
        try:
            values = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return values if isinstance(values, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _objects(value: Any) -> list[dict[str, Any]]:
    return [each for each in _list(value) if isinstance(each, dict)]


def _pin(value: dict[str, Any]) -> tuple[str, Delta]:
    def texts(key: str) -> tuple[str, ...]:
        return tuple(each for each in _list(value.get(key)) if isinstance(each, str))

    data, meta = value.get("set"), value.get("meta_set")
    return str(value.get("who", "")), Delta(
        set=data if isinstance(data, dict) else {},
        removed=texts("removed"),
        meta_set={key: str(text) for key, text in meta.items()} if isinstance(meta, dict) else {},
        meta_removed=texts("meta_removed"),
    )
