"""How a replay came out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Static

from agentflow_tui.tui.dialogs.dialog import Dialog
from agentflow_tui.tui.dialogs.replay_rows import replay_rows
from agentflow_tui.tui.keymap.bind import bindings
from agentflow_tui.tui.keymap.named_keys import ways, with_keys
from agentflow_tui.tui.keymap.replay_keys import REPLAY
from agentflow_tui.tui.panes.line_view import LineView
from agentflow_tui.tui.safe_text import plain
from agentflow_tui.workbench.replay import Replay

Whose = Literal["own", "editor"]
_WHOSE: dict[Whose, str] = {
    "own": "with the text that the run began with · {replay.other}: with the editor's",
    "editor": "with the text in the editor · {replay.other}: with the run's own",
}
_FRAME = 8
"""Cells of the dialog beside its rows."""
_WIDEST, _MARGIN = 90, 4


@dataclass(frozen=True, slots=True)
class ReplayWish:
    """What is wanted after the report."""

    seq: int | None = None
    """The event to go to; none: replay with the other text."""


class ReplayDialog(Dialog[ReplayWish]):
    """Tells "same history", or the first difference side by side."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(REPLAY)

    def __init__(self, replay: Replay, whose: Whose) -> None:
        """Take what came out, and whose text the flow was."""
        super().__init__(classes="dialog")
        self.replay = replay
        self.whose: Whose = whose

    def compose(self) -> ComposeResult:
        """Lay out the rows."""
        with Vertical(classes="dialog-frame -wide") as frame:
            frame.border_title = "REPLAY"
            go = "replay.go" if self._seq is not None else ""
            frame.border_subtitle = plain(ways(go, "replay.other", "replay.yank=copy", "dialog.leave"))
            yield LineView(id="replay-rows")
            yield Static(plain(with_keys(_WHOSE[self.whose])), id="note", markup=False)

    def on_resize(self, event: events.Resize) -> None:
        """Fit the rows to the new width."""
        width = min(_WIDEST, event.size.width - _MARGIN) - _FRAME
        rows = self.query_one("#replay-rows", LineView)
        rows.show_rows(replay_rows(self.replay, width))

    def action_go(self) -> None:
        """Return the event at which they part."""
        if self._seq is not None:
            self.dismiss(ReplayWish(self._seq))

    def action_take_other(self) -> None:
        """Ask for a replay with the other text."""
        self.dismiss(ReplayWish())

    def action_yank(self) -> None:
        """Copy the report."""
        rows = self.query_one("#replay-rows", LineView).rows
        self.app.copy_to_clipboard("\n".join(row.content.plain for row in rows))

    @property
    def _seq(self) -> int | None:
        parts = self.replay.divergence
        event = None if parts is None else parts.left or parts.right
        return None if event is None else event.seq
