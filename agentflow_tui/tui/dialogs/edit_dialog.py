"""The form for changing the state at the cursor."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Checkbox, Input, Label, OptionList, Static, TextArea
from textual.widgets.option_list import Option

from agentflow_tui.tui.dialogs.dialog import Dialog
from agentflow_tui.tui.keymap.bind import bindings
from agentflow_tui.tui.keymap.dialog_keys import EDIT
from agentflow_tui.tui.panes.inspector.amount import short
from agentflow_tui.tui.safe_text import one_line, plain
from agentflow_tui.workbench.departure import REMOVED

_NAME = 40
_PREVIEW = 60
_LOW = 30
"""Rows of a window in which the form takes all the height, so that what it says stays in view."""


@dataclass(frozen=True, slots=True)
class StateEdit:
    """What is different in the fork."""

    edits: Mapping[str, Any]
    """By key; `REMOVED` takes a key away."""
    name: str
    """Of the fork; may be empty."""


@dataclass(frozen=True, slots=True)
class _Draft:
    """A value as it is typed."""

    text: str
    is_json: bool
    is_removed: bool = False

    @classmethod
    def of(cls, value: Any) -> _Draft:
        if isinstance(value, str):
            return cls(value, is_json=False)
        return cls(json.dumps(value, ensure_ascii=False, indent=2), is_json=True)

    @property
    def value(self) -> Any:
        if self.is_removed:
            return REMOVED
        return json.loads(self.text) if self.is_json else self.text


class EditDialog(Dialog[StateEdit]):
    """Lets values be changed, added and removed; returns those that differ, and the fork's name."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(EDIT)

    def __init__(self, data: Mapping[str, Any], seq: int, *, note: str = "") -> None:
        """Take the state's data just after event `seq`, and a remark for the end of the note."""
        super().__init__(classes="dialog")
        self.data = data
        self.seq = seq
        self.note = note
        self.names = list(data)
        self.drafts: dict[str, _Draft] = {}
        self.shown = ""

    def compose(self) -> ComposeResult:
        """Lay out the keys, the value of one, and the fork's name."""
        is_low = self.app.size.height < _LOW
        with Vertical(classes=f"dialog-frame -wide{' -tall' if is_low else ''}") as frame:
            frame.border_title = plain(f"STATE AFTER EVENT {self.seq:d}")
            frame.border_subtitle = "tab next field · ^s fork · esc close"
            with VerticalScroll(classes="settings-body" if is_low else "dialog-body", can_focus=False):
                yield OptionList(*(self._option(name) for name in self.names), id="state-keys", markup=False)
                yield Label("new key", markup=False)
                yield _line("new-key", "enter adds it")
                yield Label("value", id="value-label", markup=False)
                yield _text("state-value")
                yield Checkbox("JSON: a number, true, a list, an object", id="is-json", compact=True)
                yield Checkbox("take the key away", id="is-removed", compact=True)
                yield Label("name of the fork", markup=False)
                yield _line("fork-name", "")
            yield Static(plain(f"The run itself stays as it is{self.note}."), id="note", markup=False)

    def on_mount(self) -> None:
        """Show the first value."""
        if self.names:
            self.query_one("#state-keys", OptionList).highlighted = 0
        else:
            self._enable(False)
            self.query_one("#new-key").focus()

    def action_accept(self) -> None:
        """Return what was changed, or say what is wrong with it."""
        self._keep()
        edits: dict[str, Any] = {}
        for name, draft in self.drafts.items():
            try:
                value = draft.value
            except (ValueError, RecursionError) as error:
                self._say(f"{one_line(name, _NAME)} is no JSON: {error}")
                self.query_one("#state-keys", OptionList).highlighted = self.names.index(name)
                return
            if value is REMOVED and name not in self.data:
                continue
            if name not in self.data or not _same(value, self.data[name]):
                edits[name] = value
        if not edits:
            self._say("nothing is changed yet; f forks without a change")
            return
        self.dismiss(StateEdit(edits, self.query_one("#fork-name", Input).value.strip()))

    @on(OptionList.OptionHighlighted, "#state-keys")
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._keep()
        self._show(self.names[event.option_index])

    @on(OptionList.OptionSelected, "#state-keys")
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.query_one("#state-value").focus()

    @on(Input.Submitted, "#new-key")
    def _added(self, event: Input.Submitted) -> None:
        event.stop()
        name = event.value.strip()
        if not name:
            return
        keys = self.query_one("#state-keys", OptionList)
        if name not in self.names:
            self.names.append(name)
            keys.add_option(self._option(name))
        event.input.value = ""
        keys.highlighted = self.names.index(name)
        self.query_one("#state-value").focus()

    @on(Input.Submitted, "#fork-name")
    def _named(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_accept()

    def _show(self, name: str) -> None:
        draft = self.drafts.get(name) or (
            _Draft.of(self.data[name]) if name in self.data else _Draft("", False)
        )
        self.shown = name
        self._enable(True)
        self.query_one("#value-label", Label).update(plain(f"value of {one_line(name, _NAME)}"))
        self.query_one("#state-value", TextArea).text = draft.text
        self.query_one("#is-json", Checkbox).value = draft.is_json
        self.query_one("#is-removed", Checkbox).value = draft.is_removed

    def _keep(self) -> None:
        if self.shown:
            self.drafts[self.shown] = _Draft(
                self.query_one("#state-value", TextArea).text,
                self.query_one("#is-json", Checkbox).value,
                self.query_one("#is-removed", Checkbox).value,
            )

    def _enable(self, is_enabled: bool) -> None:
        for name in ("#state-value", "#is-json", "#is-removed"):
            self.query_one(name).disabled = not is_enabled

    def _option(self, name: str) -> Option:
        value = one_line(short(self.data[name]), _PREVIEW) if name in self.data else "new"
        return Option(Content.assemble((one_line(name, _NAME), "bold"), "  ", (value, "$foreground-muted")))

    def _say(self, text: str) -> None:
        note = self.query_one("#note", Static)
        note.update(plain(f"✗ {text}"))
        note.add_class("-wrong")


def _same(one: Any, other: Any) -> bool:
    if one is REMOVED:
        return False
    # To Python True equals 1; to a reader of JSON it does not.
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def _line(name: str, placeholder: str) -> Input:
    field = Input(id=name, placeholder=placeholder, compact=True, select_on_focus=False)
    field.cursor_blink = False
    return field


def _text(name: str) -> TextArea:
    area = TextArea(id=name, compact=True, tab_behavior="focus", soft_wrap=True)
    area.cursor_blink = False
    return area
