"""Races of modes: prepared, watched, and their runs opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from textual.screen import Screen

from agentflow_tui.engine.errors import AgentError
from agentflow_tui.engine.event import Event
from agentflow_tui.tui.dialogs.race_dialog import RaceChoice, RaceDialog
from agentflow_tui.tui.event_input import EventInput
from agentflow_tui.tui.keymap.named_keys import key_of
from agentflow_tui.tui.past_run import PastRun
from agentflow_tui.tui.run_desk import RunDesk
from agentflow_tui.tui.safe_text import one_line
from agentflow_tui.tui.screens.race_screen import RaceScreen
from agentflow_tui.workbench.mode_fit import ModeFit
from agentflow_tui.workbench.not_ready import NotReadyError
from agentflow_tui.workbench.race import Race
from agentflow_tui.workbench.race_lane import RaceLane
from agentflow_tui.workbench.score_keys import score_keys

_LONGEST = 200


@dataclass(eq=False)
class RaceDesk:
    """Keeps the last race of the session; its coroutines wait for dialogs, so they need a worker."""

    screen: Screen[None]
    """Shows the dialogs."""
    desk: RunDesk
    editor_text: Callable[[], str]
    """What the editor holds now."""
    race: Race | None = None
    choice: RaceChoice | None = None
    """What was chosen the last time."""
    _text: str = ""
    """Of the flow that was raced."""

    @property
    def is_live(self) -> bool:
        """True while a run of the race goes on."""
        return self.race is not None and not self.race.is_over

    async def open(self) -> None:
        """Show the race of before, or prepare one; then do in the workbench what is wanted."""
        if self.race is None and not await self._begin():
            return
        while self.race is not None:
            workbench = self.desk.workbench
            title = workbench.path.name if workbench.path is not None else self.desk.untitled
            wish = await self.screen.app.push_screen_wait(RaceScreen(self.race, title))
            if wish is None:
                self._follow_from_afar(self.race)
                return
            if wish.verb == "open":
                await self._open(self.race.lane(wish.mode))
                return
            await self._begin()

    async def _begin(self) -> bool:
        """Ask what is to be raced, and start it; false when one left the dialog or it cannot start."""
        workbench = self.desk.workbench
        workbench.check(self.editor_text())
        try:
            fits = ModeFit.all_of(workbench.ready())
        except NotReadyError as error:
            await self.desk.explain(error)
            return False
        scores = score_keys([fit.plan for fit in fits if fit.plan is not None])
        dialog = RaceDialog(
            fits,
            self._at_first(fits, scores),
            scores=scores,
            needed=workbench.needed_keys(),
            given=self._given,
            ask=self.desk.ask_for_input,
        )
        choice = await self.screen.app.push_screen_wait(dialog)
        if choice is None:
            return False
        self.choice = choice
        while (refusal := await self._tried(choice)) is not None:
            if await self.desk.settle(refusal):
                return False
        return True

    def _at_first(self, fits: tuple[ModeFit, ...], scores: tuple[str, ...]) -> RaceChoice:
        event = self._event()
        usable = tuple(fit.mode for fit in fits if event is None or not fit.reason_against(event))
        if self.choice is None:
            return RaceChoice(usable, scores[0] if scores else "")
        possible = {fit.mode for fit in fits if not fit.problem}
        modes = tuple(mode for mode in self.choice.modes if mode in possible)
        return RaceChoice(modes, self.choice.score, self.choice.is_saving)

    def _given(self) -> EventInput:
        return self.desk.given or EventInput(self.desk.workbench.example_input())

    def _event(self) -> Event | None:
        given = self._given()
        try:
            return Event.make(
                given.data,
                metadata=given.metadata,
                target=given.target,
                timestamp=self.desk.clock.timestamp(),
            )
        except AgentError:
            return None

    async def _tried(self, choice: RaceChoice) -> NotReadyError | None:
        desk, event = self.desk, self._event()
        if event is None:
            return NotReadyError(
                "the input cannot be used", hints=(f"press {key_of('run.input')} and correct the input",)
            )
        desk.is_starting = True
        desk.changed()
        try:
            text = desk.workbench.text
            self.race = await desk.workbench.race(
                event, choice.modes, score=choice.score, mode="auto" if choice.is_saving else "record"
            )
        except NotReadyError as error:
            return error
        finally:
            desk.is_starting = False
            desk.changed()
        self._text = text
        return None

    async def _open(self, lane: RaceLane) -> None:
        run, desk = lane.run, self.desk
        if run is None:
            if lane.problem is not None:
                await desk.explain(lane.problem)
        elif desk.is_live and desk.run is not run:
            self._say(
                f"A run is live: let it end, or cancel it with {key_of('run.back')}, before you open another."
            )
        elif run.is_over:
            title = f"{lane.state().flow} · {lane.title}"
            desk.look_at(PastRun(run.run_id, title, run.history, self._text, run.plan))
        else:
            desk.take(run)
        if self.race is not None:
            self._follow_from_afar(self.race)

    def _follow_from_afar(self, race: Race) -> None:
        if not race.is_over:
            self.screen.run_worker(
                self._tell_end(race), group="race", description="waiting for the race", exclusive=True
            )

    async def _tell_end(self, race: Race) -> None:
        ended = await race.wait()
        completed = sum(lane.status == "completed" for lane in ended)
        if not isinstance(self.screen.app.screen, RaceScreen):
            self._say(
                f"The race is over: {completed:d} of {len(ended):d} completed. {key_of('run.race')} shows it."
            )

    def _say(self, text: str) -> None:
        self.screen.app.notify(one_line(text, _LONGEST), markup=False, timeout=6)
