"""The form for what a run is given."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from typing import Any, ClassVar, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.events import DescendantFocus
from textual.widgets import Input, Label, Static, TextArea

from agentflow_tui.tui.dialogs.dialog import Dialog
from agentflow_tui.tui.dialogs.field import line_field, text_field
from agentflow_tui.tui.dialogs.target_file import path_of
from agentflow_tui.tui.dialogs.text_dialog import TextDialog
from agentflow_tui.tui.event_input import (
    EventInput,
    InputError,
    parse_metadata,
    parse_object,
    parse_value,
    read_object,
    show_value,
)
from agentflow_tui.tui.keymap.bind import bindings
from agentflow_tui.tui.keymap.dialog_keys import INPUT
from agentflow_tui.tui.keymap.named_keys import key_of, ways
from agentflow_tui.tui.outside_editor import OutsideEditorError
from agentflow_tui.tui.safe_text import one_line, plain

_LABEL = 30
_JSON_VIEW = "json view"
_Parsed = TypeVar("_Parsed")


class InputDialog(Dialog[EventInput]):
    """Asks for the event's data: one field per key that the flow uses, or all of it as JSON."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(INPUT)

    def __init__(  # noqa: PLR0913 - what the form can be given
        self,
        keys: Sequence[str],
        given: EventInput,
        *,
        required: Sequence[str] = (),
        earlier: Sequence[EventInput] = (),
        unsent: MutableMapping[str, str] | None = None,
        title: str = "INPUT OF THE RUN",
        verb: str = "run",
        edit_outside: Callable[[str, str], str] | None = None,
    ) -> None:
        """Take the keys that the flow uses, `message` first, and the values to start with.

        `required` are keys that the flow cannot do without, `earlier` inputs that can be taken again, the
        newest first. `unsent` gets what is typed when one leaves, valid or not; the next form starts with it.
        `title` says what is asked for, `verb` what accepting does; `edit_outside` gives a text, and the
        suffix of its file, to the user's editor.
        """
        super().__init__(classes="dialog")
        self.keys = tuple(keys)
        self.required = tuple(required)
        self.inputs = (given, *(each for each in earlier if each != given))
        self.heading = title
        self.verb = verb
        self.edit_outside = edit_outside
        self.recalled = 0
        self.is_json = False
        self._warned: tuple[str, ...] = ()
        self._unsent = unsent if unsent is not None else {}
        self._newest: Mapping[str, str] = {}
        self._untouched: Mapping[str, str] = {}

    def compose(self) -> ComposeResult:
        """Lay out the fields."""
        with Vertical(classes="dialog-frame -wide") as frame:
            frame.border_title = plain(self.heading)
            frame.border_subtitle = self._ways(is_line=True)
            with VerticalScroll(classes="dialog-body", can_focus=False):
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
            yield Static("", id="note", classes="-wrong", markup=False)

    def on_mount(self) -> None:
        """Fill the fields."""
        self._show_view()
        self._fill(self.inputs[0])
        self._untouched = self._typed()
        if self._unsent:
            self.is_json = _JSON_VIEW in self._unsent
            self._show_view()
            self._put(self._unsent)
            self._say("as it was left; nothing was run with it yet", is_wrong=False)
        # The first field has the focus before there is room for it: it was scrolled to, without its name.
        self.call_after_refresh(self.query_one(".dialog-body").scroll_home, animate=False)

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Say what the keys do in this field."""
        self.query_one(".dialog-frame").border_subtitle = self._ways(is_line=isinstance(event.widget, Input))

    def action_leave(self) -> None:
        """Close without an answer; what was typed is there the next time."""
        typed = self._typed()
        self._unsent.clear()
        if typed != self._untouched:
            self._unsent.update(typed)
        super().action_leave()

    def action_accept(self) -> None:
        """Return the input, or say what is wrong with it; what is missing is said once."""
        try:
            given = self._read()
        except InputError as error:
            self._point_at(error)
            return
        missing = tuple(key for key in self.required if key not in given.data)
        if missing and missing != self._warned:
            self._warned = missing
            self._say(f"the flow needs {one_line(', '.join(missing), 200)}; again runs without")
            if not self.is_json and missing[0] in self.keys:
                self.query_one(f"#field-{self.keys.index(missing[0])}").focus()
            return
        self._unsent.clear()
        self.dismiss(given)

    def action_recall(self, step: int) -> None:
        """Take an earlier input (-1) or a later one (1); what was typed comes after the newest."""
        place = min(max(self.recalled - step, 0), len(self.inputs) - 1)
        if place == self.recalled:
            return
        if self.recalled == 0:
            self._newest = self._typed()
        self.recalled = place
        self._fill(self.inputs[place])
        if place == 0:
            self._put(self._newest)
        self._say(f"earlier input {place} of {len(self.inputs) - 1}" if place else "", is_wrong=False)

    def action_toggle_json(self) -> None:
        """Change between fields and JSON; what was typed goes along."""
        try:
            given = self._read()
        except InputError as error:
            self._point_at(
                error,
                f"\n{key_of('input.json')} changes the view once that is mended; the text stays as it is.",
            )
            return
        self.is_json = not self.is_json
        self._show_view()
        self._fill(given)
        self._say("")
        first = "#whole" if self.is_json or not self.keys else "#field-0"
        self.query_one(first).focus()

    def action_load(self) -> None:
        """Ask for a JSON file and take its object as the data."""
        dialog = TextDialog("LOAD A FILE", note="path of a file with a JSON object", complaint=_complaint)
        self.app.push_screen(dialog, self._load)

    def action_edit_outside(self) -> None:
        """Give the text of the field to the user's editor."""
        field = self.focused
        if self.edit_outside is None or not isinstance(field, Input | TextArea):
            return
        try:
            if isinstance(field, TextArea):
                field.text = self.edit_outside(field.text, ".json")
                return
            text = self.edit_outside(field.value, ".txt")
            # One line shows the ends of lines only where they are written out, as in JSON.
            is_plain = "\n" not in text or self._slot(field) == "key message"
            field.value = text if is_plain else json.dumps(parse_value(text), ensure_ascii=False)
        except OutsideEditorError as error:
            self._say(one_line(str(error), 200))

    def _load(self, answer: str | None) -> None:
        if not answer:
            return
        try:
            data = read_object(path_of(answer))
            before = self._read()
        except InputError as error:
            self._point_at(error)
        else:
            self._fill(EventInput(data, before.target, before.metadata))
            self._say(f"loaded {len(data)} keys", is_wrong=False)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_accept()

    def _ways(self, *, is_line: bool) -> Content:
        run = f"input.run={self.verb}"
        recall = (
            f"{key_of('input.earlier')}{key_of('input.later')} earlier"
            if is_line and len(self.inputs) > 1
            else ""
        )
        other = "fields" if self.is_json else "JSON"
        line = ways(
            *((f"enter or {ways(run)}",) if is_line else (run, "enter new line")),
            recall,
            f"input.json={other}",
            "input.load=file",
            "input.outside",
            key_of("dialog.leave"),
        )
        return plain(line)

    def _show_view(self) -> None:
        self.query_one("#fields").display = not self.is_json
        self.query_one("#whole-data").display = self.is_json

    def _typed(self) -> dict[str, str]:
        """Every field's text as it stands, by key or id."""
        typed = {self._slot(field): field.value for field in self.query(Input)}
        typed |= {self._slot(area): area.text for area in self.query(TextArea)}
        return typed | ({_JSON_VIEW: ""} if self.is_json else {})

    def _put(self, typed: Mapping[str, str]) -> None:
        for field in self.query(Input):
            field.value = typed.get(self._slot(field), field.value)
            field.cursor_position = len(field.value)
        for area in self.query(TextArea):
            area.text = typed.get(self._slot(area), area.text)

    def _slot(self, field: Input | TextArea) -> str:
        # The flow may have other keys the next time, so a field's number says nothing.
        kind, _, number = (field.id or "").partition("-")
        return f"key {self.keys[int(number)]}" if kind == "field" else kind

    def _fill(self, given: EventInput) -> None:
        rest = {key: value for key, value in given.data.items() if key not in self.keys}
        for number, key in enumerate(self.keys):
            field = self.query_one(f"#field-{number}", Input)
            field.value = _shown(key, given.data[key]) if key in given.data else ""
            field.cursor_position = len(field.value)
        self.query_one("#rest", TextArea).text = _json(rest, 2)
        self.query_one("#whole", TextArea).text = _json(dict(given.data), 2)
        self.query_one("#target", Input).value = given.target
        self.query_one("#metadata", Input).value = _json(dict(given.metadata))

    def _read(self) -> EventInput:
        data = self._read_data()
        metadata = self._parsed("metadata", parse_metadata)
        return EventInput(data, self.query_one("#target", Input).value.strip(), metadata)

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
            return parse(self._typed()[name])
        except InputError as error:
            error.field = name
            raise

    def _point_at(self, error: InputError, more: str = "") -> None:
        """Say what is wrong and put the cursor there."""
        self._say(f"{error}{more}")
        if not error.field:
            return
        field = self.query_one(f"#{error.field}")
        if error.line and isinstance(field, TextArea):
            field.move_cursor((error.line - 1, error.column - 1))
        elif error.line and isinstance(field, Input):
            field.cursor_position = error.column - 1
        field.focus()

    def _say(self, text: str, *, is_wrong: bool = True) -> None:
        note = self.query_one("#note", Static)
        note.update(plain(f"✗ {text}" if is_wrong and text else text))
        note.set_class(is_wrong, "-wrong")


def _shown(key: str, value: object) -> str:
    return value if key == "message" and isinstance(value, str) else show_value(value)


def _json(value: dict[str, Any], indent: int | None = None) -> str:
    return json.dumps(value, indent=indent, ensure_ascii=False) if value else ""


def _complaint(answer: str) -> str:
    try:
        read_object(path_of(answer))
    except (InputError, RuntimeError) as error:
        return str(error)
    return ""
