"""The form for one breakpoint."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.events import Key
from textual.widgets import Input, Label, OptionList, Static
from textual.widgets.option_list import Option

from agentflow_tui.config.nearest import nearest_name
from agentflow_tui.engine.breakpoints import Breakpoint
from agentflow_tui.plan.node import Node, Plan, Step
from agentflow_tui.tui.dialogs.condition_fault import condition_fault
from agentflow_tui.tui.dialogs.dialog import Dialog
from agentflow_tui.tui.dialogs.field import line_field
from agentflow_tui.tui.dialogs.tick_box import TickBox
from agentflow_tui.tui.keymap.bind import bindings
from agentflow_tui.tui.keymap.breakpoint_keys import BREAKPOINT
from agentflow_tui.tui.keymap.named_keys import ways
from agentflow_tui.tui.safe_text import one_line, plain

_LONGEST = 70
_LOW = 30
"""Rows of a window in which the form takes all the height, so that what it says stays in view."""
_NOTE = "quality < 0.8, iteration >= 3, tokens > 5000; empty stops always"


class BreakpointForm(Dialog[Breakpoint]):
    """Asks where, when and under which condition to stop; returns the breakpoint."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(BREAKPOINT)

    def __init__(self, point: Breakpoint, plan: Plan | None, is_taken: Callable[[Breakpoint], bool]) -> None:
        """Take what to begin with, the flow whose agents can be chosen, and who knows what is there."""
        super().__init__(classes="dialog")
        self.point = point
        self.is_taken = is_taken
        self.places = places_of(plan)
        self._refused: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        """Lay out the fields."""
        point, is_low = self.point, self.app.size.height < _LOW
        with Vertical(classes=f"dialog-frame -wide{' -tall' if is_low else ''}") as frame:
            frame.border_title = "BREAKPOINT"
            frame.border_subtitle = plain(
                ways("↑ ↓ choose", "tab next field", "breakpoint.keep", "dialog.leave")
            )
            with VerticalScroll(classes="settings-body" if is_low else "dialog-body", can_focus=False):
                yield Label("agent or node: type a part of its name", markup=False)
                where = _line("point-where", point.where, "")
                # Typing takes the place of what is proposed.
                where.select_on_focus = True
                yield where
                yield OptionList(id="point-places", markup=False)
                yield TickBox("after it, not before it", point.when == "after", id="is-after")
                yield Label("only if", markup=False)
                yield _line("point-condition", point.condition, _NOTE)
                yield Static(id="point-fault", markup=False)
                yield Label("from which hit on", markup=False)
                yield _line("point-hit", f"{point.from_hit:d}", "1", is_number=True)
                yield TickBox("switched on", point.is_enabled, id="is-enabled")
            yield Static(id="note", markup=False)

    def on_mount(self) -> None:
        """Offer all places, with the one it is about chosen."""
        self.query_one("#point-places").can_focus = False
        self._offer(self.point.where if self.point.where not in self.places else "")
        if self.point.where in self.places:
            self._list.highlighted = list(self.places).index(self.point.where)

    def on_key(self, event: Key) -> None:
        """Choose a place with the arrows while its name is typed."""
        if event.key in ("up", "down") and self.query_one("#point-where").has_focus:
            event.stop()
            event.prevent_default()
            move = self._list.action_cursor_up if event.key == "up" else self._list.action_cursor_down
            move()
            self._take_highlighted()

    def action_accept(self) -> None:
        """Return the breakpoint, or say what is wrong with it."""
        where, condition, hit = (text.strip() for text in self._typed())
        if where not in self.places:
            fitting = self._fitting(where)
            if len(fitting) == 1:
                where = fitting[0]
        point = Breakpoint(
            where,
            "after" if self.query_one("#is-after", TickBox).value else "before",
            condition,
            int(hit) if hit.isdigit() else 0,
            self.query_one("#is-enabled", TickBox).value,
        )
        if complaint := self._complaint(point):
            self._refused = self._typed()
            self._say(complaint)
        else:
            self.dismiss(point)

    def _complaint(self, point: Breakpoint) -> str:
        if not point.where:
            return "choose an agent or a node"
        if self.places and point.where not in self.places and point.where != self.point.where:
            near = nearest_name(point.where, self.places)
            return f"the flow has no {one_line(point.where, 40)}" + (
                f"; did you mean {near}?" if near else ""
            )
        if fault := condition_fault(point.condition):
            return fault
        if point.from_hit < 1:
            return "from which hit on: a number from 1 on is needed"
        return f"there is one already: {point.name}" if self.is_taken(point) else ""

    @on(Input.Changed)
    def _changed(self) -> None:
        # A change may be told after the complaint about it.
        if self._typed() != self._refused:
            self._say("")

    @on(Input.Changed, "#point-where")
    def _where_changed(self, event: Input.Changed) -> None:
        event.stop()
        if event.value not in self.places:
            self._offer(event.value)

    @on(Input.Changed, "#point-condition")
    def _condition_changed(self, event: Input.Changed) -> None:
        event.stop()
        fault = condition_fault(event.value)
        note = self.query_one("#point-fault", Static)
        note.update(plain(f"✗ {fault}" if fault else ""))
        note.set_class(bool(fault), "-wrong")

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if event.input.id == "point-where":
            self._take_highlighted()
            self.focus_next()
        else:
            self.action_accept()

    @on(OptionList.OptionSelected, "#point-places")
    def _place_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._take_highlighted()

    @property
    def _list(self) -> OptionList:
        return self.query_one("#point-places", OptionList)

    def _typed(self) -> tuple[str, ...]:
        fields = ("#point-where", "#point-condition", "#point-hit")
        return tuple(self.query_one(field, Input).value for field in fields)

    def _fitting(self, text: str) -> list[str]:
        wanted = text.strip().casefold()
        return [place for place in self.places if wanted in place.casefold()]

    def _offer(self, text: str) -> None:
        found = self._fitting(text)
        self._list.clear_options()
        self._list.add_options(self._option(place) for place in found)
        if found:
            self._list.highlighted = 0
        elif self.places:
            self._list.add_option(
                Option(plain("no agent or node of this flow has that in its name"), disabled=True)
            )

    def _option(self, place: str) -> Option:
        line = Content.assemble(
            (one_line(place, _LONGEST), "bold"), "  ", (one_line(self.places[place], _LONGEST), "$muted")
        )
        return Option(line, id=f"place-{list(self.places).index(place):d}")

    def _take_highlighted(self) -> None:
        place = self._list.highlighted
        if place is not None:
            number = int((self._list.get_option_at_index(place).id or "").removeprefix("place-"))
            field = self.query_one("#point-where", Input)
            field.value = list(self.places)[number]
            field.cursor_position = len(field.value)

    def _say(self, text: str) -> None:
        note = self.query_one("#note", Static)
        note.update(plain(f"✗ {text}" if text else ""))
        note.set_class(bool(text), "-wrong")


def places_of(plan: Plan | None) -> dict[str, str]:
    """Return what a breakpoint can be at, and what that is: each agent by its name, then each node."""
    if plan is None:
        return {}
    steps = [node for node in plan.nodes.values() if isinstance(node, Step)]
    agents = {step.key: "agent, wherever it runs" for step in steps}
    nodes = {path: _what(node) for path, node in plan.nodes.items()}
    return agents | {path: what for path, what in nodes.items() if path not in agents}


def _what(node: Node) -> str:
    return "the agent here" if isinstance(node, Step) else f"{type(node).__name__.lower()}, each agent in it"


def _line(name: str, value: str, placeholder: str, *, is_number: bool = False) -> Input:
    field = line_field(name, placeholder)
    field.value = value
    if is_number:
        field.type, field.max_length = "integer", 6
    return field
