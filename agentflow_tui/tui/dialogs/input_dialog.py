"""The form for what a run is given."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Input, Label, Static, TextArea

from agentflow_tui.tui.dialogs.dialog import Dialog
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


class InputDialog(Dialog[EventInput]):
    """Asks for the event's data: one field per key that the flow uses, JSON for everything else."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+enter,f5", "accept", "run", id="input.run", tooltip="Run with this input.", priority=True
        )
    ]

    def __init__(self, keys: Sequence[str], given: EventInput) -> None:
        """Take the keys that the flow needs, `message` first, and the values to start with."""
        super().__init__(classes="dialog")
        self.keys = tuple(keys)
        self.given = given

    def compose(self) -> ComposeResult:
        """Lay out the fields."""
        rest = {key: value for key, value in self.given.data.items() if key not in self.keys}
        with Vertical(classes="dialog-frame -wide") as frame:
            frame.border_title = "INPUT OF THE RUN"
            frame.border_subtitle = "enter run · tab next field · esc close"
            with VerticalScroll(classes="dialog-body", can_focus=False):
                for number, key in enumerate(self.keys):
                    yield Label(plain(one_line(key, _LABEL)), markup=False)
                    yield _line(self._shown(key), f"field-{number}")
                yield Label("more data (JSON)", markup=False)
                yield _text(json.dumps(rest, indent=2, ensure_ascii=False) if rest else "", "rest")
                yield Label("target agent", markup=False)
                yield _line(self.given.target, "target")
                yield Label("metadata (JSON, text values)", markup=False)
                metadata = dict(self.given.metadata)
                yield _line(json.dumps(metadata, ensure_ascii=False) if metadata else "", "metadata")
            yield Static("", id="note", classes="-wrong", markup=False)

    def action_accept(self) -> None:
        """Return the input, or say what is wrong with it."""
        try:
            self.dismiss(self._read())
        except InputError as error:
            self.query_one("#note", Static).update(plain(f"✗ {error}"))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_accept()

    def _read(self) -> EventInput:
        data: dict[str, Any] = {}
        for number, key in enumerate(self.keys):
            text = self.query_one(f"#field-{number}", Input).value
            if text:
                data[key] = text if key == "message" else parse_value(text)
        data |= parse_object(self.query_one("#rest", TextArea).text, "more data")
        return EventInput(
            data,
            self.query_one("#target", Input).value.strip(),
            parse_metadata(self.query_one("#metadata", Input).value),
        )

    def _shown(self, key: str) -> str:
        if key not in self.given.data:
            return ""
        value = self.given.data[key]
        return value if key == "message" and isinstance(value, str) else show_value(value)


def _line(value: str, name: str) -> Input:
    field = Input(value, id=name, compact=True, select_on_focus=False)
    field.cursor_blink = False
    return field


def _text(value: str, name: str) -> TextArea:
    # Not coloured: tree-sitter with its JSON grammar crashes the process (0.26.1 with 0.24.8).
    area = TextArea(value, id=name, compact=True, tab_behavior="focus")
    area.cursor_blink = False
    return area
