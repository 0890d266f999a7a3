"""One theme file: TOML, checked whole before Textual sees it."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from textual.color import Color, ColorParseError
from textual.theme import Theme

from agentflow_tui.control_characters import visible_line
from agentflow_tui.tui.toml_file import TomlFileError, read_toml

_LONGEST = 300
_WORDS = frozenset({"bold", "dim", "italic", "reverse", "underline", "b"})
_NAME = re.compile(r"[a-z0-9-]{1,60}")
_STYLE = re.compile(r"(.*-)?style(-hover)?")
_COLOR = re.compile(r"(?P<color>.*?)( \d{1,3}(\.\d{1,3})?%)?")


class ThemeError(ValueError):
    """A theme file cannot be used; the text says what is wrong with it, on one line."""


class _Colors(BaseModel):
    model_config = ConfigDict(extra="forbid")

    primary: str
    secondary: str
    accent: str
    warning: str
    error: str
    success: str
    foreground: str
    background: str
    surface: str
    panel: str

    @field_validator("*")
    @classmethod
    def _is_color(cls, value: str) -> str:
        _parse_color(value)
        return value


class ThemeFile(BaseModel):
    """The content of a theme file."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=60, pattern=r"^[a-z0-9-]+$")
    dark: bool
    colors: _Colors
    variables: dict[str, str] = {}

    @field_validator("variables")
    @classmethod
    def _are_colors(cls, variables: dict[str, str]) -> dict[str, str]:
        for name, value in variables.items():
            # Whatever Textual cannot use would end the program, at the start or only where it is shown.
            if not _NAME.fullmatch(name):
                raise ValueError(f"{name!r} is not the name of a colour")
            if not _STYLE.fullmatch(name):
                color = _COLOR.fullmatch(value)
                _parse_color(color["color"] if color else value)
            elif value != "none" and not (value.split() and set(value.split()) <= _WORDS):
                raise ValueError(f"{name}: {value!r} is not a text style")
        return variables

    @property
    def theme(self) -> Theme:
        """The theme as Textual takes it."""
        return Theme(
            name=self.name, dark=self.dark, variables=dict(self.variables), **self.colors.model_dump()
        )


def read_theme(path: Path) -> Theme:
    """Return the theme in a file.

    Raises:
        ThemeError: The file cannot be read, is no TOML, lacks something or names a colour that is none.
    """
    try:
        return ThemeFile.model_validate(read_toml(path)).theme
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        told = f"{path.name}: {place}: {first['msg']}"
        raise ThemeError(visible_line(told, _LONGEST)) from error
    except (FileNotFoundError, TomlFileError) as error:
        raise ThemeError(visible_line(str(error), _LONGEST)) from error


def _parse_color(value: str) -> None:
    try:
        Color.parse(value)
    except ColorParseError as error:
        raise ValueError(f"{value!r} is not a colour") from error
