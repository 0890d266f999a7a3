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
from agentflow_tui.engine.past_moments import Moment, TimesAgo, moments_of
from agentflow_tui.history import event as ev
from agentflow_tui.history.delta import EMPTY_DELTA, Delta
from agentflow_tui.history.resume import EDIT_PATH, KnownEvents

if TYPE_CHECKING:
    from agentflow_tui.engine.call import Call
    from agentflow_tui.engine.frame import Frame
    from agentflow_tui.engine.interpreter import Interpreter

_IDLE_TICKS = 20
"""Turns of the event loop without anything new after which nothing will come any more."""
_ENDS = (ev.AgentCompleted, ev.AgentFailed, ev.AgentCancelled)
_BEGINNINGS = (ev.NodeStarted, ev.FanStarted, ev.AgentStarted, ev.StateChanged)


class Past:
    """A history up to an event: its agent runs give their recorded results, in the order of then.

    The engine's own decisions are made again. What the history has already is not told twice; what is new is
    held back until the whole past has been told, so that nothing is called before it is sure that it holds.
    Then agents are called again. `drift` says what did not come back.
    """

    def __init__(
        self,
        history: Sequence[ev.HistoryEvent],
        n: int,
        *,
        edit: Delta = EMPTY_DELTA,
        is_replay: bool = False,
    ) -> None:
        """Take the history up to event `n` (-1: nothing of it); `edit` changes the state right after it.

        With `is_replay` everything is told again, calls and pieces of answers too, and nothing comes after.
        """
        self._past = history[: max(n, -1) + 1]
        self._is_replay = is_replay
        self._known = KnownEvents(history, n)
        self._moments, self._runs = moments_of(self._past, is_replay=is_replay)
        self._edits = self._edits_of(history, n, edit)
        self._begun: Counter[str] = Counter()
        self._open: dict[str, TimesAgo] = {}
        self._taken = 0
        self._activity = 0
        self._held_back: list[ev.HistoryEvent] = []
        self._is_old_edit = False
        self._is_mute = False
        self._has_ended = False
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
        self._task = asyncio.get_running_loop().create_task(self._go())

    def end(self) -> None:
        """The run is over."""
        if self._task is not None:
            self._task.cancel()
        self._settled.set()

    async def claim(self, path: str) -> TimesAgo | None:
        """The agent run that the step at `path` had at this place; none when it has to run now."""
        key = path, self._begun[path]
        self._begun[path] += 1
        self._activity += 1
        then = self._runs.get(key)
        if then is not None and (then.end is not None or self._is_replay):
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
        if hook == "BeforeEventHandling":
            has_begun = self._is_replay or any(isinstance(event, _BEGINNINGS) for event in self._past)
            return self._opening() if has_begun else None
        told = self._closing()
        return EMPTY_DELTA if told is None and self._is_replay else told

    def _opening(self) -> Delta:
        for event in self._past:
            if isinstance(event, ev.StateChanged) and event.path == self._root:
                return event.delta
            if isinstance(event, _BEGINNINGS) and getattr(event, "path", "") != EDIT_PATH:
                break
        return EMPTY_DELTA

    def _closing(self) -> Delta | None:
        delta, is_after_root = None, False
        for event in self._past:
            path = getattr(event, "path", None)
            if path == self._root and isinstance(event, (ev.NodeEnded, ev.FanEnded, *_ENDS)):
                delta, is_after_root = None, True
            elif path == self._root and is_after_root and isinstance(event, ev.StateChanged):
                delta = event.delta
        return delta

    def _edits_of(
        self, history: Sequence[ev.HistoryEvent], n: int, edit: Delta
    ) -> list[tuple[int, Delta, bool]]:
        """After how many known events each change by a person comes, what it is, and whether it is told."""
        edits = [
            (KnownEvents(history, event.seq - 1).left, event.delta, not self._is_replay)
            for event in self._past
            if isinstance(event, ev.StateChanged) and event.path == EDIT_PATH
        ]
        return edits if edit.is_empty else [*edits, (KnownEvents(history, n).left, edit, False)]

    def _hear(self, event: ev.HistoryEvent) -> None:
        self._activity += 1
        if isinstance(event, _ENDS) and (then := self._open.pop(event.path, None)):
            then.is_over = True
        if isinstance(event, ev.RunEnded):
            self._has_ended = True
        is_known = self._known.take(event)
        self._taken += is_known
        if self._is_replay:
            if not self._is_mute:
                self._pass_on(event)
        elif not is_known and not self._is_old_edit:
            self._pass_on(event)
        while self._edits and self._taken >= self._edits[0][0]:
            _, delta, self._is_old_edit = self._edits.pop(0)
            self._change(delta)
            self._is_old_edit = False

    def _pass_on(self, event: ev.HistoryEvent) -> None:
        if self._emit is None or not (self._is_replay or self.is_over):
            self._held_back.append(event)
        else:
            self._emit(event)

    def _change(self, delta: Delta) -> None:
        self._run.change(
            self._frame,
            EDIT_PATH,
            data_set=delta.set,
            removed=delta.removed,
            meta_set=delta.meta_set,
            meta_removed=delta.meta_removed,
        )

    async def _go(self) -> None:
        for moment in self._moments:
            if not await self._live_again(moment):
                self._adrift()
                return
        if self._is_replay:
            await self._finish_replay()
            return
        if not await self._until(lambda: self._known.is_exhausted):
            self._adrift()
            return
        self._settle()

    async def _live_again(self, moment: Moment) -> bool:
        event, then = moment.event, moment.then
        if then is None:
            self._clock.advance(event.at)
            match event:
                case ev.RunPaused():
                    self._run.time.stand_still()
                case ev.RunResumed():
                    self._run.time.go_on()
                case _:
                    self._again(event)
            return True
        if not await self._until(lambda: then.turn is not None or then.is_over):
            return False
        if then.is_over:
            return True
        self._clock.advance(event.at)
        if event is not then.end:
            if then.take(event):
                self._again(event)
            return True
        if then.is_stopped_from_outside:
            return await self._stopped(then)
        if then.turn is not None and not then.turn.done():
            then.turn.set_result(None)
        return await self._until(lambda: then.is_over)

    async def _stopped(self, then: TimesAgo) -> bool:
        """A scope around it was stopped: by another result, by a time limit or by the user."""
        while not await self._until(lambda: then.is_over):
            if "timeout after" not in then.reason:
                self._run.cancel(then.reason)
                return await self._until(lambda: then.is_over)
            if not self._clock.ring():
                return False
        return True

    async def _finish_replay(self) -> None:
        last = self._past[-1] if self._past else None
        while not await self._until(lambda: self._has_ended):
            if not isinstance(last, ev.RunEnded) or self.unexpected and last.status == "completed":
                break
            self._clock.advance(last.at)
            if last.status == "cancelled":
                self._run.cancel(last.error)
                last = None
            elif not self._clock.ring():
                break
        self._is_mute = True
        self._run.cancel("the replay is over")
        self._settled.set()

    def _adrift(self) -> None:
        missing = self._known.missing
        self.drift = "the flow takes another way than it did"
        if missing is not None:
            where = getattr(missing, "agent", "") or getattr(missing, "path", "")
            self.drift = (
                f"event {missing.seq} ({missing.kind}{f' of {where}' if where else ''}) does not come"
            )
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
        for event in held_back:
            self._pass_on(event)
        if self._run.time.is_still:
            self._run.time.go_on()
            self._run.journal.record(ev.RunResumed, until=self._run.control.until)

    def _again(self, event: ev.HistoryEvent) -> None:
        self._clock.advance(event.at)
        facts = {f.name: getattr(event, f.name) for f in fields(event) if f.name not in ("seq", "at")}
        self._run.journal.record(type(event), **facts)

    async def _until(self, holds: Callable[[], bool]) -> bool:
        """Whether it comes true while something still happens."""
        seen, idle = self._activity, 0
        while not holds():
            await asyncio.sleep(0)
            idle = idle + 1 if seen == self._activity else 0
            seen = self._activity
            if idle > _IDLE_TICKS:
                return False
        return True
