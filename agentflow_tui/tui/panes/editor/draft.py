"""Unsaved text, kept on disk until it is saved, so that a crash loses nothing that was typed."""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass
from pathlib import Path

from agentflow_tui.whole_file import write_whole


@dataclass(frozen=True, slots=True)
class Draft:
    """The draft of one flow file; an untitled text has a draft too, under its title."""

    folder: Path
    """Folder of all drafts."""
    subject: str
    """The file's absolute path, or the title of an untitled text."""

    @property
    def text(self) -> str | None:
        """What was typed and not saved, or none."""
        try:
            with self._file.open(encoding="utf-8", newline="") as file:
                return file.read()
        except (OSError, UnicodeDecodeError):
            return None

    def keep(self, text: str) -> None:
        """Write the text down.

        Raises:
            OSError: It cannot be written.
        """
        write_whole(self._file, text)

    def discard(self) -> None:
        """Forget it: the text was saved or given up."""
        with contextlib.suppress(OSError):
            self._file.unlink()

    @property
    def _file(self) -> Path:
        name = hashlib.sha256(self.subject.encode("utf-8", "surrogateescape")).hexdigest()[:24]
        return self.folder / f"{name}.toml"
