"""The same input through two to five modes at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from agentflow_tui.config import Flow
from agentflow_tui.engine import Clock, Event, ModeChoice
from agentflow_tui.engine.new_id import new_id
from agentflow_tui.workbench.lane_totals import LaneTotals
from agentflow_tui.workbench.mode_fit import ModeFit
from agentflow_tui.workbench.not_ready import NotReadyError
from agentflow_tui.workbench.race_lane import RaceLane
from agentflow_tui.workbench.run import Run

FEWEST = 2
"""Modes that make a race."""
_SHORT = 8


class Race:
    """Some runs of one flow and event side by side, each stored as a run of its own.

    What fails or ends in one lane leaves the others alone; rate limits hold for all of them together.
    """

    def __init__(self, lanes: Sequence[RaceLane], clock: Clock, race_id: str, score: str = "") -> None:
        """Take lanes that are not started yet; programs use `make`."""
        self.lanes = tuple(lanes)
        self.race_id = race_id
        """Part of the name of each run, so that a filter of the stored runs finds them."""
        self.score = score
        """The data key that tells how good a result is; empty for none."""
        self._clock = clock

    @classmethod
    def make(cls, flow: Flow, event: Event, modes: Sequence[str], clock: Clock, score: str = "") -> Race:
        """Prepare one lane for each of `modes`; nothing runs yet.

        Raises:
            NotReadyError: They are fewer than two, or the flow cannot run in one of them.
        """
        fits = [ModeFit.of(flow, mode) for mode in dict.fromkeys(modes)]
        if problems := [f"{fit.mode}: {fit.problem}" for fit in fits if fit.problem]:
            raise NotReadyError("the flow cannot run in every mode of the race", hints=problems)
        if len(fits) < FEWEST:
            raise NotReadyError("a race needs two modes or more", hints=_lacking(flow))
        race_id = new_id()[:_SHORT]
        return cls([_lane(flow, event, fit.mode, race_id) for fit in fits], clock, race_id, score)

    @property
    def is_over(self) -> bool:
        """True when no lane goes on."""
        return all(lane.is_over for lane in self.lanes)

    def lane(self, mode: str) -> RaceLane:
        """Return the lane of a mode that takes part."""
        return next(lane for lane in self.lanes if lane.mode == mode)

    def totals(self) -> tuple[LaneTotals, ...]:
        """Sum up how each lane stands now, in order; costs what happened since the last time."""
        now = self._clock.now()
        return tuple(lane.totals(now, self.score) for lane in self.lanes)

    async def begin(self, launch: Callable[[RaceLane], Awaitable[Run]]) -> None:
        """Start all lanes at once; one that cannot be started keeps the reason.

        Raises:
            NotReadyError: None of them could be.
        """
        try:
            async with asyncio.TaskGroup() as group:
                for lane in self.lanes:
                    group.create_task(self._start(lane, launch))
        except BaseException:  # raised again; also when it is cancelled, no lane may run on
            self.cancel("the race could not begin")
            raise
        first = self.lanes[0].problem
        if first is not None and all(lane.problem is not None for lane in self.lanes):
            raise first

    def cancel(self, reason: str = "the race was cancelled") -> bool:
        """Cancel every lane that goes on; false when there is none."""
        live = [lane.run for lane in self.lanes if lane.run is not None and not lane.is_over]
        for run in live:
            run.control.cancel(reason)
        return bool(live)

    async def wait(self) -> tuple[LaneTotals, ...]:
        """Return how each lane ended, once all have."""
        await asyncio.gather(*(lane.run.wait() for lane in self.lanes if lane.run is not None))
        return self.totals()

    async def _start(self, lane: RaceLane, launch: Callable[[RaceLane], Awaitable[Run]]) -> None:
        try:
            lane.run = await launch(lane)
            lane.began_at = self._clock.now()
        except NotReadyError as error:
            lane.problem = error


def _lane(flow: Flow, event: Event, mode: str, race_id: str) -> RaceLane:
    # The mode that the metadata ask for comes before every switch of the file (semantics §3).
    own = Event.make(
        event.data,
        metadata={**event.metadata, "orchestration_override": mode},
        target=event.target,
        event_id=event.id,
        timestamp=event.timestamp,
    )
    return RaceLane(own, ModeChoice.make(flow, own), f"race {race_id} {mode}")


def _lacking(flow: Flow) -> list[str]:
    return [f"{fit.mode}: {fit.problem}" for fit in ModeFit.all_of(flow) if fit.problem]
