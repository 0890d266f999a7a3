"""What a user can choose, with its defaults and limits; the settings file is checked against it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from agentflow_tui.config.nearest import nearest_name
from agentflow_tui.config.type_finding import type_finding
from agentflow_tui.control_characters import visible_line

_LONGEST = 200
_LONGEST_NAME = 80


class EditorPreferences(BaseModel):
    """How the text is edited."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    line_numbers: bool = Field(True, description="Show line numbers.")
    wrap: bool = Field(False, description="Wrap long lines.")
    indent: int = Field(4, ge=1, le=8, description="Spaces that a tab is wide.")


class PanePreferences(BaseModel):
    """How large the panes are; dragging the edges between them sets these, 0 is the usual size."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    editor: int = Field(0, ge=0, le=80, description="Percent of the window for the editor beside the graph.")
    inspector: int = Field(
        0, ge=0, le=80, description="Percent of the window for the inspector beside the graph."
    )
    beside: int = Field(
        0, ge=0, le=80, description="Percent of the window for the pane beside the graph where two fit."
    )
    timeline: int = Field(0, ge=0, le=60, description="Rows of the timeline below the other panes.")


class StorePreferences(BaseModel):
    """How long stored runs are kept; tagged runs always are."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    keep_days: int = Field(
        0, ge=0, le=36_500, description="Delete runs older than so many days; 0 keeps all."
    )
    keep_megabytes: int = Field(
        0, ge=0, le=1_000_000, description="Delete the oldest runs beyond this size; 0 keeps all."
    )


class Preferences(BaseModel):
    """All settings of one user."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, title="agentflow-tui settings")

    theme: str = Field("", max_length=60, description="Name of the colour theme; empty is the default one.")
    keys: Literal["default", "vim"] = Field("default", description="The keys to start from.")
    animation: Literal["full", "basic", "none"] = Field("full", description="How much may move.")
    confirm_quit: bool = Field(False, description="Ask before quitting, even when nothing would be lost.")
    follow: bool = Field(True, description="Keep the agents that run in view.")
    ask_input: Literal["once", "always", "never"] = Field(
        "once", description="When a run asks for its input; never takes the file's example."
    )
    mouse: bool = Field(
        True,
        description="Use the mouse; off leaves it to the terminal, to select text. From the next start on.",
    )
    panes: PanePreferences = PanePreferences()
    editor: EditorPreferences = EditorPreferences()
    store: StorePreferences = StorePreferences()

    def replaced(self, values: Mapping[tuple[str, ...], str | int | bool]) -> Preferences:
        """Return these settings with others in the place of some, each under its path."""
        content = self.model_dump()
        for (*tables, name), value in values.items():
            inner = content
            for table in tables:
                inner = inner[table]
            inner[name] = value
        return Preferences.model_validate(content)

    def described(self) -> Iterator[tuple[tuple[str, ...], str, str | int | bool]]:
        """Yield every setting: its path, what it does, its value."""
        for path, field, value in fields(self):
            yield path, field.description or "", value


def fields(
    model: BaseModel, before: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], FieldInfo, str | int | bool]]:
    """Yield every setting with its path, its field and its value, tables opened."""
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            yield from fields(value, (*before, name))
        else:
            yield (*before, name), field, value


def changes(before: Preferences, after: Preferences) -> Mapping[tuple[str, ...], str | int | bool]:
    """Return the settings that differ, by path."""
    old = {path: value for path, _, value in fields(before)}
    return {path: value for path, _, value in fields(after) if value != old[path]}


_NAMES = {
    "": tuple(Preferences.model_fields),
    "editor": tuple(EditorPreferences.model_fields),
    "panes": tuple(PanePreferences.model_fields),
    "store": tuple(StorePreferences.model_fields),
}


def read_preferences(content: Mapping[str, Any]) -> tuple[Preferences, tuple[str, ...]]:
    """Return the settings in a file's content, and one line for each part that was left out."""
    try:
        return Preferences.model_validate(content), ()
    except ValidationError as error:
        problems: list[str] = []
        usable: dict[str, Any] = _copied(content)
        for found in error.errors():
            place = tuple(str(part) for part in found["loc"])
            problems.append(_told(place, found))
            _drop(usable, place)
    try:
        return Preferences.model_validate(usable), tuple(problems)
    except ValidationError:
        # Nothing in it can be told apart from what is wrong with it.
        return Preferences(), tuple(problems)


def told(error: ErrorDetails) -> str:
    """Return in words what is wrong with the value of a setting, and the way out."""
    found = type_finding(error)
    table = f"[{'.'.join(str(part) for part in error['loc'][:-1])}] " if len(error["loc"]) > 1 else ""
    # A limit is its own way out.
    way_out = "" if error["type"].startswith(("greater", "less")) else f" ({found.hint})"
    return visible_line(f"{table}{found.message}{way_out}", _LONGEST)


def _told(place: tuple[str, ...], error: ErrorDetails) -> str:
    name = visible_line(".".join(place), _LONGEST_NAME)
    known = _NAMES[place[0]] if len(place) > 1 and place[0] in _NAMES else _NAMES[""]
    if place[-1] in known:
        return told(error)
    near = nearest_name(place[-1], known)
    return f"{name}: no such setting" + (f"; did you mean {near}?" if near else "")


def _copied(content: Mapping[str, Any]) -> dict[str, Any]:
    return {name: dict(value) if isinstance(value, Mapping) else value for name, value in content.items()}


def _drop(content: dict[str, Any], place: tuple[str, ...]) -> None:
    *before, last = place
    inner: Any = content
    for part in before:
        inner = inner.get(part) if isinstance(inner, dict) else None
    if isinstance(inner, dict):
        inner.pop(last, None)
