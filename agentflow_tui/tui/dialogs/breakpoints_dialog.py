"""All breakpoints of the open flow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content

from agentflow_tui.conditions import ConditionSyntaxError, parse_condition
from agentflow_tui.engine.breakpoints import Breakpoint, Breakpoints
from agentflow_tui.tui.dialogs.dialog import Dialog
from agentflow_tui.tui.dialogs.text_dialog import TextDialog
from agentflow_tui.tui.keymap.bind import bindings
from agentflow_tui.tui.keymap.breakpoint_keys import BREAKPOINTS
from agentflow_tui.tui.panes.line_view import LineView
from agentflow_tui.tui.panes.row import Row
from agentflow_tui.tui.safe_text import one_line

_LONGEST = 60
_EXAMPLES = "such as iteration >= 3, quality < 0.8, tokens > 5000; empty stops always"
_EMPTY = "No breakpoint. b in the workbench sets one before the node that is selected."


class BreakpointsDialog(Dialog[None]):
    """Lists them with what they wait for and how often they were hit; each change counts at once."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(BREAKPOINTS)

    def __init__(self, points: Breakpoints, changed: Callable[[], None]) -> None:
        """Take them, and whom to tell of a change."""
        super().__init__(classes="dialog")
        self.points = points
        self.changed = changed

    def compose(self) -> ComposeResult:
        """Lay out the list."""
        with Vertical(classes="dialog-frame -wide") as frame:
            frame.border_title = "BREAKPOINTS"
            frame.border_subtitle = "space on/off · c condition · a before/after · D delete · esc close"
            yield LineView(id="breakpoints")

    def on_mount(self) -> None:
        """Fill the list."""
        self._show()

    @property
    def chosen(self) -> Breakpoint | None:
        """The one under the cursor."""
        points, cursor = list(self.points), self.query_one(LineView).cursor
        return points[cursor] if cursor < len(points) else None

    def action_switch(self) -> None:
        """Switch it on or off."""
        if point := self.chosen:
            self.points.toggle(point)
            self._tell()

    def action_swap_when(self) -> None:
        """Stop after the agent, or before it again."""
        if point := self.chosen:
            self._replace(point, replace(point, when="after" if point.when == "before" else "before"))

    def action_delete(self) -> None:
        """Take it away."""
        if point := self.chosen:
            self.points.remove(point)
            self._tell()

    def action_edit_condition(self) -> None:
        """Ask for the condition."""
        point = self.chosen
        if point is None:
            return

        def answered(text: str | None) -> None:
            if text is not None:
                self._replace(point, replace(point, condition=text.strip()))

        dialog = TextDialog("STOP WHEN", value=point.condition, note=_EXAMPLES, complaint=_complaint)
        self.app.push_screen(dialog, answered)

    def _replace(self, old: Breakpoint, new: Breakpoint) -> None:
        self.points.remove(old)
        self.points.set(new)
        self._tell()

    def _tell(self) -> None:
        self.changed()
        self._show()

    def _show(self) -> None:
        rows = [self._row(point) for point in self.points] or [Row(Content.styled(_EMPTY, "$muted"))]
        self.query_one(LineView).show_rows(rows)

    def _row(self, point: Breakpoint) -> Row:
        glyph, word, style = ("◆", "on ", "$warning") if point.is_enabled else ("◇", "off", "$muted")
        line = Content.assemble(
            (one_line(f"{glyph} {word}  ", _LONGEST), style),
            one_line(f"{point.when} ", _LONGEST),
            (one_line(point.where, _LONGEST), "bold"),
        )
        if point.condition:
            line = Content.assemble(line, (one_line(f" if {point.condition}", 2 * _LONGEST), "$accent"))
        hits = self.points.hits(point)
        return Row(Content.assemble(line, (f"  {hits:d} {'hit' if hits == 1 else 'hits'}", "$muted")))


def _complaint(text: str) -> str:
    if not text.strip():
        return ""
    try:
        parse_condition(text.strip())
    except ConditionSyntaxError as error:
        return str(error)
    return ""
