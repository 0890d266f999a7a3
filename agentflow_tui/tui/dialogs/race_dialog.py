"""What is chosen before a race of modes."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from rich.cells import set_cell_size
from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.suggester import SuggestFromList
from textual.widgets import Button, Input, Label, Static

from agentflow_tui.tui.dialogs.dialog import Dialog
from agentflow_tui.tui.event_input import EventInput
from agentflow_tui.tui.guard import guarded
from agentflow_tui.tui.keymap.bind import bindings
from agentflow_tui.tui.keymap.named_keys import key_of, ways
from agentflow_tui.tui.keymap.race_keys import RACE_DIALOG
from agentflow_tui.tui.panes.inspector.amount import counted
from agentflow_tui.tui.panes.line_view import LineView
from agentflow_tui.tui.panes.row import Row
from agentflow_tui.tui.safe_text import one_line, plain
from agentflow_tui.workbench.mode_fit import ModeFit
from agentflow_tui.workbench.race import FEWEST

_RECORDINGS = "recordings"
_LONGEST = 200
_NAME = 15


@dataclass(frozen=True, slots=True)
class RaceChoice:
    """What was chosen."""

    modes: tuple[str, ...] = ()
    score: str = ""
    """The data key that tells how good a result is; empty for none."""
    is_saving: bool = False
    """True when only calls that no stored run made before are made."""


class ModeList(LineView):
    """Rows that a click switches on and off."""

    class Clicked(Message):
        """A row was clicked; the cursor is on it."""

    class Moved(Message):
        """The cursor is on another row."""

    def watch_cursor(self, old: int, new: int) -> None:
        """Draw the rows that changed, and tell."""
        super().watch_cursor(old, new)
        self.post_message(self.Moved())

    @guarded
    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the row and switch it."""
        event.prevent_default()
        place = event.get_content_offset(self)
        row = -1 if place is None else self.row_at(place.y)
        if row >= 0:
            self.cursor = row
            self.post_message(self.Clicked())


class RaceDialog(Dialog[RaceChoice]):
    """Asks for the modes, the input and the score key; modes that the flow cannot run in say why."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(RACE_DIALOG)
    AUTO_FOCUS = "#race-modes"

    def __init__(  # noqa: PLR0913 - what the form shows
        self,
        fits: Sequence[ModeFit],
        choice: RaceChoice,
        *,
        scores: Sequence[str],
        needed: Sequence[str],
        given: Callable[[], EventInput],
        ask: Callable[[], Awaitable[bool]],
    ) -> None:
        """Take all modes and what is chosen at first.

        `scores` are keys that the flow sets, `needed` those that an event must have; `given` is the input so
        far, and `ask` lets it be edited.
        """
        super().__init__(classes="dialog")
        self.fits = tuple(fits)
        self.choice = choice
        self.scores = tuple(scores)
        self.needed = tuple(needed)
        self.given = given
        self.ask = ask
        self._warned: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        """Lay out the list and the fields."""
        with Vertical(classes="dialog-frame -wide") as frame:
            frame.border_title = "RACE OF MODES"
            frame.border_subtitle = plain(
                ways("modes.switch", "modes.input", f"enter or {ways('modes.start')}", "dialog.leave")
            )
            yield ModeList(id="race-modes")
            yield Static(id="race-input", markup=False)
            known = f"; the flow sets {one_line(', '.join(self.scores), _LONGEST)}" if self.scores else ""
            yield Label(plain(f"score key, or nothing{known}"), markup=False)
            suggester = SuggestFromList(self.scores) if self.scores else None
            field = Input(
                self.choice.score, id="score", compact=True, select_on_focus=False, suggester=suggester
            )
            field.cursor_blink = False
            yield field
            yield Static("", id="note", markup=False)
            with Horizontal(classes="dialog-buttons"):
                yield Button("input", id="race-edit", compact=True)
                yield Button("start", id="race-start", compact=True)

    @guarded
    def on_mount(self) -> None:
        """Fill the list."""
        self.query_one(ModeList).styles.height = len(self.fits) + 1
        self._show()
        self._explain()

    def action_switch(self) -> None:
        """Let what is under the cursor take part, or leave it out."""
        name, fit = self._highlighted()
        modes = self.choice.modes
        if fit is None:
            self.choice = replace(self.choice, is_saving=not self.choice.is_saving)
        elif fit.problem:
            self._say(f"✗ {fit.mode}: {fit.problem}", is_wrong=True)
            return
        elif name in modes:
            self.choice = replace(self.choice, modes=tuple(mode for mode in modes if mode != name))
        else:
            self.choice = replace(
                self.choice, modes=tuple(fit.mode for fit in self.fits if fit.mode in {*modes, name})
            )
        self._show()
        self._explain()

    def action_edit_input(self) -> None:
        """Edit the input."""
        self.run_worker(self._edit(), group="input", description="editing the input", exclusive=True)

    def action_accept(self) -> None:
        """Return what was chosen, or say what is missing; a missing key is said once."""
        if len(self.choice.modes) < FEWEST:
            self._say("✗ choose two modes or more", is_wrong=True)
            return
        missing = tuple(key for key in self.needed if key not in self.given().data)
        if missing and missing != self._warned:
            self._warned = missing
            names = one_line(", ".join(missing), _LONGEST)
            self._say(
                f"✗ the flow needs {names}: {key_of('modes.input')} gives it; again races without",
                is_wrong=True,
            )
            return
        score = self.query_one("#score", Input).value.strip()
        self.dismiss(replace(self.choice, score=score))

    @on(ModeList.Clicked)
    @guarded
    def _clicked(self, event: ModeList.Clicked) -> None:
        event.stop()
        self.action_switch()

    @on(ModeList.Moved)
    @guarded
    def _moved(self, event: ModeList.Moved) -> None:
        event.stop()
        self._explain()

    @on(LineView.RowChosen)
    @guarded
    def _chosen(self, event: LineView.RowChosen) -> None:
        event.stop()
        self.action_accept()

    @on(Input.Submitted)
    @guarded
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_accept()

    @on(Button.Pressed)
    @guarded
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.action_accept() if event.button.id == "race-start" else self.action_edit_input()

    async def _edit(self) -> None:
        await self.ask()
        self._show()
        self._explain()

    def _show(self) -> None:
        rows = [self._row(fit) for fit in self.fits]
        about = "unchanged calls are answered by stored runs"
        rows.append(_switch_row(_RECORDINGS, about, is_on=self.choice.is_saving))
        self.query_one(ModeList).show_rows(rows)
        data = json.dumps(dict(self.given().data), ensure_ascii=False)
        missing = one_line(f"nothing yet: {key_of('modes.input')} gives it", _LONGEST)
        told = one_line(data, _LONGEST) if self.given().data else missing
        self.query_one("#race-input", Static).update(Content.assemble(("input  ", "$muted"), told))

    def _row(self, fit: ModeFit) -> Row:
        if fit.plan is None:
            text = set_cell_size(f"✗ cannot  {fit.mode}", _NAME + 10) + one_line(fit.problem, _LONGEST)
            return Row(Content.styled(text, "$muted"), key=(fit.mode,), is_wrapped=False)
        agents = counted(len(list(fit.plan.steps())), "agent")
        caveat = f"; {fit.caveat}" if fit.caveat else ""
        return _switch_row(fit.mode, f"{agents}{caveat}", is_on=fit.mode in self.choice.modes)

    def _highlighted(self) -> tuple[str, ModeFit | None]:
        view = self.query_one(ModeList)
        name = view.rows[view.cursor].key[0]
        return name, next((fit for fit in self.fits if fit.mode == name), None)

    def _explain(self) -> None:
        """Say in full what a row is too short for."""
        _, fit = self._highlighted()
        if fit is None:
            self._say("")
        elif fit.problem:
            self._say(f"✗ {fit.mode}: {fit.problem}")
        else:
            self._say(f"{fit.mode}: {fit.caveat}" if fit.caveat else "")

    def _say(self, text: str, *, is_wrong: bool = False) -> None:
        note = self.query_one("#note", Static)
        note.update(plain(text))
        note.set_class(is_wrong, "-wrong")


def _switch_row(name: str, about: str, *, is_on: bool) -> Row:
    sign, style = ("● yes     ", "$success") if is_on else ("○ no      ", "$muted")
    content = Content.assemble(
        (sign, style), (one_line(name, _NAME).ljust(_NAME), "bold"), (one_line(about, _LONGEST), "$muted")
    )
    return Row(content, key=(name,), is_wrapped=False)
