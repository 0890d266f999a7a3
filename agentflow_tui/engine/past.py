"""What a run has behind it already: the engine goes through it again, and no agent is called."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING

from agentflow_tui.engine.cancel_scope import Interruption
from agentflow_tui.engine.clock import Clock
from agentflow_tui.engine.errors import AgentError
from agentflow_tui.engine.past_clock import PastClock
from agentflow_tui.engine.past_edits import PastEdits
from agentflow_tui.engine.past_moments import Moment, TimesAgo, closing, moments_of, opening
from agentflow_tui.engine.past_swaps import PastSwaps
from agentflow_tui.history import event as ev
from agentflow_tui.history.delta import EMPTY_DELTA, Delta
from agentflow_tui.history.resume import CUT_OFF, UNKNOWN_OUTCOME, KnownEvents, resume_point

if TYPE_CHECKING:
    from agentflow_tui.engine.call import Call
    from agentflow_tui.engine.frame import Frame
    from agentflow_tui.engine.interpreter import Interpreter
    from agentflow_tui.engine.swap import Swap

_IDLE_TICKS = 20
"""Turns of the event loop without anything new after which nothing will come any more."""
_ENDS = (ev.AgentCompleted, ev.AgentFailed, ev.AgentCancelled)


class Past:
    """A history up to an event: its agent runs give their recorded results, in the order of then.

    The engine's own decisions are made again. What the history has already is not told twice; what is new is
    held back until the whole past has been told, so that nothing is called before it is sure that it holds.
    Then agents are called again. `drift` says what did not come back.
    """

    def __init__(  # noqa: PLR0913 - what a past is made of
        self,
        history: Sequence[ev.HistoryEvent],
        n: int,
        *,
        edit: Delta = EMPTY_DELTA,
        scope: str = "",
        is_replay: bool = False,
        why: str = CUT_OFF,
        swaps: Sequence[Swap] = (),
    ) -> None:
        """Take the history up to event `n` (-1: nothing of it).

        `edit` changes the state of `scope` right after it. `why` is what the events say that end what was in
        flight: `CUT_OFF` in a fork, `UNKNOWN_OUTCOME` after a crash. With `is_replay` everything is told
        again, calls and pieces of answers too, and nothing comes after. `swaps` are the configs that the
        history went over to, in order.
        """
        self._past = history[: max(n, -1) + 1]
        self._is_replay = is_replay
        self._point = resume_point(history, n, why=why)
        self._why = why
        self._known = KnownEvents(history, n)
        self._moments, self._runs = moments_of(self._past, self._known, is_replay=is_replay)
        self.edits = PastEdits(self._past, self._known, edit, scope, is_replay=is_replay)
        self._swaps = PastSwaps(self._past, swaps)
        self._begun: Counter[str] = Counter()
        self._open: dict[str, TimesAgo] = {}
        self._taken = 0
        self._activity = 0
        self._held_back: list[ev.HistoryEvent] = []
        self._is_mute = self._is_pumping = self._is_telling = False
        self._has_stopped = False
        self._next = 0
        self._emit: Callable[[ev.HistoryEvent], None] | None = None
        self._settled = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.drift = ""
        """In words, where the flow took another way than the history; empty when it did not."""
        self.unexpected = ""
        """Path of a step that would run now and did not then; of a replay only."""

    @property
    def is_over(self) -> bool:
        """True when everything was told: from now on the run is a run like any other."""
        return self._settled.is_set()

    async def over(self) -> None:
        """Return when everything was told, or could not be."""
        await self._settled.wait()

    def clock(self, live: Clock) -> Clock:
        """The clock that the run has to go by."""
        self._clock = PastClock(live)
        return self._clock

    def listening(self, emit: Callable[[ev.HistoryEvent], None]) -> Callable[[ev.HistoryEvent], None]:
        """Stand between the engine and `emit`."""
        self._emit = emit
        return self._hear

    def begin(self, run: Interpreter, frame: Frame, root: str) -> None:
        """Go through the past with this run, whose own state `frame` has; called before its first event."""
        self._run, self._frame, self._root = run, frame, root
        run.journal.skip_calls(sum(isinstance(event, ev.ModelCallStarted) for event in self._past))
        self._task = asyncio.get_running_loop().create_task(self._watch())

    def end(self) -> None:
        """The run is over."""
        if self._task is not None:
            self._task.cancel()
        if not self.is_over and not self._is_replay:
            self._adrift()
        self._settled.set()

    async def claim(self, path: str) -> TimesAgo | None:
        """The agent run that the step at `path` had at this place; none when it has to run now."""
        key = path, self._begun[path]
        self._begun[path] += 1
        self._activity += 1
        then = self._runs.get(key)
        if then is not None and (then.end is not None or self._is_replay):
            await self.edits.made_before(then.began)
            self._open[path] = then
            return then
        if self._is_replay and not self._is_mute:
            self.unexpected = self.unexpected or path
        await self._settled.wait()
        return None

    async def tell(self, then: TimesAgo, call: Call) -> Delta:
        """Do what the agent run did, when it is its turn; raises what it raised."""
        then.turn = asyncio.get_running_loop().create_future()
        self._activity += 1
        self._pump()
        try:
            await then.turn
            end = then.end
            if isinstance(end, ev.AgentCompleted):
                return end.delta
            if isinstance(end, ev.AgentFailed):
                raise AgentError(end.error, category=end.category, hint=end.hint)
            call.interrupt(Interruption(then.kind_of_stop, then.reason))
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            for inner in then.rest():
                self._again(inner)
            raise
        return EMPTY_DELTA

    def hook_delta(self, hook: str) -> Delta | None:
        """What the callbacks on a hook of the run did to the state then; none when they have to be called."""
        told = (
            opening(self._past, self._root)
            if hook == "BeforeEventHandling"
            else closing(self._past, self._root)
        )
        return EMPTY_DELTA if told is None and self._is_replay else told

    def _hear(self, event: ev.HistoryEvent) -> None:
        self._activity += 1
        if isinstance(event, _ENDS) and (then := self._open.pop(event.path, None)):
            then.is_over = True
        is_known = self._known.take(event)
        self._taken += is_known
        if self._is_replay:
            if not self._is_mute and (is_known or not self._is_beyond(event)):
                self._pass_on(event)
        elif not is_known and not self.edits.is_telling_again:
            self._pass_on(event)
        self._swaps.hand_over(self._taken, self._run.control)
        if not self.edits.make(self._taken, self._run, self._frame):
            self._adrift()
        self._pump()

    def _is_beyond(self, event: ev.HistoryEvent) -> bool:
        """Whether a history that stops in the middle stops before this event."""
        if self._is_telling or not self._past or isinstance(self._past[-1], ev.RunEnded):
            return False
        is_in_flight = isinstance(event, ev.AgentStarted) and event.path in self._open
        return self._known.is_exhausted and not is_in_flight

    def _pass_on(self, event: ev.HistoryEvent) -> None:
        if self._emit is None or not (self._is_replay or self.is_over):
            self._held_back.append(event)
        else:
            self._emit(event)

    def _pump(self) -> None:
        """Let everything happen whose turn it is, in the moment in which it is."""
        if self._is_pumping or self.is_over:
            return
        self._is_pumping = True
        while self._next < len(self._moments) and self._live_again(self._moments[self._next]):
            self._next += 1
        self._is_pumping = False
        if self._next == len(self._moments) and self._known.is_exhausted and not self._is_replay:
            self._settle()

    def _live_again(self, moment: Moment) -> bool:
        """Whether the moment is over."""
        event, then = moment.event, moment.then
        if then is not None and then.is_over:
            return True
        if self._taken < moment.after or (then is not None and then.turn is None):
            return False
        self._clock.advance(event.at)
        if then is None:
            self._between(event)
            return True
        if event is not then.end:
            if then.take(event):
                self._again(event)
            return True
        if not then.is_stopped_from_outside and then.turn is not None and not then.turn.done():
            then.turn.set_result(None)
        return False

    def _between(self, event: ev.HistoryEvent) -> None:
        match event:
            case ev.RunPaused():
                self._run.time.stand_still()
            case ev.RunResumed():
                self._run.time.go_on()
            case _:
                self._again(event)

    async def _watch(self) -> None:
        seen, idle = self._activity, 0
        while not self.is_over:
            await asyncio.sleep(0)
            idle = idle + 1 if seen == self._activity else 0
            seen = self._activity
            if idle > _IDLE_TICKS:
                idle = 0
                self._unstick()

    def _unstick(self) -> None:
        """Nothing comes by itself any more: what stopped it then was a time limit or the user."""
        moment = self._moments[self._next] if self._next < len(self._moments) else None
        then = None if moment is None else moment.then
        if then is not None and then.turn is not None and then.is_stopped_from_outside:
            if "timeout after" not in then.reason:
                self._run.cancel(then.reason)
            elif not self._clock.ring():
                self._adrift()
        elif moment is None and self._is_replay and self._is_stopped_at_the_end():
            return
        else:
            self._adrift()

    def _is_stopped_at_the_end(self) -> bool:
        """Whether a replay was brought to its end in the way in which the run was."""
        last = self._past[-1] if self._past else None
        if not isinstance(last, ev.RunEnded) or self._has_stopped:
            return False
        self._clock.advance(last.at)
        if last.status == "cancelled":
            self._has_stopped = True
            self._run.cancel(last.error)
            return True
        return "timeout after" in last.error and self._clock.ring()

    def _adrift(self) -> None:
        self.drift = self._known.drift
        self._is_mute = True
        self._held_back = []
        self._emit = None
        self._run.cancel(f"the past does not hold: {self.drift}")
        self._settled.set()

    def _settle(self) -> None:
        last = self._past[-1] if self._past else None
        if last is not None:
            self._clock.advance(last.at)
        self._settled.set()
        self._clock.go_live()
        held_back, self._held_back = self._held_back, []
        for event in (*self._point.closing, *self._warnings(), *held_back):
            self._pass_on(event)
        if self._run.time.is_still:
            self._run.time.go_on()
            self._run.journal.record(ev.RunResumed, until=self._run.control.until)

    def _warnings(self) -> list[ev.HistoryEvent]:
        """Nothing whose outcome nobody knows is done again in silence."""
        if self._why != UNKNOWN_OUTCOME:
            return []
        text = "nobody knows whether agent '{}' had done its work when the process ended; it runs again"
        return [
            ev.Warned(seq=0, at=self._past[-1].at, path=run.path, message=text.format(run.agent))
            for run in self._point.in_flight
        ]

    def _again(self, event: ev.HistoryEvent) -> None:
        self._clock.advance(event.at)
        facts = {f.name: getattr(event, f.name) for f in fields(event) if f.name not in ("seq", "at")}
        self._is_telling = True
        self._run.journal.record(type(event), **facts)
        self._is_telling = False
