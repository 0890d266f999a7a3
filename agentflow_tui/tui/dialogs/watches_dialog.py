"""All watch expressions of the open flow."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from agentflow_tui.history.run_state import RunState
from agentflow_tui.tui.dialogs.condition_fault import condition_fault
from agentflow_tui.tui.dialogs.dialog import Dialog
from agentflow_tui.tui.dialogs.text_dialog import TextDialog
from agentflow_tui.tui.keymap.bind import bindings
from agentflow_tui.tui.keymap.breakpoint_keys import WATCHES
from agentflow_tui.tui.keymap.named_keys import ways, with_keys
from agentflow_tui.tui.panes.inspector.watch_rows import watch_row
from agentflow_tui.tui.panes.line_view import LineView
from agentflow_tui.tui.panes.row import Row
from agentflow_tui.tui.safe_text import clean, plain
from agentflow_tui.workbench.watched import Watched

_EXAMPLES = "such as quality * 10, iteration >= 3, tokens, len(items)"
_EMPTY = "Nothing is watched. {watches.new} adds an expression, such as quality >= 8."


class WatchesDialog(Dialog[None]):
    """Lists them with their values at the cursor; each change counts at once."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(WATCHES)

    def __init__(self, watches: list[str], changed: Callable[[], None], state: RunState) -> None:
        """Take them, whom to tell of a change, and the run at the cursor."""
        super().__init__(classes="dialog")
        self.watches = watches
        self.changed = changed
        self.state = state
        self.deleted: list[tuple[int, str]] = []
        """With the places they had, the last one last."""

    def compose(self) -> ComposeResult:
        """Lay out the list."""
        with Vertical(classes="dialog-frame -wide") as frame:
            frame.border_title = "WATCHES"
            frame.border_subtitle = plain(
                ways("watches.new", "watches.edit", "watches.delete", "watches.undo", "dialog.leave")
            )
            yield LineView(id="watches")
            yield Static("The inspector shows them in State, at the cursor.", id="note", markup=False)

    def on_mount(self) -> None:
        """Fill the list."""
        self._show()

    def action_add(self) -> None:
        """Ask for another one."""
        self._ask("", len(self.watches))

    def action_edit(self) -> None:
        """Edit it."""
        place = self._list.cursor
        if place < len(self.watches):
            self._ask(self.watches[place], place)

    def action_delete(self) -> None:
        """Take it away."""
        place = self._list.cursor
        if place < len(self.watches):
            self.deleted.append((place, self.watches.pop(place)))
            self._tell()

    def action_undo(self) -> None:
        """Bring back the one that was deleted last, where it was."""
        if self.deleted:
            place, expression = self.deleted.pop()
            self.watches.insert(place, expression)
            self._tell()
            self._list.move_to(place)

    @on(LineView.RowChosen)
    def _row_chosen(self, event: LineView.RowChosen) -> None:
        event.stop()
        self.action_edit() if self.watches else self.action_add()

    @property
    def _list(self) -> LineView:
        return self.query_one(LineView)

    def _ask(self, expression: str, place: int) -> None:
        def complaint(text: str) -> str:
            if text.strip() in self.watches and text.strip() != expression:
                return "it is watched already"
            return condition_fault(text)

        def answered(text: str | None) -> None:
            if text is not None and text.strip():
                self.watches[place : place + 1] = [text.strip()]
                self._tell()
                self._list.move_to(place)

        dialog = TextDialog(
            "WATCH", value=expression, note=_EXAMPLES, complaint=complaint, checks_typing=True
        )
        self.app.push_screen(dialog, answered)

    def _tell(self) -> None:
        self.changed()
        self._show()

    def _show(self) -> None:
        rows = [watch_row(Watched.at(each, self.state)) for each in self.watches]
        self._list.show_rows(rows or [Row(Content.styled(clean(with_keys(_EMPTY)), "$muted"))])
