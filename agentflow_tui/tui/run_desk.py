"""Everything about the run of the open flow: start, pause, step, cancel, and what it is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from textual.screen import Screen

from agentflow_tui.engine.clock import Clock
from agentflow_tui.engine.errors import AgentError
from agentflow_tui.engine.event import Event
from agentflow_tui.plan.node import Plan
from agentflow_tui.tui.bridge import Bridge
from agentflow_tui.tui.dialogs.input_dialog import InputDialog
from agentflow_tui.tui.dialogs.not_ready_dialog import NotReadyDialog
from agentflow_tui.tui.dialogs.trust_dialog import TrustDialog
from agentflow_tui.tui.event_input import EventInput
from agentflow_tui.tui.input_memory import InputMemory
from agentflow_tui.tui.keymap.named_keys import key_of, with_keys
from agentflow_tui.tui.outside_editor import OutsideEditor, OutsideEditorError
from agentflow_tui.tui.past_run import PastRun
from agentflow_tui.tui.safe_text import one_line
from agentflow_tui.tui.swapped_plans import SwappedPlans
from agentflow_tui.workbench import Workbench
from agentflow_tui.workbench.answers import Answers
from agentflow_tui.workbench.not_ready import NotReadyError, Refusal
from agentflow_tui.workbench.run import Run

_LONGEST = 400
_HELD = "All that could go on is held. {run.hold} on a node with ‖ lets it go on."
_STOPPED = "Stopped what ran; its words are kept. It runs again when the run goes on."


@dataclass(frozen=True, slots=True)
class Place:
    """A node before which a run is to stop."""

    path: str
    iteration: int | None = None
    """Of its loop; none means whichever comes next."""


Until = Literal["end", "step", "over", "iteration", "stage"] | Place


class RunDesk:
    """Drives one run at a time through the workbench; the screen shows what it says.

    `begin` waits for dialogs, so it runs inside a worker.
    """

    def __init__(
        self,
        screen: Screen[None],
        workbench: Workbench,
        bridge: Bridge,
        clock: Clock,
        changed: Callable[[], None],
    ) -> None:
        """Take the screen, what runs, what watches, the time, and whom to tell of a change."""
        self.screen = screen
        self.workbench = workbench
        self.bridge = bridge
        self.clock = clock
        self.changed = changed
        self.run: Run | None = None
        self.past: PastRun | None = None
        """The stored run that is looked at in place of one of this session."""
        self._plans = SwappedPlans(workbench)
        self.given: EventInput | None = None
        """What the last run of this flow was given."""
        self.unsent: dict[str, str] = {}
        """What was typed into the form for the input and not run."""
        self.answers = Answers()
        """Where the answers of the next runs come from."""
        self.ask_input: Literal["once", "always", "never"] = "once"
        self.memory: InputMemory | None = None
        """Earlier inputs of this flow."""
        self.untitled = ""
        """Name of a flow without a file."""
        self.is_starting = False
        self._began_at = 0.0

    @property
    def run_id(self) -> str:
        """Of the run that is seen; empty before the first."""
        return self.past.run_id if self.past is not None else self.run.run_id if self.run is not None else ""

    @property
    def flow_text(self) -> str:
        """Of the flow that the run that is seen began with; empty when it was not kept."""
        if self.past is not None:
            return self.past.flow_text
        config = self.run.config if self.run is not None else None
        return config.first if config is not None else ""

    @property
    def plan(self) -> Plan | None:
        """Of the run that is seen, at the cursor; none without a run, or when its flow is not known."""
        first = self.past.plan if self.past is not None else self.run.plan if self.run is not None else None
        file = self.past.file if self.past is not None else None
        return self._plans.at(self.bridge.view.state, first, file)

    @property
    def text_in_force(self) -> str:
        """Of the flow that the run that is seen followed at the cursor; empty when it was not kept."""
        config = self.run.config if self.run is not None else None
        if config is not None and self.bridge.view.is_following:
            return config.version.text
        return self.bridge.view.state.swapped_text or self.flow_text

    @property
    def is_live(self) -> bool:
        """True while a run goes on or stands paused."""
        return self.run is not None and not self.run.is_over

    @property
    def is_pausing(self) -> bool:
        """True between asking for a pause and the run standing still."""
        return self.run is not None and self.is_live and self.run.control.is_paused

    def elapsed(self, now: float) -> float:
        """Return the seconds since the run began, pauses included, at the clock's `now`."""
        return max(now - self._began_at, 0.0)

    def toggle(self) -> None:
        """Pause the live run, or let it go on; while a pause waits for agents, stop them."""
        if self.run is None or not self.is_live:
            return
        control, stands = self.run.control, self.bridge.view.newest.status == "paused"
        if stands and not control.is_paused:
            self._say(with_keys(_HELD))
        elif control.is_paused and (stands or control.pause_reason != "pause"):
            control.resume()
        elif control.is_paused:
            control.pause()
            self._say(_STOPPED)
        else:
            control.pause()
        self.changed()

    def go(self, until: Until) -> None:
        """Let the live run go on for so far."""
        if self.run is None or not self.is_live:
            return
        control = self.run.control
        match until:
            case Place():
                control.run_to(until.path, until.iteration)
            case "end":
                control.resume()
            case "step":
                control.step()
            case "over":
                control.step_over()
            case "iteration":
                control.step_iteration()
            case "stage":
                control.step_stage()
        self.changed()

    def cancel(self) -> bool:
        """Cancel the live run; false when there is none."""
        if self.run is None or not self.is_live:
            return False
        self.run.control.cancel()
        self.changed()
        return True

    async def ask_for_input(self) -> bool:
        """Let the input be edited; false when one left the dialog."""
        given = self.given or EventInput(self.workbench.example_input())
        earlier = self.memory.of(self._name) if self.memory is not None else ()
        dialog = InputDialog(
            self.workbench.input_keys() or ("message",),
            given,
            required=self.workbench.needed_keys(),
            earlier=earlier,
            unsent=self.unsent,
            edit_outside=self.edit_outside,
            flow=self.workbench.flow,
        )
        answer = await self.screen.app.push_screen_wait(dialog)
        if answer is not None:
            self.given = answer
            self._remember(answer)
        return answer is not None

    def edit_outside(self, text: str, suffix: str) -> str:
        """Give a text to the user's editor and return what came of it.

        Raises:
            OutsideEditorError: It cannot be; while a run goes on, because that would stand still meanwhile.
        """
        if self.is_live and self.bridge.view.newest.status == "running":
            raise OutsideEditorError("pause the run first: it would stand still while you edit")
        return OutsideEditor(self.screen.app).edit(text, suffix)

    @property
    def _name(self) -> str:
        path = self.workbench.path
        return str(path.absolute()) if path is not None else f"untitled {self.untitled}"

    def _remember(self, given: EventInput) -> None:
        if self.memory is not None and given.data:
            try:
                self.memory.keep(self._name, given)
            except OSError as error:
                self.screen.app.notify(
                    one_line(str(error), _LONGEST), title="Input not kept", severity="warning", markup=False
                )

    async def begin(self, until: Until) -> None:
        """Start a run that goes so far; asks for the input the first time, and says what is missing."""
        if self.is_live or self.is_starting:
            return
        must_ask = self.ask_input == "always" or (self.ask_input == "once" and self.given is None)
        if must_ask and self.workbench.flow is not None and not await self.ask_for_input():
            return
        while not await self._try_to_begin(until):
            pass

    async def close(self) -> None:
        """Cancel what runs, and wait until it is over and stored."""
        if self.run is not None:
            self.run.on_event = None
        await self.workbench.aclose()

    async def _try_to_begin(self, until: Until) -> bool:
        """Start the run; false when it is to be tried again."""
        self.is_starting = True
        self.changed()
        given = self.given or EventInput(self.workbench.example_input())
        try:
            event = Event.make(
                given.data,
                metadata=given.metadata,
                target=given.target,
                timestamp=self.clock.timestamp(),
            )
            run = await self.workbench.start(event, paused=until != "end", mode=self.answers.mode)
        except NotReadyError as error:
            return await self.settle(error)
        except AgentError as error:
            return await self.explain(
                NotReadyError(str(error), hints=(f"press {key_of('run.input')} and correct the input",))
            )
        finally:
            self.is_starting = False
            self.changed()
        self.take(run)
        if until != "end":
            self.go(until)
        return True

    def take(self, run: Run) -> None:
        """Drive and show this run from now on; the one before is let go."""
        if self.run is not None:
            self.run.on_event = None
        self.run, self.past = run, None
        self._began_at = self.clock.now() - (run.history[-1].at if run.history else 0.0)
        run.on_event = self.bridge.wake
        self.bridge.watch(run.history)
        self.changed()

    def look_at(self, past: PastRun) -> None:
        """Show a stored run, from its end; only when no run is live."""
        self.run, self.past = None, past
        self.bridge.watch(past.history)
        self.changed()

    def _say(self, text: str) -> None:
        self.screen.app.notify(one_line(text, _LONGEST), markup=False, timeout=4)

    async def settle(self, error: NotReadyError) -> bool:
        """Ask for the consent that is missing, or `explain`; false when it is to be tried again."""
        if isinstance(error.__cause__, Refusal):
            return not await self.ask_for_trust(error.__cause__)
        return await self.explain(error)

    async def ask_for_trust(self, refused: Refusal) -> bool:
        """Ask for the consent that a run lacks; true when it is given, or is to be asked for again."""
        self.is_starting = False
        self.changed()
        if await self.screen.app.push_screen_wait(TrustDialog(refused)) != "yes":
            return False
        try:
            self.workbench.allow(refused)
        except NotReadyError as error:
            return not await self.explain(error)
        return True

    async def explain(self, error: NotReadyError) -> bool:
        """Show why nothing runs, with the ways out; false when one wants to try again."""
        self.is_starting = False
        self.changed()
        return await self.screen.app.push_screen_wait(NotReadyDialog.about(error)) != "retry"
