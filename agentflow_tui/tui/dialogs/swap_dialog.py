"""The edited config beside the one that a live run follows."""

from __future__ import annotations

from typing import ClassVar, Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button

from agentflow_tui.plan.swap_forecast import SwapForecast
from agentflow_tui.tui.dialogs.dialog import Dialog
from agentflow_tui.tui.dialogs.swap_rows import swap_rows
from agentflow_tui.tui.keymap.bind import bindings
from agentflow_tui.tui.keymap.named_keys import key_of, ways
from agentflow_tui.tui.keymap.swap_keys import SWAP_DIALOG
from agentflow_tui.tui.panes.line_view import LineView
from agentflow_tui.tui.safe_text import clean, plain

SwapWish = Literal["apply", "withdraw"]


class SwapDialog(Dialog[SwapWish]):
    """Tells what means something else, what it invalidates and when it would happen; asks for it."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(SWAP_DIALOG)

    def __init__(self, forecast: SwapForecast, when: str, *, is_waiting: bool) -> None:
        """Take the changes, the moment in words, and whether another config waits already."""
        super().__init__(classes="dialog")
        self.forecast = forecast
        self.when = when
        self.is_waiting = is_waiting

    @property
    def is_possible(self) -> bool:
        """True when there is something that the run can take over."""
        return not self.forecast.is_empty and not self.forecast.refusal

    def compose(self) -> ComposeResult:
        """Lay out the changes and the answers."""
        with Vertical(classes="dialog-frame -wide") as frame:
            frame.border_title = "APPLY THE EDITED CONFIG TO THIS RUN"
            frame.border_subtitle = plain(ways("swap.yank=copy", "dialog.leave=leave the run as it is"))
            yield LineView(id="swap-rows")
            with Horizontal(classes="dialog-buttons"):
                if self.is_possible:
                    yield _button(
                        "swap.apply", "replace the waiting one" if self.is_waiting else "apply", "apply"
                    )
                if self.is_waiting:
                    yield _button("swap.withdraw", "withdraw the waiting one", "withdraw")
                yield _button("dialog.leave", "leave", "leave")

    def on_mount(self) -> None:
        """Fill the list; it has the focus, so that the arrows scroll it."""
        rows = self.query_one("#swap-rows", LineView)
        rows.show_rows(swap_rows(self.forecast, self.when))
        rows.focus()

    def action_apply(self) -> None:
        """Let it wait, or do what the button with the focus says; leave when there is nothing to apply."""
        if isinstance(self.focused, Button):
            self.focused.press()
        else:
            self._apply()

    def action_withdraw(self) -> None:
        """Let nothing wait."""
        if self.is_waiting:
            self.dismiss("withdraw")

    def action_yank(self) -> None:
        """Copy the list."""
        rows = self.query_one("#swap-rows", LineView).rows
        self.app.copy_to_clipboard("\n".join(row.content.plain for row in rows))

    def _apply(self) -> None:
        self.dismiss("apply" if self.is_possible else None)

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        {"swap-apply": self._apply, "swap-withdraw": self.action_withdraw}.get(
            event.button.id or "", self.action_leave
        )()


def _button(action: str, label: str, name: str) -> Button:
    text = Content.assemble((clean(f"{key_of(action)} "), "bold $footer-key-foreground"), clean(label))
    return Button(text, id=f"swap-{name}", compact=True)
