"""The form of the settings, made from their description."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar, Literal, get_args, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widget import Widget
from textual.widgets import Button, Input, Label, Select, Static

from agentflow_tui.tui.dialogs.dialog import Dialog
from agentflow_tui.tui.keymap.bind import bindings
from agentflow_tui.tui.keymap.dialog_keys import SETTINGS
from agentflow_tui.tui.keymap.named_keys import ways
from agentflow_tui.tui.preferences import Preferences, fields, told
from agentflow_tui.tui.safe_text import plain

Path = tuple[str, ...]
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}")
_WORDS = {True: "on", False: "off"}


class SettingsDialog(Dialog[Preferences]):
    """Changes the settings; returns the new ones, which are not written yet."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(SETTINGS)
    AUTO_FOCUS = ""

    def __init__(self, preferences: Preferences, themes: Sequence[str], place: str) -> None:
        """Take the settings so far, the names of all themes, and where the settings are kept."""
        super().__init__(classes="dialog")
        self.preferences = preferences
        self.themes = tuple(themes)
        self.place = place

    def compose(self) -> ComposeResult:
        """Lay out one field per setting."""
        with Vertical(classes="dialog-frame -wide -tall") as frame:
            frame.border_title = "SETTINGS"
            frame.border_subtitle = plain(ways("settings.keep", "dialog.leave"))
            with VerticalScroll(classes="settings-body", can_focus=False):
                for path, field, value in fields(self.preferences):
                    with Vertical(classes="setting"):
                        yield Label(plain(f"{'.'.join(path)}: {field.description}"), markup=False)
                        yield self._widget(path, field, value)
            yield Static(plain(f"kept in {self.place}"), id="note", markup=False)
            with Horizontal(classes="dialog-buttons"):
                yield Button("keep", id="keep", compact=True)
                yield Button("close", id="close", compact=True)

    def on_mount(self) -> None:
        """Begin at the first setting, but only once it has its place: else it is scrolled about."""
        self.call_after_refresh(self.query_one("#set-theme").focus)

    def action_keep(self) -> None:
        """Return the settings, or say what is wrong with one."""
        values: dict[str, Any] = {}
        for path, field, _ in fields(self.preferences):
            widget = self.query_one(f"#{_id(path)}")
            inner = values
            for part in path[:-1]:
                inner = inner.setdefault(part, {})
            inner[path[-1]] = _value(widget, field)
        try:
            preferences = Preferences.model_validate(values)
        except ValidationError as error:
            first = error.errors()[0]
            path = tuple(str(part) for part in first["loc"])
            note = self.query_one("#note", Static)
            note.update(plain(f"✗ {told(first)}"))
            note.add_class("-wrong")
            wrong = self.query_one(f"#{_id(path)}")
            wrong.focus()
            # The complaint takes room from it.
            self._bring_into_sight(wrong)
        else:
            self.dismiss(preferences)

    @on(events.DescendantFocus)
    def _focused(self, event: events.DescendantFocus) -> None:
        self._bring_into_sight(event.widget)

    def _bring_into_sight(self, field: Widget) -> None:
        """Scroll so far that the field is seen with what it is for."""
        setting = field.parent
        if isinstance(setting, Widget) and setting.has_class("setting"):
            body = self.query_one(".settings-body", VerticalScroll)
            body.call_after_refresh(body.scroll_to_widget, setting, animate=False)

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.action_keep() if event.button.id == "keep" else self.action_leave()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_keep()

    def _options(self, path: Path, field: FieldInfo) -> tuple[str, ...]:
        if path == ("theme",):
            return self.themes
        if field.annotation is bool:
            return tuple(_WORDS.values())
        return get_args(field.annotation) if get_origin(field.annotation) is Literal else ()

    def _widget(self, path: Path, field: FieldInfo, value: object) -> Widget:
        name = _id(path)
        options = self._options(path, field)
        if options:
            shown = _WORDS[value] if isinstance(value, bool) else str(value)
            chosen = shown if shown in options else options[0]
            return Select(
                [(plain(option), option) for option in options],
                value=chosen,
                id=name,
                allow_blank=False,
                compact=True,
            )
        line = Input(str(value), id=name, type="integer", compact=True)
        line.cursor_blink = False
        return line


def _id(path: Path) -> str:
    return "set-" + "-".join(path)


def _value(widget: Widget, field: FieldInfo) -> object:
    if isinstance(widget, Select):
        return widget.value == _WORDS[True] if field.annotation is bool else widget.value
    text = widget.value.strip() if isinstance(widget, Input) else ""
    # What is no number yet, such as a lone minus, is told as what it is.
    return (int(text) if _NUMBER.fullmatch(text) else text) if text else field.default
