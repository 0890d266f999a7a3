"""The keys of a state and the value of one of them, to be typed over."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Checkbox, Input, Label, OptionList, TextArea
from textual.widgets.option_list import Option

from agentflow_tui.tui.dialogs.draft_rows import edit_line, value_line
from agentflow_tui.tui.dialogs.field import line_field, text_field
from agentflow_tui.tui.dialogs.state_draft import Draft, Pending, Slot, StateDraft
from agentflow_tui.tui.dialogs.tick_box import TickBox
from agentflow_tui.tui.safe_text import one_line, plain

_NAME = 40


class ValueForm(Vertical):
    """Shows one draft of a state; what is typed goes into it at once."""

    class Edited(Message):
        """Something was typed."""

    def __init__(self, draft: StateDraft, *, id: str) -> None:  # noqa: A002
        """Take the first draft."""
        super().__init__(id=id)
        self.draft = draft
        self.shown: Slot | None = None

    def compose(self) -> ComposeResult:
        """Lay out the keys, a line for a new one, and the value of the one that is chosen."""
        yield OptionList(id="state-keys", markup=False)
        yield Label("new key", markup=False)
        yield line_field("new-key", "enter adds it; meta.name is one of meta")
        yield Label("value", id="value-label", markup=False)
        yield text_field("state-value")
        yield TickBox("JSON: a number, true, a list, an object", id="is-json")
        yield TickBox("take the key away", id="is-removed")

    def show(self, draft: StateDraft, slot: Slot | None = None) -> None:
        """Show a draft, from this key on."""
        self.draft, self.shown = draft, None
        keys = self.query_one("#state-keys", OptionList)
        keys.clear_options()
        keys.add_options([Option(self._line(each)) for each in draft.slots])
        for name in ("#state-value", "#is-json", "#is-removed"):
            self.query_one(name).disabled = not draft.slots
        if draft.slots:
            self.choose(draft.slots.index(slot) if slot in draft.slots else 0)

    def choose(self, place: int) -> None:
        """Show the value of the key at this place of the list."""
        slot = self.draft.slots[place]
        draft = self.draft.draft(slot)
        # While the fields change one after the other, none of them is what somebody typed.
        self.shown = None
        self.query_one("#value-label", Label).update(plain(f"value of {one_line(slot.name, _NAME)}"))
        self.query_one("#state-value", TextArea).text = draft.text
        self.query_one("#is-json", Checkbox).value = draft.is_json
        self.query_one("#is-json", Checkbox).disabled = slot.part == "meta"
        self.query_one("#is-removed", Checkbox).value = draft.is_removed
        self.shown = slot
        self.query_one("#state-keys", OptionList).highlighted = place

    def keep(self) -> None:
        """Take what is typed into the draft."""
        if self.shown is not None:
            text = self.query_one("#state-value", TextArea).text
            is_json = self.query_one("#is-json", Checkbox).value
            self.draft.put(self.shown, Draft(text, is_json, self.query_one("#is-removed", Checkbox).value))

    def mark(self, edits: list[Pending]) -> None:
        """Mark the keys in the list that these edits change."""
        by_slot = {edit.slot: edit for edit in edits}
        keys = self.query_one("#state-keys", OptionList)
        for place, slot in enumerate(self.draft.slots):
            line = edit_line(by_slot[slot]) if slot in by_slot else self._line(slot)
            keys.replace_option_prompt_at_index(place, line)

    @on(OptionList.OptionHighlighted, "#state-keys")
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if event.option_index < len(self.draft.slots) and self.draft.slots[event.option_index] != self.shown:
            self.keep()
            self.choose(event.option_index)

    @on(OptionList.OptionSelected, "#state-keys")
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.query_one("#state-value").focus()

    @on(Input.Submitted, "#new-key")
    def _added(self, event: Input.Submitted) -> None:
        event.stop()
        if not (name := event.value.strip()):
            return
        self.keep()
        self.draft.add(Slot.named(name))
        event.input.value = ""
        self.show(self.draft, Slot.named(name))
        self.query_one("#state-value").focus()
        self.post_message(self.Edited())

    @on(TextArea.Changed)
    @on(Checkbox.Changed)
    def _typed(self, event: Message) -> None:
        event.stop()
        self.keep()
        self.post_message(self.Edited())

    def _line(self, slot: Slot) -> Content:
        return value_line(slot, self.draft.old(slot))
