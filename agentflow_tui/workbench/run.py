"""One run while it goes on: its growing history, the hand on it, and its end."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Protocol

from agentflow_tui.engine import Control
from agentflow_tui.engine.run_result import RunResult
from agentflow_tui.history.event import HistoryEvent, ModelCallEnded, RunEnded, RunStarted, Warned
from agentflow_tui.history.swap_event import FlowSwapped
from agentflow_tui.plan.node import Plan
from agentflow_tui.workbench.redaction import Redaction
from agentflow_tui.workbench.run_config import RunConfig


class Keeper(Protocol):
    """Where histories are kept beyond the process."""

    def append(self, run_id: str, events: Iterable[HistoryEvent]) -> None:
        """Take events in order, to be written soon; never waits and never raises."""


class Observer(Protocol):
    """Someone who is told of every event."""

    def take(self, event: HistoryEvent) -> None:
        """Take the next event; never waits and never raises."""


class Run:
    """One event going through one plan. The history only grows, holds no secret and ends with `RunEnded`."""

    def __init__(  # noqa: PLR0913 - what a run is made of
        self,
        run_id: str,
        plan: Plan,
        control: Control,
        model_label: str,
        *,
        redaction: Redaction,
        keeper: Keeper | None = None,
        observer: Observer | None = None,
        notes: Sequence[str] = (),
        history: Sequence[HistoryEvent] = (),
    ) -> None:
        """Take what is known before the start; each of `notes` is a warning that follows the first event.

        `history` is what lies behind the run already, and is stored already.
        """
        self.run_id = run_id
        self.plan = plan
        self.control = control
        self.model_label = model_label
        """Which model answers, such as `ollama gemma3:1b`; `no model` when no agent asks one."""
        self.history: list[HistoryEvent] = list(history)
        self.on_event: Callable[[], None] | None = None
        """Called after each new event, in the event loop's thread."""
        self._redaction = redaction
        self._keeper = keeper
        self._observer = observer
        self.config: RunConfig | None = None
        """Which config is in force, and which one waits; the launcher sets it."""
        self.notes = tuple(notes)
        self._task: asyncio.Task[RunResult] | None = None

    @property
    def is_over(self) -> bool:
        """True when the last event is in the history."""
        return bool(self.history) and isinstance(self.history[-1], RunEnded)

    def begin(self, engine: Awaitable[RunResult], *, finish: Callable[[], Awaitable[None]]) -> None:
        """Let the engine run beside; `finish` releases what the run used, however it ends."""
        self._task = asyncio.create_task(self._drive(engine, finish), name=f"run {self.run_id}")

    async def wait(self) -> RunResult:
        """Return how the run ended, once it has; cancelling the wait does not cancel the run."""
        if self._task is None:
            raise RuntimeError("the run was not begun")
        return await asyncio.shield(self._task)

    def record(self, event: HistoryEvent) -> None:
        """Take an event of the engine; its `seq` follows this history, which has events of its own."""
        self._add(event)
        if isinstance(event, RunStarted):
            for note in self.notes:
                self.warn(note)
        elif isinstance(event, FlowSwapped) and self.config is not None:
            self.config.hear_of_swap(self)

    def hide(self, redaction: Redaction) -> None:
        """From now on keep other secrets out of the history."""
        self._redaction = redaction

    def warn(self, message: str) -> None:
        """Add a warning now; none before the first or after the last event."""
        if self.history and not self.is_over:
            self._add(Warned(seq=0, at=self.history[-1].at, message=message))

    def _add(self, event: HistoryEvent) -> None:
        if event.seq != len(self.history):
            event = dataclasses.replace(event, seq=len(self.history))
        event = self._redaction.event(event)
        self.history.append(event)
        self.control.breakpoints.hear(event)
        if self._keeper is not None:
            self._keeper.append(self.run_id, (event,))
        if self._observer is not None:
            self._observer.take(event)
        if self.on_event is not None:
            self.on_event()

    async def _drive(self, engine: Awaitable[RunResult], finish: Callable[[], Awaitable[None]]) -> RunResult:
        try:
            result = await engine
        finally:
            await finish()
        answered = [event for event in self.history if isinstance(event, ModelCallEnded)]
        taken = sum(event.source == "recording" for event in answered)
        masked: RunResult = self._redaction.value(result)
        return dataclasses.replace(masked, calls=len(answered), calls_from_recordings=taken)
