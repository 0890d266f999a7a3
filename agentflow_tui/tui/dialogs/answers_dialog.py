"""The choice of where answers come from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from agentflow_tui.tui.dialogs.dialog import Dialog
from agentflow_tui.tui.keymap.named_keys import ways
from agentflow_tui.tui.safe_text import clean, plain
from agentflow_tui.workbench.answers import MODES, SPEEDS, Answers

_USUAL = "as usual"
_NAME = 10


class AnswersDialog(Dialog[Answers]):
    """Asks for mode and speed; returns both."""

    def __init__(self, answers: Answers) -> None:
        """Take what holds now."""
        super().__init__(classes="dialog")
        self.answers = answers

    def compose(self) -> ComposeResult:
        """Lay out the two lists."""
        with Vertical(classes="dialog-frame -wide") as frame:
            frame.border_title = "ANSWERS OF MODELS, FROM THE NEXT RUN ON"
            frame.border_subtitle = plain(
                ways("↑↓ choose", "tab other list", "enter take both", "dialog.leave")
            )
            yield Label("where they come from", markup=False)
            yield _list("modes", {mode or _USUAL: said for mode, said in MODES.items()})
            yield Label("how recordings stream", markup=False)
            yield _list("speeds", SPEEDS)

    def on_mount(self) -> None:
        """Point to what holds now."""
        self.query_one("#modes", OptionList).highlighted = list(MODES).index(self.answers.mode)
        self.query_one("#speeds", OptionList).highlighted = list(SPEEDS).index(self.answers.speed)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        mode = list(MODES)[self.query_one("#modes", OptionList).highlighted or 0]
        speed = list(SPEEDS)[self.query_one("#speeds", OptionList).highlighted or 0]
        self.dismiss(Answers(mode, speed))


def _list(name: str, said: Mapping[Any, str]) -> OptionList:
    lines = (
        Option(Content.assemble((clean(each.ljust(_NAME)), "bold"), (clean(text), "$foreground-muted")))
        for each, text in said.items()
    )
    return OptionList(*lines, id=name, classes="answers", markup=False)
