"""The fields of a form for an event."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Input, Label, TextArea

from agentflow_tui.tui.dialogs.field import line_field, text_field
from agentflow_tui.tui.event_input import (
    EventInput,
    InputError,
    parse_metadata,
    parse_object,
    parse_value,
    show_value,
)
from agentflow_tui.tui.safe_text import one_line, plain

_LABEL = 30
JSON_VIEW = "json view"
"""Is among what was typed when that was the view."""
_Parsed = TypeVar("_Parsed")


class EventFields(VerticalScroll):
    """An event to be typed in: its data with one field per key or all of it as JSON, target and metadata."""

    def __init__(self, keys: Sequence[str], required: Sequence[str]) -> None:
        """Take the keys that get a field, and those that are said to be needed."""
        super().__init__(classes="dialog-body", can_focus=False)
        self.keys = tuple(keys)
        self.required = tuple(required)
        self.is_json = False

    def compose(self) -> ComposeResult:
        """Lay out both views of the data, of which one shows, and the rest."""
        with Vertical(id="fields"):
            for number, key in enumerate(self.keys):
                sign = " · needed" if key in self.required else ""
                yield Label(plain(one_line(key, _LABEL) + sign), markup=False)
                yield line_field(f"field-{number}")
            yield Label("more data (JSON)", markup=False)
            yield text_field("rest")
        with Vertical(id="whole-data"):
            yield Label("data (JSON)", markup=False)
            yield text_field("whole")
        yield Label("target agent", markup=False)
        yield line_field("target")
        yield Label("metadata (JSON, text values)", markup=False)
        yield line_field("metadata")

    def on_mount(self) -> None:
        """Show one field per key."""
        self.show_view(is_json=False)

    def show_view(self, *, is_json: bool) -> None:
        """Show the data as JSON or by key; what is in the fields stays there."""
        self.is_json = is_json
        self.query_one("#fields").display = not is_json
        self.query_one("#whole-data").display = is_json

    def go_to(self, key: str) -> None:
        """Put the cursor into the field of a key, if it shows."""
        if not self.is_json and key in self.keys:
            self.query_one(f"#field-{self.keys.index(key)}").focus()

    def go_to_first(self) -> None:
        """Put the cursor where the data begin."""
        self.query_one("#whole" if self.is_json or not self.keys else "#field-0").focus()

    @property
    def typed(self) -> dict[str, str]:
        """Every field's text as it stands, by key or id; valid or not."""
        typed = {self.slot(field): field.value for field in self.query(Input)}
        typed |= {self.slot(area): area.text for area in self.query(TextArea)}
        return typed | ({JSON_VIEW: ""} if self.is_json else {})

    def put(self, typed: Mapping[str, str]) -> None:
        """Fill in what was `typed` before, also with other keys; fields that it lacks stay as they are."""
        for field in self.query(Input):
            field.value = typed.get(self.slot(field), field.value)
            field.cursor_position = len(field.value)
        for area in self.query(TextArea):
            area.text = typed.get(self.slot(area), area.text)

    def slot(self, field: Input | TextArea) -> str:
        """What a field holds: `key` and the key's name, or its id."""
        # The flow may have other keys the next time, so a field's number says nothing.
        kind, _, number = (field.id or "").partition("-")
        return f"key {self.keys[int(number)]}" if kind == "field" else kind

    def fill(self, given: EventInput) -> None:
        """Fill in an event, in both views."""
        rest = {key: value for key, value in given.data.items() if key not in self.keys}
        for number, key in enumerate(self.keys):
            field = self.query_one(f"#field-{number}", Input)
            field.value = _shown(key, given.data[key]) if key in given.data else ""
            field.cursor_position = len(field.value)
        self.query_one("#rest", TextArea).text = _json(rest, 2)
        self.query_one("#whole", TextArea).text = _json(dict(given.data), 2)
        self.query_one("#target", Input).value = given.target
        self.query_one("#metadata", Input).value = _json(dict(given.metadata))

    def read(self) -> EventInput:
        """What the fields say.

        Raises:
            InputError: One of them cannot be read; its `field` is the id.
        """
        data = self._read_data()
        metadata = self._parsed("metadata", parse_metadata)
        return EventInput(data, self.query_one("#target", Input).value.strip(), metadata)

    def point_at(self, error: InputError) -> None:
        """Put the cursor where the error is, if it names a field."""
        if not error.field:
            return
        field = self.query_one(f"#{error.field}")
        if error.line and isinstance(field, TextArea):
            field.move_cursor((error.line - 1, error.column - 1))
        elif error.line and isinstance(field, Input):
            field.cursor_position = error.column - 1
        field.focus()

    def _read_data(self) -> dict[str, Any]:
        if self.is_json:
            return self._parsed("whole", lambda text: parse_object(text, "data"))
        data: dict[str, Any] = {}
        for number, key in enumerate(self.keys):
            text = self.query_one(f"#field-{number}", Input).value
            if text:
                data[key] = text if key == "message" else parse_value(text)
        return data | self._parsed("rest", lambda text: parse_object(text, "more data"))

    def _parsed(self, name: str, parse: Callable[[str], _Parsed]) -> _Parsed:
        try:
            return parse(self.typed[name])
        except InputError as error:
            error.field = name
            raise


def _shown(key: str, value: object) -> str:
    return value if key == "message" and isinstance(value, str) else show_value(value)


def _json(value: dict[str, Any], indent: int | None = None) -> str:
    return json.dumps(value, indent=indent, ensure_ascii=False) if value else ""
