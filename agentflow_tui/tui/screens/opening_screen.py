"""The first picture: a flow's name, its text and the frames of the panes, while the workbench still loads."""

from __future__ import annotations

from pathlib import Path

from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from agentflow_tui.tui.pane_tabs import PANES, PaneTabs
from agentflow_tui.tui.safe_text import clean, one_line, plain

_MEDIUM, _WIDE = 80, 120
"""Columns from which two panes fit, and all of them, as in the workbench."""
_LINES = 60
_LONGEST = 200


class OpeningScreen(Screen[None]):
    """Looks like a workbench that has not checked its flow yet; takes no keys."""

    CSS_PATH = "workbench_screen.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (40, "-narrow"), (80, "-medium"), (120, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (10, "-short"), (30, "-tall"), (48, "-high")]
    AUTO_FOCUS = ""

    def __init__(self, path: Path) -> None:
        """Take the file whose name and first lines are shown."""
        super().__init__()
        self.path = path

    def compose(self) -> ComposeResult:
        """Lay out frames where the panes will be."""
        name = one_line(self.path.name, _LONGEST)
        yield Static(Content.assemble((name, "bold"), clean("  ◌ OPENING")), id="status", markup=False)
        yield PaneTabs()
        with Container(id="panes"):
            for number, pane in enumerate(PANES, 1):
                text = plain(_first_lines(self.path)) if pane == "editor" else ""
                frame = Static(text, id=pane, classes="pane", markup=False)
                frame.border_title = plain(f"{number:d} {pane.upper()}")
                yield frame
        yield Static(id="too-small", markup=False)

    def on_mount(self) -> None:
        """Show the panes that the workbench will show at this width."""
        width = self.app.size.width
        visible = frozenset(
            PANES if width >= _WIDE else ("graph", "editor") if width >= _MEDIUM else ("graph",)
        )
        for pane in PANES:
            self.query_one(f"#{pane}").display = pane in visible
        self.query_one(PaneTabs).light(visible, "graph")
        self.set_class(len(visible) == 1, "-single")

    def on_resize(self) -> None:
        """Fit the new width."""
        self.on_mount()


def _first_lines(path: Path) -> str:
    # What is wrong with a file is told by the workbench, which reads it again.
    try:
        if not path.is_file():
            return ""
        with path.open(encoding="utf-8-sig") as file:
            # A line can be as long as the disk is large.
            lines = file.read(_LINES * _LONGEST).split("\n")
            return "\n".join(line[:_LONGEST] for line in lines[:_LINES])
    except (OSError, UnicodeDecodeError):
        return ""
