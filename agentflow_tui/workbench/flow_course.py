"""The configs that lie behind a run which begins in the middle, and the one that it goes on with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from agentflow_tui.config import Checked
from agentflow_tui.config.flow_diff import flow_diff
from agentflow_tui.engine import Agent
from agentflow_tui.engine.swap import Swap
from agentflow_tui.history.resume import EDIT_PATH
from agentflow_tui.history.swap_event import FlowSwapped
from agentflow_tui.workbench.departure import Departure
from agentflow_tui.workbench.flow_version import FlowVersion, swaps_in, versions_of
from agentflow_tui.workbench.not_ready import NotReadyError


@dataclass(frozen=True, slots=True)
class FlowCourse:
    """Which config a run follows when: from its beginning, from each swap on, and now."""

    versions: tuple[FlowVersion, ...]
    """In their order; the last one is followed from the departure on."""
    swaps: tuple[FlowSwapped, ...] = ()
    """By which the run went from each to the next."""
    remark: FlowSwapped | None = None
    """Tells that the run goes on with another config than the history had last, if so."""

    @classmethod
    def of(
        cls, departure: Departure, first: str, check: Callable[[str], Checked], wanted: FlowVersion
    ) -> FlowCourse:
        """Follow the configs of a history; `first` is the text that it began with.

        Without a swap in it, all of it is lived with `wanted`. Else `wanted` takes the place of the last one
        if it means something else. A run that goes on after a crash keeps what it had when it is given the
        text that it began with.

        Raises:
            NotReadyError: A text of then was not kept or is not valid any more.
        """
        kept = departure.history[: departure.at_seq + 1]
        swaps = swaps_in(kept)
        if not swaps:
            return cls((wanted,))
        if not first:
            hint = "go on from an event before the config was swapped"
            raise NotReadyError("the text that this run began with was not kept", hints=(hint,))
        versions = versions_of(kept, first, check, departure.event)
        last = versions[-1]
        if wanted.fingerprint == last.fingerprint:
            # What was kept has no secrets.
            return cls((*versions[:-1], wanted), swaps)
        if departure.is_crash and wanted.fingerprint == versions[0].fingerprint:
            return cls(versions, swaps)
        changes = flow_diff(last.flow, wanted.flow, wanted.text)
        remark = FlowSwapped(
            seq=0,
            at=kept[-1].at,
            path=EDIT_PATH,
            iteration=swaps[-1].iteration,
            text=wanted.text,
            before=last.fingerprint,
            after=wanted.fingerprint,
            changes=tuple(change.text for change in changes),
        )
        return cls((*versions[:-1], wanted), swaps, remark)

    @property
    def first(self) -> FlowVersion:
        """The one that the run began with."""
        return self.versions[0]

    @property
    def now(self) -> FlowVersion:
        """The one that it goes on with."""
        return self.versions[-1]

    def for_engine(self, agents: Mapping[str, Agent]) -> tuple[Swap, ...]:
        """Give each swap as the engine takes it; `agents` are those of the config of now.

        No agent is called before the past is over, so the earlier ones need none.
        """
        again = [
            Swap(version.plan, {}, event.text, event.before, event.after, event.changes)
            for version, event in zip(self.versions[1:], self.swaps, strict=True)
        ]
        return (*again[:-1], replace(again[-1], agents=agents)) if again else ()
