"""The output that an agent is pinned to, as JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Static, TextArea

from agentflow_tui.engine import AgentError, Event
from agentflow_tui.history.delta import Delta
from agentflow_tui.tui.dialogs.dialog import Dialog
from agentflow_tui.tui.event_input import InputError, parse_object
from agentflow_tui.tui.keymap.bind import bindings
from agentflow_tui.tui.keymap.breakpoint_keys import PIN
from agentflow_tui.tui.keymap.named_keys import key_of, ways
from agentflow_tui.tui.safe_text import one_line, plain

_NAME = 40


class PinDialog(Dialog[Delta]):
    """Lets the keys that the agent sets be edited; returns its output."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(PIN)

    def __init__(self, agent: str, output: Delta, *, is_pinned: bool) -> None:
        """Take whose output it is, what to begin with, and whether it is pinned to that already."""
        super().__init__(classes="dialog")
        self.agent = agent
        self.output = output
        self.note = (
            "pinned: the agent is not called, and sets these keys"
            if is_pinned
            else f"not pinned yet: {key_of('pin.keep')} pins the agent to this; it is not called then, and "
            "sets these keys"
        )

    def compose(self) -> ComposeResult:
        """Lay out the text."""
        with Vertical(classes="dialog-frame -wide") as frame:
            frame.border_title = plain(f"OUTPUT OF {one_line(self.agent, _NAME)}")
            frame.border_subtitle = plain(ways("pin.keep", "dialog.leave"))
            text = json.dumps(dict(self.output.set), ensure_ascii=False, indent=2)
            area = TextArea(text, id="pin-value", compact=True, tab_behavior="focus", soft_wrap=True)
            area.cursor_blink = False
            yield area
            yield Static(plain(self.note), id="note", markup=False)

    def action_accept(self) -> None:
        """Return the output, or say what is wrong with it."""
        try:
            checked = Event.make(parse_object(self.query_one(TextArea).text, "the output"))
        except (InputError, AgentError) as error:
            self._say(str(error))
        else:
            self.dismiss(replace(self.output, set=dict(checked.data)))

    def _say(self, text: str) -> None:
        note = self.query_one("#note", Static)
        note.update(plain(f"✗ {text}"))
        note.add_class("-wrong")
