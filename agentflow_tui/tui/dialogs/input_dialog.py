"""The form for what a run is given."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import DescendantFocus
from textual.widgets import Input, Static, TextArea

from agentflow_tui.config import Flow
from agentflow_tui.tui.dialogs.dialog import Dialog
from agentflow_tui.tui.dialogs.event_fields import JSON_VIEW, EventFields
from agentflow_tui.tui.dialogs.target_file import path_of
from agentflow_tui.tui.dialogs.text_dialog import TextDialog
from agentflow_tui.tui.event_input import EventInput, InputError, parse_value, read_object
from agentflow_tui.tui.keymap.bind import bindings
from agentflow_tui.tui.keymap.dialog_keys import INPUT
from agentflow_tui.tui.keymap.named_keys import key_of, ways
from agentflow_tui.tui.outside_editor import OutsideEditorError
from agentflow_tui.tui.safe_text import one_line, plain
from agentflow_tui.workbench.target_doubt import target_doubt


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
        flow: Flow | None = None,
    ) -> None:
        """Take the keys that the flow uses, `message` first, and the values to start with.

        `required` are keys that the flow cannot do without, `earlier` inputs that can be taken again, the
        newest first. `unsent` gets what is typed when one leaves, valid or not; the next form starts with it.
        `title` says what is asked for, `verb` what accepting does; `edit_outside` gives a text, and the
        suffix of its file, to the user's editor. With `flow` a target that it does not know is told.
        """
        super().__init__(classes="dialog")
        self.fields = EventFields(keys, required)
        self.inputs = (given, *(each for each in earlier if each != given))
        self.heading = title
        self.verb = verb
        self.edit_outside = edit_outside
        self.flow = flow
        self.recalled = 0
        self._warned: tuple[str, ...] = ()
        self._doubted = ""
        self._unsent = unsent if unsent is not None else {}
        self._newest: Mapping[str, str] = {}
        self._untouched: Mapping[str, str] = {}

    def compose(self) -> ComposeResult:
        """Lay out the fields."""
        with Vertical(classes="dialog-frame -wide") as frame:
            frame.border_title = plain(self.heading)
            frame.border_subtitle = self._ways(is_line=True)
            yield self.fields
            yield Static("", id="note", classes="-wrong", markup=False)

    def on_mount(self) -> None:
        """Fill the fields."""
        self.fields.fill(self.inputs[0])
        self._untouched = self.fields.typed
        if self._unsent:
            self.fields.show_view(is_json=JSON_VIEW in self._unsent)
            self.fields.put(self._unsent)
            self._say("as it was left; nothing was run with it yet", is_wrong=False)
        # The first field has the focus before there is room for it: it was scrolled to, without its name.
        self.call_after_refresh(self.fields.scroll_home, animate=False)

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Say what the keys do in this field."""
        self.query_one(".dialog-frame").border_subtitle = self._ways(is_line=isinstance(event.widget, Input))

    def action_leave(self) -> None:
        """Close without an answer; what was typed is there the next time."""
        typed = self.fields.typed
        self._unsent.clear()
        if typed != self._untouched:
            self._unsent.update({**typed})
        super().action_leave()

    def action_accept(self) -> None:
        """Return the input, or say what is wrong with it; what is missing is said once."""
        try:
            given = self.fields.read()
        except InputError as error:
            self._point_at(error)
            return
        untold = self._untold(given)
        if untold:
            self._say("\n".join(untold))
            return
        self._unsent.clear()
        self.dismiss(given)

    def _untold(self, given: EventInput) -> list[str]:
        """What an input lacks that was not said yet, with the cursor put to the first of it."""
        untold = []
        doubt = target_doubt(self.flow, given.target, given.metadata) if self.flow is not None else ""
        if doubt and doubt != self._doubted:
            self._doubted = doubt
            untold.append(f"{one_line(doubt, 300)}; again runs as without a target")
            self.fields.query_one("#target").focus()
        missing = tuple(key for key in self.fields.required if key not in given.data)
        if missing and missing != self._warned:
            self._warned = missing
            untold.insert(0, f"the flow needs {one_line(', '.join(missing), 200)}; again runs without")
            self.fields.go_to(missing[0])
        return untold

    def action_recall(self, step: int) -> None:
        """Take an earlier input (-1) or a later one (1); what was typed comes after the newest."""
        place = min(max(self.recalled - step, 0), len(self.inputs) - 1)
        if place == self.recalled:
            return
        if self.recalled == 0:
            self._newest = self.fields.typed
        self.recalled = place
        self.fields.fill(self.inputs[place])
        if place == 0:
            self.fields.put(self._newest)
        self._say(f"earlier input {place} of {len(self.inputs) - 1}" if place else "", is_wrong=False)

    def action_toggle_json(self) -> None:
        """Change between fields and JSON; what was typed goes along."""
        try:
            given = self.fields.read()
        except InputError as error:
            self._point_at(
                error,
                f"\n{key_of('input.json')} changes the view once that is mended; the text stays as it is.",
            )
            return
        self.fields.show_view(is_json=not self.fields.is_json)
        self.fields.fill(given)
        self._say("")
        self.fields.go_to_first()

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
            is_plain = "\n" not in text or self.fields.slot(field) == "key message"
            field.value = text if is_plain else json.dumps(parse_value(text), ensure_ascii=False)
        except OutsideEditorError as error:
            self._say(one_line(str(error), 200))

    def _load(self, answer: str | None) -> None:
        if not answer:
            return
        try:
            data = read_object(path_of(answer))
            before = self.fields.read()
        except InputError as error:
            self._point_at(error)
        else:
            self.fields.fill(EventInput(data, before.target, before.metadata))
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
        other = "fields" if self.fields.is_json else "JSON"
        line = ways(
            *((f"enter or {ways(run)}",) if is_line else (run, "enter new line")),
            recall,
            f"input.json={other}",
            "input.load=file",
            "input.outside",
            key_of("dialog.leave"),
        )
        return plain(line)

    def _point_at(self, error: InputError, more: str = "") -> None:
        """Say what is wrong and put the cursor there."""
        self._say(f"{error}{more}")
        self.fields.point_at(error)

    def _say(self, text: str, *, is_wrong: bool = True) -> None:
        note = self.query_one("#note", Static)
        note.update(plain(f"✗ {text}" if is_wrong and text else text))
        note.set_class(is_wrong, "-wrong")


def _complaint(answer: str) -> str:
    try:
        read_object(path_of(answer))
    except (InputError, RuntimeError) as error:
        return str(error)
    return ""
