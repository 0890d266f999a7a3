"""The form for changing the state at the cursor."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Checkbox, Input, Label, Select, Static, TextArea

from agentflow_tui.history.run_state import StateView
from agentflow_tui.tui.dialogs.dialog import Dialog
from agentflow_tui.tui.dialogs.draft_rows import edit_lines
from agentflow_tui.tui.dialogs.field import line_field, text_field
from agentflow_tui.tui.dialogs.state_draft import Slot, StateDraft
from agentflow_tui.tui.dialogs.value_form import ValueForm
from agentflow_tui.tui.event_input import InputError
from agentflow_tui.tui.keymap.bind import bindings
from agentflow_tui.tui.keymap.dialog_keys import EDIT
from agentflow_tui.tui.keymap.named_keys import key_of, ways
from agentflow_tui.tui.outside_editor import OutsideEditorError
from agentflow_tui.tui.safe_text import one_line, plain

_NAME = 40
_LOW = 30
"""Rows of a window in which the form takes all the height, so that what it says stays in view."""


@dataclass(frozen=True, slots=True)
class StateEdit:
    """What is different in the fork."""

    edits: Mapping[str, Any]
    """By key of data; `REMOVED` takes a key away."""
    meta_edits: Mapping[str, Any]
    name: str
    """Of the fork; may be empty."""
    branch: str = ""
    """Path of the branch of a parallel phase whose state it is; empty: the run's own."""


class EditDialog(Dialog[StateEdit]):
    """Lets values be changed, added and removed; returns those that differ, and the fork's name."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(EDIT)

    def __init__(  # noqa: PLR0913 - what can be changed, and where it is
        self,
        states: Mapping[str, StateView],
        seq: int,
        *,
        first: Slot | None = None,
        note: str = "",
        whereabouts: str = "",
        edit_outside: Callable[[str, str], str] | None = None,
    ) -> None:
        """Take the states just after event `seq` that can be changed, and a remark for the end of the note.

        `states` are by the path of their branch, the run's own by an empty one; the first is shown, from the
        key `first` on if it is there.
        `whereabouts` says where the run's own state can be changed when only branches can be here;
        `edit_outside` gives a text, and the suffix of its file, to the user's editor.
        """
        super().__init__(classes="dialog")
        self.states = states
        self.seq = seq
        self.first = first
        self.note = note
        self.whereabouts = whereabouts
        self.edit_outside = edit_outside
        self.branch = next(iter(states))
        self.draft = self._untouched()
        self.is_whole = False

    @property
    def names(self) -> list[str]:
        """The keys in the order of the list."""
        return [slot.name for slot in self.draft.slots]

    @property
    def form(self) -> ValueForm:
        """The view of one value at a time."""
        return self.query_one("#one-value", ValueForm)

    def compose(self) -> ComposeResult:
        """Lay out the keys, the value of one, and the fork's name."""
        is_low = self.app.size.height < _LOW
        with Vertical(classes=f"dialog-frame -wide{' -tall' if is_low else ''}") as frame:
            frame.border_title = plain(f"STATE AFTER EVENT {self.seq:d}")
            frame.border_subtitle = plain(
                ways("edit.accept", "edit.take_back", "edit.json", "edit.outside", "dialog.leave")
            )
            with VerticalScroll(classes="settings-body" if is_low else "dialog-body", can_focus=False):
                if self.branch:
                    yield Label(plain(f"the state of branch{self.whereabouts}"), markup=False)
                    yield self._branches()
                yield ValueForm(self.draft, id="one-value")
                with Vertical(id="whole-state"):
                    yield Label("the whole state (JSON)", markup=False)
                    yield text_field("whole")
                yield Static("", id="pending", markup=False)
                yield Label("name of the fork", markup=False)
                yield line_field("fork-name")
            yield Static(plain(self._usual_note), id="note", markup=False)

    def on_mount(self) -> None:
        """Show the first value, or the one that is wanted first."""
        self.query_one("#whole-state").display = False
        self.form.show(self.draft, self.first)
        self.query_one("#state-keys" if self.draft.slots else "#new-key").focus(scroll_visible=False)

    def action_accept(self) -> None:
        """Return what was changed, or say what is wrong with it."""
        try:
            self._keep()
            data, meta = self.draft.edits("data"), self.draft.edits("meta")
        except InputError as error:
            self._point_at(error)
            return
        if not data and not meta:
            self._say(f"nothing is changed yet; {key_of('time.fork')} forks without a change")
            return
        self.dismiss(StateEdit(data, meta, self.query_one("#fork-name", Input).value.strip(), self.branch))

    def action_take_back(self) -> None:
        """Forget the edit of the value that is shown; in JSON all of them."""
        if self.is_whole:
            self.draft = self._untouched()
            self.query_one("#whole", TextArea).text = self.draft.to_json()
            self._say("all edits are taken back", is_wrong=False)
        elif slot := self.form.shown:
            was_edited = self.draft.take_back(slot)
            self.form.show(self.draft, slot)
            self._show_edits()
            name = one_line(slot.name, _NAME)
            self._say(
                f"the edit of {name} is taken back" if was_edited else f"{name} has no edit",
                is_wrong=not was_edited,
            )

    def action_toggle_json(self) -> None:
        """Change between one value at a time and the whole state as JSON; edits go along."""
        try:
            self._keep()
            self.query_one("#whole", TextArea).text = self.draft.to_json()
        except InputError as error:
            self._point_at(error)
            return
        self.is_whole = not self.is_whole
        self.form.display = not self.is_whole
        self.query_one("#whole-state").display = self.is_whole
        self.form.show(self.draft, self.form.shown)
        self._show_edits()
        self._say("", is_wrong=False)
        self.query_one("#whole" if self.is_whole else "#state-keys").focus()

    def action_edit_outside(self) -> None:
        """Give the text to the user's editor."""
        if self.edit_outside is None or not (self.is_whole or self.form.shown):
            return
        area = self.query_one("#whole" if self.is_whole else "#state-value", TextArea)
        is_json = self.is_whole or self.query_one("#is-json", Checkbox).value
        try:
            area.text = self.edit_outside(area.text, ".json" if is_json else ".txt")
        except OutsideEditorError as error:
            self._say(str(error))
        else:
            self._say("", is_wrong=False)
            area.focus()

    @on(ValueForm.Edited)
    def _edited(self, event: ValueForm.Edited) -> None:
        event.stop()
        self._show_edits()

    @on(Input.Submitted, "#fork-name")
    def _named(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_accept()

    @on(Select.Changed, "#branch")
    def _branch_chosen(self, event: Select.Changed) -> None:
        event.stop()
        if event.value == self.branch:
            return
        if self._is_edited():
            branches: Select[str] = self.query_one("#branch", Select)
            branches.value = self.branch
            self._say("one state is edited at a time: fork, or take the edits back first")
            return
        self.branch = str(event.value)
        self.draft = self._untouched()
        self.query_one("#whole", TextArea).text = self.draft.to_json()
        self.form.show(self.draft)

    def _is_edited(self) -> bool:
        try:
            self._keep()
            return bool(self.draft.pending())
        except InputError:
            return True

    def _branches(self) -> Select[str]:
        options = [(plain(path), path) for path in self.states]
        return Select(options, value=self.branch, id="branch", allow_blank=False, compact=True)

    def _untouched(self) -> StateDraft:
        return StateDraft(self.states[self.branch].data, self.states[self.branch].meta)

    def _keep(self) -> None:
        """Take what is typed into the draft; raises `InputError` for a wrong text of the whole state."""
        if not self.is_whole:
            self.form.keep()
            return
        try:
            self.draft.take_json(self.query_one("#whole", TextArea).text)
        except InputError as error:
            error.field = "whole"
            raise

    def _show_edits(self) -> None:
        try:
            edits = self.draft.pending()
        except InputError:
            # It may be half typed: what is wrong with it is said when the fork is asked for.
            return
        self.form.mark(edits)
        self.query_one("#pending", Static).update(edit_lines(edits))

    def _point_at(self, error: InputError) -> None:
        """Say what is wrong and put the cursor there."""
        self._say(str(error))
        if error.field in self.names:
            self.form.choose(self.names.index(error.field))
        area = self.query_one("#whole" if self.is_whole else "#state-value", TextArea)
        if error.line:
            area.move_cursor((error.line - 1, error.column - 1))
        area.focus()

    @property
    def _usual_note(self) -> str:
        return f"The run itself stays as it is{self.note}."

    def _say(self, text: str, *, is_wrong: bool = True) -> None:
        note = self.query_one("#note", Static)
        note.update(plain(f"✗ {text}" if is_wrong else text or self._usual_note))
        note.set_class(is_wrong, "-wrong")
