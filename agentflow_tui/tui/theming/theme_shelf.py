"""All themes of ours that can be chosen, and what was wrong with the rest."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from textual.theme import Theme

from agentflow_tui import paths
from agentflow_tui.resources import resource_folder
from agentflow_tui.tui.theming.theme_file import ThemeError, read_theme

DEFAULT_THEME = "agentflow-dark"
_MOST = 200
"""Files of a folder that are looked at."""


@dataclass(frozen=True, slots=True)
class ThemeShelf:
    """Themes found on disk."""

    themes: tuple[Theme, ...]
    problems: tuple[str, ...]
    """One line per theme file that was left out."""


def load_themes(*folders: Path, user_folder: Path | None = None) -> ThemeShelf:
    """Read the themes in the folders; without any, ours and then the user's own, which win by name."""
    found: dict[str, Theme] = {}
    problems: list[str] = []
    for folder in folders or _folders(problems, user_folder):
        for path in theme_files(folder):
            try:
                theme = read_theme(path)
            except ThemeError as error:
                problems.append(str(error))
            else:
                found[theme.name] = theme
    return ThemeShelf(tuple(found.values()), tuple(problems))


def theme_files(folder: Path) -> tuple[Path, ...]:
    """Return the files of a folder that are taken for themes, by name."""
    return tuple(sorted(folder.glob("*.toml"))[:_MOST])


def _folders(problems: list[str], user_folder: Path | None) -> tuple[Path, ...]:
    try:
        ours: tuple[Path, ...] = (resource_folder("themes"),)
    except FileNotFoundError as error:
        problems.append(str(error))
        ours = ()
    return (*ours, user_folder or paths.config_folder() / "themes")
