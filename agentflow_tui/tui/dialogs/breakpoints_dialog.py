"""All breakpoints of the open flow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from agentflow_tui.engine.breakpoints import Breakpoint, Breakpoints
from agentflow_tui.plan.node import Plan
from agentflow_tui.tui.dialogs.breakpoint_form import BreakpointForm
from agentflow_tui.tui.dialogs.condition_fault import condition_fault
from agentflow_tui.tui.dialogs.dialog import Dialog
from agentflow_tui.tui.dialogs.text_dialog import TextDialog
from agentflow_tui.tui.keymap.bind import bindings
from agentflow_tui.tui.keymap.breakpoint_keys import BREAKPOINTS
from agentflow_tui.tui.keymap.named_keys import ways, with_keys
from agentflow_tui.tui.panes.graph.signs import sign_of
from agentflow_tui.tui.panes.line_view import LineView
from agentflow_tui.tui.panes.row import Row
from agentflow_tui.tui.safe_text import clean, one_line, plain

_LONGEST = 60
_EXAMPLES = "such as iteration >= 3, quality < 0.8, tokens > 5000; empty stops always"
_EMPTY = (
    "No breakpoint. {breakpoints.new} makes one; {break.toggle} in the workbench sets one "
    "before the node that is selected."
)


class BreakpointsDialog(Dialog[None]):
    """Lists them with what they wait for and how often they were hit; each change counts at once."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(BREAKPOINTS)

    def __init__(
        self, points: Breakpoints, changed: Callable[[], None], plan: Plan | None = None, selected: str = ""
    ) -> None:
        """Take them, whom to tell of a change, the flow, and the node that a new one is proposed for."""
        super().__init__(classes="dialog")
        self.points = points
        self.changed = changed
        self.plan = plan
        self.selected = selected
        self.deleted: list[tuple[int, Breakpoint]] = []
        """With the places they had, the last one last."""

    def compose(self) -> ComposeResult:
        """Lay out the list."""
        with Vertical(classes="dialog-frame -wide") as frame:
            frame.border_title = "BREAKPOINTS"
            frame.border_subtitle = plain(
                ways(
                    "breakpoints.new",
                    "breakpoints.edit",
                    "breakpoints.toggle",
                    "breakpoints.delete",
                    "breakpoints.undo",
                    "dialog.leave",
                )
            )
            yield LineView(id="breakpoints")
            yield Static(
                plain(
                    ways(
                        "◆ before  ▰ after  ◇ ▱ off  ? not every hit",
                        "breakpoints.condition",
                        "breakpoints.when=swap",
                    )
                ),
                id="note",
                markup=False,
            )

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
            self._put(replace(point, when="after" if point.when == "before" else "before"), instead_of=point)

    def action_add(self) -> None:
        """Fill in the form for a new one."""
        self._ask(Breakpoint(self.selected), None)

    def action_edit(self) -> None:
        """Edit it in its form."""
        if point := self.chosen:
            self._ask(point, point)

    def action_edit_condition(self) -> None:
        """Ask for the condition."""
        point = self.chosen
        if point is None:
            return

        def answered(text: str | None) -> None:
            if text is not None:
                self._put(replace(point, condition=text.strip()), instead_of=point)

        dialog = TextDialog(
            "STOP WHEN", value=point.condition, note=_EXAMPLES, complaint=condition_fault, checks_typing=True
        )
        self.app.push_screen(dialog, answered)

    def action_delete(self) -> None:
        """Take it away."""
        if point := self.chosen:
            self.deleted.append((self.query_one(LineView).cursor, point))
            self.points.remove(point)
            self._tell()

    def action_undo(self) -> None:
        """Bring back the one that was deleted last, where it was."""
        if self.deleted:
            place, point = self.deleted.pop()
            points = [each for each in self.points if each.key != point.key]
            self._arrange([*points[:place], point, *points[place:]])
            self.query_one(LineView).move_to(place)

    @on(LineView.RowChosen)
    def _row_chosen(self, event: LineView.RowChosen) -> None:
        event.stop()
        self.action_edit()

    def _ask(self, point: Breakpoint, instead_of: Breakpoint | None) -> None:
        def is_taken(wanted: Breakpoint) -> bool:
            others = (each.key for each in self.points if instead_of is None or each.key != instead_of.key)
            return wanted.key in others

        def answered(wanted: Breakpoint | None) -> None:
            if wanted is not None:
                self._put(wanted, instead_of=instead_of)

        self.app.push_screen(BreakpointForm(point, self.plan, is_taken), answered)

    def _put(self, point: Breakpoint, *, instead_of: Breakpoint | None) -> None:
        points = list(self.points)
        if instead_of is None:
            self._arrange([*points, point])
            self.query_one(LineView).action_last()
        else:
            self._arrange([point if each.key == instead_of.key else each for each in points])

    def _arrange(self, points: list[Breakpoint]) -> None:
        for each in tuple(self.points):
            self.points.remove(each)
        for each in points:
            self.points.set(each)
        self._tell()

    def _tell(self) -> None:
        self.changed()
        self._show()

    def _show(self) -> None:
        rows = [self._row(point) for point in self.points] or [
            Row(Content.styled(clean(with_keys(_EMPTY)), "$muted"))
        ]
        self.query_one(LineView).show_rows(rows)

    def _row(self, point: Breakpoint) -> Row:
        word, style = ("on ", "$warning") if point.is_enabled else ("off", "$muted")
        line = Content.assemble(
            (one_line(f"{sign_of(point):<2} {word}  ", _LONGEST), style),
            one_line(f"{point.when} ", _LONGEST),
            (one_line(point.where, _LONGEST), "bold"),
        )
        if point.condition:
            line = Content.assemble(line, (one_line(f" if {point.condition}", 2 * _LONGEST), "$accent"))
        if point.from_hit > 1:
            line = Content.assemble(line, (f" from hit {point.from_hit:d} on", "$accent"))
        hits = self.points.hits(point)
        return Row(Content.assemble(line, (f"  {hits:d} {'hit' if hits == 1 else 'hits'}", "$muted")))
