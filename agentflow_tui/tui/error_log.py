"""Errors that nobody expected, kept in words for the screen and in full in a file for a bug report."""

from __future__ import annotations

import os
import traceback
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from agentflow_tui.tui.safe_text import clean, one_line

LOG_FILE = "errors.log"
_LONGEST = 300
_LARGEST_FILE = 1_000_000
_LONGEST_TRACE = 20_000


@dataclass(eq=False)
class ErrorLog:
    """Remembers errors of this session, and appends each with its trace to `errors.log` in a folder."""

    folder: Path
    entries: list[str] = field(default_factory=list)
    """One line per error, the oldest first."""

    @property
    def path(self) -> Path:
        """The file that the traces are in; when it grows too large it becomes `errors.log.1`."""
        return self.folder / LOG_FILE

    def add(self, error: Exception, doing: str) -> str:
        """Remember an error; return it as one line, without secrets and control characters."""
        from agentflow_tui.workbench.redaction import Redaction

        redaction = Redaction.of(os.environ)
        line = one_line(redaction.text(f"{doing}: {type(error).__name__}: {error}"), _LONGEST)
        self.entries.append(line)
        trace = "".join(traceback.format_exception(error))[-_LONGEST_TRACE:]
        self._write(f"{datetime.now(UTC).isoformat()} {line}\n{clean(redaction.text(trace))}\n")
        return line

    def _write(self, text: str) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if self.path.exists() and self.path.stat().st_size > _LARGEST_FILE:
                self.path.replace(self.path.with_name(f"{LOG_FILE}.1"))
            with self.path.open("a", encoding="utf-8") as file:
                file.write(text)
        except OSError as failure:
            # The screen still shows the error itself; that its trace is lost is one more entry, once.
            note = one_line(f"{LOG_FILE} cannot be written: {failure.strerror or failure}", _LONGEST)
            if note not in self.entries:
                self.entries.append(note)
