"""Going back in time: stored runs are opened, forked, run again and resumed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from textual.content import Content
from textual.screen import Screen

from agentflow_tui.engine.errors import AgentError
from agentflow_tui.engine.event import Event
from agentflow_tui.history.event import HistoryEvent
from agentflow_tui.history.open_scopes import OpenScopes
from agentflow_tui.history.run_summary import RunSummary
from agentflow_tui.tui.cut_off_run import CutOffRun
from agentflow_tui.tui.departure_desk import DepartureDesk
from agentflow_tui.tui.dialogs.answers_dialog import AnswersDialog
from agentflow_tui.tui.dialogs.choice_dialog import Choice, ChoiceDialog
from agentflow_tui.tui.dialogs.edit_dialog import EditDialog, StateEdit
from agentflow_tui.tui.dialogs.input_dialog import InputDialog
from agentflow_tui.tui.dialogs.state_draft import Slot
from agentflow_tui.tui.dialogs.text_dialog import TextDialog
from agentflow_tui.tui.event_input import EventInput
from agentflow_tui.tui.keymap.named_keys import key_of, with_keys
from agentflow_tui.tui.past_run import PastRun
from agentflow_tui.tui.replay_desk import ReplayDesk
from agentflow_tui.tui.run_desk import RunDesk
from agentflow_tui.tui.run_mark import RunMark
from agentflow_tui.tui.safe_text import one_line
from agentflow_tui.tui.screens.runs_screen import RunsScreen
from agentflow_tui.workbench.departure import Departure, event_of
from agentflow_tui.workbench.not_ready import NotReadyError

_LONGEST = 200


@dataclass(eq=False)
class TimeDesk:
    """Opens runs and departs from them; its coroutines wait for dialogs, so they need a worker."""

    screen: Screen[None]
    """Shows the dialogs."""
    desk: RunDesk
    editor_text: Callable[[], str]
    """What the editor holds now."""
    mark: RunMark = field(default_factory=RunMark)
    """The run that others are compared with."""

    def __post_init__(self) -> None:
        """Depart by a desk of its own."""
        self._departures = DepartureDesk(self.screen, self.desk, self.editor_text)

    async def choose_run(self) -> None:
        """Show the stored runs, and do with one of them what is wanted."""
        live = self.desk.run_id if self.desk.is_live else ""
        screen = RunsScreen(self.desk.workbench.archive, self.desk.clock, live, self.mark)
        wish = await self.screen.app.push_screen_wait(screen)
        if wish is None:
            return
        if wish.run_id == live:
            self.desk.bridge.follow()
        elif live:
            self._say(
                f"A run is live: let it end, or cancel it with {key_of('run.back')}, before you open another."
            )
        elif wish.verb == "resume":
            await self.resume(wish.run_id)
        else:
            await self.open(wish.run_id)

    async def open(self, run_id: str) -> bool:
        """Show a stored run from its end; false when it cannot be."""
        past = await self._past(run_id)
        if past is None:
            return False
        self.desk.look_at(past)
        if past.plan is None:
            self._say("The flow of this run was not kept or is not valid, so it has no graph.")
        return True

    async def resume(self, run_id: str) -> None:
        """Go on with an interrupted run."""
        past = await self._past(run_id)
        if past is not None:
            mode = self.desk.answers.mode_for("record")
            await self._departures.depart(
                past.flow_text,
                lambda: self.desk.workbench.resume(run_id, mode=mode),
                lambda: Departure.after_crash(past.history),
                run_id,
            )

    async def fork(self) -> None:
        """Ask for a name, and go on from the cursor as a run of its own."""
        if not self._has_run():
            return
        seq = self.desk.bridge.view.cursor
        name = await self.screen.app.push_screen_wait(
            TextDialog(f"FORK AT EVENT {seq:d}", note=f"a name for the fork, or none{self._what_ends()}")
        )
        if name is not None:
            await self._fork(seq, StateEdit({}, {}, name.strip()))

    async def edit(self, key_path: tuple[str, ...] = ()) -> None:
        """Edit the state at the cursor, from a key of it on, and go on from there as a run of its own."""
        if not self._has_run():
            return
        view = self.desk.bridge.view
        found = OpenScopes.at(view.history, view.cursor)
        states = {"": view.state.state} | dict(view.state.scopes)
        if not found.scopes:
            await self._offer_before(found)
            return
        dialog = EditDialog(
            {scope: states[scope] for scope in found.scopes if scope in states},
            view.cursor,
            first=_slot(key_path),
            note=self._what_ends(),
            whereabouts=f" (the run's own: at event {found.before:d}, or after the phase)",
            edit_outside=self.desk.edit_outside,
        )
        answer = await self.screen.app.push_screen_wait(dialog)
        if answer is not None:
            await self._fork(view.cursor, answer)

    async def edit_event(self) -> None:
        """Edit what the run was given, and run all of it again as a run of its own."""
        if not self._has_run():
            return
        run_id, text = self.desk.run_id, self.desk.flow_text
        try:
            given = event_of(self.desk.bridge.view.history)
        except NotReadyError as error:
            await self.desk.explain(error)
            return
        event = await self._asked_event(EventInput(dict(given.data), given.target, dict(given.metadata)))
        if event is not None:
            mode = self.desk.answers.mode_for("auto")
            workbench, history = self.desk.workbench, self._history()
            await self._departures.depart(
                text,
                lambda: workbench.fork(run_id, -1, event=event, mode=mode),
                lambda: Departure.make(history, -1, event=event),
                run_id,
            )

    async def rerun(self) -> None:
        """Run again from the cursor on with the text in the editor; at the end of a run, all of it."""
        if not self._has_run():
            return
        view = self.desk.bridge.view
        seq = 0 if view.is_following and view.newest.is_over else max(view.cursor, 0)
        run_id, mode = self.desk.run_id, self.desk.answers.mode_for("auto")
        history = self._history()
        await self._departures.depart(
            self.editor_text(),
            lambda: self.desk.workbench.rerun(run_id, seq, mode=mode),
            lambda: Departure.make(history, seq - 1),
        )

    async def choose_answers(self) -> None:
        """Ask where the answers of the next runs come from."""
        desk = self.desk
        chosen = await self.screen.app.push_screen_wait(AnswersDialog(desk.answers))
        if chosen is not None:
            desk.answers, desk.workbench.speed = chosen, chosen.speed
            desk.changed()

    async def replay(self) -> None:
        """Live the run again without calling anybody, and tell how it came out."""
        if self._has_run():
            await ReplayDesk(self.screen, self.desk, self.editor_text).replay()

    async def tell_interrupted(self) -> None:
        """Offer to go on with the newest run of the open flow that was cut off; else tell of them."""
        try:
            found = await self.desk.workbench.archive.interrupted()
        except NotReadyError:
            # Whoever opens the list of runs sees why it cannot be read.
            return
        path = self.desk.workbench.path
        own = [run for run in found if path is not None and run.flow_path == str(path.absolute())]
        if own and not self.desk.run_id:
            await self._offer_to_resume(own[0])
        elif found:
            what = "1 run was" if len(found) == 1 else f"{len(found):d} runs were"
            ways = with_keys("{time.runs} lists the runs; {runs.resume} there resumes one.")
            self._say(f"{what} interrupted. {ways}")

    async def _offer_to_resume(self, summary: RunSummary) -> None:
        try:
            stored = await self.desk.workbench.archive.load(summary.run_id)
        except NotReadyError:
            # Its damage is told when somebody opens it.
            return
        run = CutOffRun.of(summary, stored.history)
        choices = (
            Choice("n", "not now", "no"),
            Choice("l", "look at it", "look"),
            Choice("r", f"resume from step {run.step:d}", "resume"),
        )
        answer = await self.screen.app.push_screen_wait(
            ChoiceDialog("A RUN OF THIS FLOW WAS INTERRUPTED", run.body, choices)
        )
        if answer == "resume":
            await self.resume(run.run_id)
        elif answer == "look":
            await self.open(run.run_id)

    async def _fork(self, seq: int, edit: StateEdit) -> None:
        run_id, workbench, history = self.desk.run_id, self.desk.workbench, self._history()
        await self._departures.depart(
            self.desk.text_in_force,
            lambda: workbench.fork(
                run_id,
                seq,
                name=edit.name,
                edits=edit.edits,
                meta_edits=edit.meta_edits,
                branch=edit.branch,
                mode=self.desk.answers.mode_for("auto"),
            ),
            lambda: Departure.make(
                history, seq, edits=edit.edits, meta_edits=edit.meta_edits, branch=edit.branch
            ),
            run_id,
        )

    async def _offer_before(self, found: OpenScopes) -> None:
        """Say that nothing can be edited here, and go to the nearest event where it can."""
        body = Content.assemble(
            "Every branch of the parallel phase ",
            (one_line(found.phase, _LONGEST), "bold"),
            " has failed: what one changed in them would be left out of the merge.",
        )
        choices = (Choice("g", "go before the phase", "go"), Choice("c", "stay", "no"))
        answer = await self.screen.app.push_screen_wait(ChoiceDialog("NOTHING TO EDIT HERE", body, choices))
        if answer == "go":
            self.desk.bridge.look_at(found.before)

    async def _asked_event(self, given: EventInput) -> Event | None:
        while True:
            dialog = InputDialog(
                tuple(given.data) or ("message",),
                given,
                title="INPUT OF THE FORK",
                verb="fork",
                edit_outside=self.desk.edit_outside,
            )
            answer = await self.screen.app.push_screen_wait(dialog)
            if answer is None:
                return None
            given, now = answer, self.desk.clock.timestamp()
            try:
                return Event.make(given.data, metadata=given.metadata, target=given.target, timestamp=now)
            except AgentError as error:
                if await self.desk.explain(NotReadyError(str(error), hints=("correct the input",))):
                    return None

    async def _past(self, run_id: str) -> PastRun | None:
        workbench = self.desk.workbench
        try:
            stored = await workbench.archive.load(run_id)
            summary = await workbench.archive.find(run_id)
        except NotReadyError as error:
            await self.desk.explain(error)
            return None
        folder: Path | None = workbench.path.parent if workbench.path is not None else None
        return PastRun.make(stored, summary, folder)

    def _history(self) -> list[HistoryEvent]:
        """What is told of the run so far: it may be live."""
        view = self.desk.bridge.view
        return list(view.history[: view.length])

    def _has_run(self) -> bool:
        if not self.desk.run_id:
            self._say(
                with_keys(
                    "There is no run yet: {run.toggle} runs the flow, {time.runs} lists the stored runs."
                )
            )
        return bool(self.desk.run_id) and not self.desk.is_starting

    def _what_ends(self) -> str:
        return "; the live run is cancelled" if self.desk.is_live else ""

    def _say(self, text: str) -> None:
        self.screen.app.notify(one_line(text, _LONGEST), markup=False, timeout=6)


def _slot(key_path: tuple[str, ...]) -> Slot | None:
    match key_path:
        case ("data" | "meta" as part, key, *_):
            return Slot(part, key)
    return None
