"""What the program remembers for a user: the theme, and the files opened last."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

import tomlkit
from tomlkit.exceptions import ParseError

from agentflow_tui import paths

_MOST_RECENT = 10


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of one user, kept in `settings.toml`; recent files apart from them, in the state folder."""

    config_folder: Path
    state_folder: Path

    @classmethod
    def of_user(cls) -> Settings:
        """Return the settings in the user's own folders."""
        return cls(paths.config_folder(), paths.state_folder())

    @property
    def theme(self) -> str:
        """Name of the theme that was chosen, or empty."""
        try:
            chosen = tomllib.loads(self._file.read_text(encoding="utf-8")).get("theme", "")
        except (OSError, ValueError):
            return ""
        return chosen if isinstance(chosen, str) else ""

    def keep_theme(self, name: str) -> None:
        """Remember the theme; the file's other content and comments stay as they are.

        Raises:
            OSError: The file cannot be written, or it is no TOML and is left alone.
        """
        try:
            document = tomlkit.parse(self._file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            document = tomlkit.document()
        except (ParseError, UnicodeDecodeError) as error:
            raise OSError(f"{self._file} is not valid TOML and was left as it is") from error
        document["theme"] = name
        write_whole(self._file, tomlkit.dumps(document))

    @property
    def recent_files(self) -> tuple[Path, ...]:
        """Files opened before that are still there, the newest first."""
        try:
            names = json.loads(self._recent.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return ()
        if not isinstance(names, list):
            return ()
        return tuple(Path(name) for name in names if isinstance(name, str) and _is_file(Path(name)))

    def keep_recent(self, path: Path) -> None:
        """Put a file first in the list of recent ones.

        Raises:
            OSError: The list cannot be written.
        """
        newest = path.resolve()
        others = [other for other in self.recent_files if other != newest]
        write_whole(self._recent, json.dumps([str(p) for p in (newest, *others)][:_MOST_RECENT]))

    @property
    def _file(self) -> Path:
        return self.config_folder / "settings.toml"

    @property
    def _recent(self) -> Path:
        return self.state_folder / "recent.json"


def write_whole(path: Path, text: str) -> None:
    """Write a small file so that a crash leaves the old or the new text, never half of it.

    Raises:
        OSError: It cannot be written; the old file is untouched.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False
