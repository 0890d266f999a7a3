"""Two runs next to each other."""

from __future__ import annotations

from typing import ClassVar

from textual import events, getters
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from agentflow_tui.history.compare import Comparison
from agentflow_tui.history.run_summary import RunSummary
from agentflow_tui.tui.guard import guarded
from agentflow_tui.tui.key_footer import KeyFooter
from agentflow_tui.tui.keymap.bind import bindings
from agentflow_tui.tui.keymap.compare_keys import COMPARE
from agentflow_tui.tui.panes.line_view import LineView
from agentflow_tui.tui.safe_text import one_line, plain
from agentflow_tui.tui.screens.compare_rows import compare_rows

_LONGEST = 60


class CompareScreen(Screen[None]):
    """Where two runs part, what they cost, and what differs in the end."""

    CSS_PATH = "compare_screen.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(COMPARE)
    BINDING_GROUP_TITLE = "Compare"
    HELP = "Times, ids and pauses make no difference between two runs; everything else does."
    AUTO_FOCUS = "#compare-rows"

    rows = getters.query_one("#compare-rows", LineView)

    def __init__(self, found: Comparison, left: RunSummary, right: RunSummary) -> None:
        """Take what was found, and the two runs: A on the left, B on the right."""
        super().__init__()
        self.found = found
        self.left = left
        self.right = right

    def compose(self) -> ComposeResult:
        """Lay out the rows."""
        yield Static(id="compare-title", markup=False)
        yield LineView(id="compare-rows")
        yield KeyFooter(show_command_palette=False)

    @guarded
    def on_mount(self) -> None:
        """Say which runs these are."""
        title = Content.assemble(
            ("COMPARE", "bold $primary"),
            ("  A ", "bold $accent"),
            plain(_named(self.left)),
            ("  B ", "bold $accent"),
            plain(_named(self.right)),
        )
        self.query_one("#compare-title", Static).update(title)

    @guarded
    def on_resize(self, event: events.Resize) -> None:  # noqa: ARG002
        """Fit the rows to the new width."""
        self.rows.show_rows(
            compare_rows(self.found, _short(self.left), _short(self.right), self.size.width - 3)
        )

    def action_yank_row(self) -> None:
        """Copy what the row under the cursor stands for."""
        if text := self.rows.yank_text():
            self.app.copy_to_clipboard(text)

    def action_close_comparison(self) -> None:
        """Go back to the runs."""
        self.dismiss(None)


def _short(run: RunSummary) -> str:
    return run.name or run.run_id[:8]


def _named(run: RunSummary) -> str:
    return one_line(f"{run.flow} {_short(run)}", _LONGEST)
