"""Spans and metrics as lines of JSON in a local file."""

from __future__ import annotations

import errno
import json
import logging
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from opentelemetry.sdk.metrics.export import MetricsData
from opentelemetry.sdk.trace import ReadableSpan

LARGEST = 64_000_000
"""Bytes; a file that has grown to this is set aside as `.1`, and the one that was there before goes."""
_APPEND = os.O_CREAT | os.O_WRONLY | os.O_APPEND | getattr(os, "O_NONBLOCK", 0)
"""A pipe that nobody reads is refused, in place of waiting for a reader."""
_BEGINNING = b'{"type":'
_log = logging.getLogger(__name__)


class FileDestination:
    """Appends; each line is an object with `type` (`span` or `metrics`) and OpenTelemetry's own JSON form."""

    def __init__(self, path: Path) -> None:
        """Nothing is made before there is something to write."""
        self._path = path

    def spans(self, spans: Sequence[ReadableSpan]) -> bool:
        """Append one line for each span."""
        return self._append(_line("span", span.to_json(indent=None)) for span in spans)

    def metrics(self, data: MetricsData) -> bool:
        """Append one line with what every instrument holds, counted since the program started."""
        return self._append([_line("metrics", data.to_json(indent=None))])

    def close(self) -> None:
        """Nothing is held between two batches."""

    def _append(self, lines: Iterable[str]) -> bool:
        text = "".join(lines).encode()
        try:
            self._spare_others()
            self._make_room()
            # Opened anew for each batch, so that another process may set the file aside meanwhile.
            handle = os.open(self._path, _APPEND, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(text)
        except OSError as error:
            _log.error("telemetry cannot be written: %s", error)
            return False
        return True

    def _spare_others(self) -> None:
        """Raise when the file is there and holds something else: a flow's file may name any in the folder."""
        if self._path.is_file():
            with self._path.open("rb") as file:
                if file.read(len(_BEGINNING)) not in (b"", _BEGINNING):
                    raise OSError(errno.EEXIST, "is no telemetry", str(self._path))

    def _make_room(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self._path.exists() and self._path.stat().st_size >= LARGEST:
            self._path.replace(self._path.with_name(f"{self._path.name}.1"))


def _line(kind: str, text: str) -> str:
    return json.dumps({"type": kind, **json.loads(text)}, separators=(",", ":")) + "\n"
