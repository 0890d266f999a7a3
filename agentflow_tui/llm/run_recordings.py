"""The recordings as one run uses them: which mode, how often each request was made, how many were taken."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Literal

from agentflow_tui.history.event import HistoryEvent
from agentflow_tui.history.recording import Recording, recordings_of
from agentflow_tui.history.recording_shelf import RecordingShelf
from agentflow_tui.history.store_error import StoreError
from agentflow_tui.llm.model_error import ModelError
from agentflow_tui.llm.nearest_recording import nearest_recording
from agentflow_tui.llm.provider import ChatRequest
from agentflow_tui.llm.recording_key import rendered_messages, request_key

RecordingMode = Literal["auto", "live", "record", "replay"]
Speed = Literal["original", "full", "none"]


class RunRecordings:
    """Gives the n-th call of a request its n-th recording.

    Modes: `auto` takes a recording where there is one and asks the model otherwise; `live` asks always, and
    only re-runs and forks of this run may take its answers; `record` asks always, and any run may; `replay`
    never asks. Histories are the recordings: nothing else has to be written.
    """

    def __init__(
        self,
        shelf: RecordingShelf,
        *,
        mode: RecordingMode = "auto",
        speed: Speed = "full",
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        redact: Callable[[str], str] = str,
    ) -> None:
        """Take from `shelf`.

        `speed`: `original` waits as the model did (on the clock's `sleep`), `full` streams without waiting,
        `none` gives the answer in one piece. `redact` takes secrets out of a text.
        """
        self._shelf = shelf
        self.mode: RecordingMode = mode
        self.speed: Speed = speed
        self.sleep = sleep
        self._redact = redact
        self._made: defaultdict[str, set[int]] = defaultdict(set)
        """Occurrences of each request that lie behind the run."""
        self._next: Counter[str] = Counter()
        """The first occurrence of each request that may be free."""
        self.taken = 0
        """Calls that were answered from a recording."""
        self.asked = 0
        """Calls that went to a model."""

    @property
    def source(self) -> Literal["live", "record"]:
        """How the answers of a model are labelled."""
        return "live" if self.mode == "live" else "record"

    def skip(self, done: Iterable[HistoryEvent], history: Sequence[HistoryEvent]) -> None:
        """Count the calls among the events `done` as made: the run goes on behind them.

        `history` is the whole one that they are from. Of equal calls that branches made at one time the later
        one may be done and the earlier one be made again: each keeps its own answer.
        """
        made = {each.request.call for each in recordings_of(done)}
        seen: Counter[str] = Counter()
        for each in recordings_of(history):
            if each.ended or self.mode == "replay":
                if each.request.call in made:
                    self._made[each.key].add(seen[each.key])
                seen[each.key] += 1

    async def take(self, provider: str, request: ChatRequest) -> Recording | None:
        """Return the recording to answer from, or none when the model has to be asked.

        Raises:
            ModelError: in `replay`, when there is no recording; it names the nearest and the difference.
        """
        key = request_key(provider, request, self._redact)
        occurrence = self._next[key]
        while occurrence in self._made[key]:
            occurrence += 1
        self._next[key] = occurrence + 1
        is_replay = self.mode == "replay"
        found = None
        if is_replay or self.mode == "auto":
            try:
                found = await self._shelf.find(key, occurrence, with_failures=is_replay)
            except StoreError as error:
                if is_replay:
                    raise ModelError(
                        f"the recordings cannot be read: {error.message}",
                        category="resource",
                        hint=error.hint,
                    ) from error
        if found is None and is_replay:
            raise await self._missing(provider, request, occurrence)
        if found is None:
            self.asked += 1
        else:
            self.taken += 1
        return found

    async def settled(self, agent: str) -> tuple[str, str] | None:
        """Return the provider and the model that the recordings of an agent come from, if there are any."""
        try:
            candidates = await self._shelf.candidates()
        except StoreError:
            # The call itself says what is wrong with the store.
            return None
        for each in candidates:
            if each.request.agent == agent:
                return each.request.provider, each.request.model
        return None

    async def _missing(self, provider: str, request: ChatRequest, occurrence: int) -> ModelError:
        messages = rendered_messages(request, self._redact)
        candidates = await self._shelf.candidates()
        nearest = await asyncio.to_thread(nearest_recording, provider, request, messages, candidates)
        if nearest is None:
            why = "nothing was recorded"
        elif not nearest.differences:
            why = f"it was recorded {occurrence} times, and this is call {occurrence + 1}"
        else:
            by = nearest.recording.request
            name = f"{by.agent}'s {by.call}, {nearest.likeness:.0f} % alike"
            why = f"the nearest one ({name}) differs: " + "; ".join(nearest.differences)
        return ModelError(
            f"no recording of this call: {why}",
            category="validation",
            hint='re-run in mode "auto" to ask the model for what changed',
        )
