"""What the program remembers for a user: the settings, and the files opened last."""

from __future__ import annotations

import json
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import ParseError

from agentflow_tui import paths
from agentflow_tui.tui.preferences import Preferences, read_preferences
from agentflow_tui.tui.toml_file import TomlFileError, read_text, read_toml
from agentflow_tui.whole_file import write_whole

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
    def file(self) -> Path:
        """The file of the settings."""
        return self.config_folder / "settings.toml"

    @property
    def keys_file(self) -> Path:
        """The file of the user's own keys."""
        return self.config_folder / "keys.toml"

    @property
    def themes_folder(self) -> Path:
        """The folder of the user's own themes."""
        return self.config_folder / "themes"

    def read(self) -> tuple[Preferences, tuple[str, ...]]:
        """Return the settings, and one line for each that cannot be used and has its default."""
        try:
            preferences, problems = read_preferences(read_toml(self.file))
        except FileNotFoundError:
            return Preferences(), ()
        except TomlFileError as error:
            return Preferences(), (str(error),)
        return preferences, tuple(f"{self.file.name}: {problem}" for problem in problems)

    @property
    def theme(self) -> str:
        """Name of the theme that was chosen, or empty."""
        return self.read()[0].theme

    def keep_theme(self, name: str) -> None:
        """Remember the theme; raises as `keep` does."""
        self.keep({("theme",): name})

    def keep(self, values: Mapping[tuple[str, ...], str | int | bool]) -> None:
        """Write settings, each under its path; the file's other content and comments stay as they are.

        Raises:
            OSError: The file cannot be written, or it is no TOML and is left alone.
        """
        try:
            document = tomlkit.parse(read_text(self.file))
        except FileNotFoundError:
            document = tomlkit.document()
        except TomlFileError as error:
            raise OSError(f"{error}; the file was left as it is") from error
        except (ParseError, RecursionError) as error:
            raise OSError(f"{self.file} is not valid TOML and was left as it is") from error
        for (*tables, name), value in values.items():
            inner: MutableMapping[str, Any] = document
            for table in tables:
                if not isinstance(inner.get(table), MutableMapping):
                    inner[table] = tomlkit.table()
                inner = inner[table]
            inner[name] = value
        write_whole(self.file, tomlkit.dumps(document))

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
    def _recent(self) -> Path:
        return self.state_folder / "recent.json"


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False
