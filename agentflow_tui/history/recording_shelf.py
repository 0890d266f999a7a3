"""The recordings that one run may take: those of chosen histories and runs first, then anybody's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from agentflow_tui.history.event import HistoryEvent
from agentflow_tui.history.recording import Recording, RecordingBook

_CANDIDATE_RUNS = 20
"""Newest runs that are looked through for a recording that is nearly the one asked for."""


class RecordedRuns(Protocol):
    """Where stored runs are found by what they asked; `RunStore` is one."""

    async def load(self, run_id: str) -> list[HistoryEvent]:
        """Return the events of a run in order."""

    async def runs_with_call(self, key: str) -> list[str]:
        """Return the runs, newest first, that hold an answer under this key for anyone to take."""

    async def newest_runs(self, count: int) -> list[str]:
        """Return the ids of the newest runs, newest first."""


class RecordingShelf:
    """Finds recordings by key and occurrence; each run is read once."""

    def __init__(
        self,
        *,
        store: RecordedRuns | None = None,
        runs: Sequence[str] = (),
        histories: Iterable[Sequence[HistoryEvent]] = (),
        is_closed: bool = False,
    ) -> None:
        """Look in `histories`, then in `runs` of the store, then, unless `is_closed`, in all its runs."""
        self._first = [RecordingBook.of(history) for history in histories]
        self._store = store
        self._runs = tuple(runs)
        self._is_closed = is_closed
        self._read: dict[str, RecordingBook] = {}

    async def find(self, key: str, occurrence: int, *, with_failures: bool = False) -> Recording | None:
        """Return the `occurrence`-th (from 0) recording under the key in the first source that has so many.

        Failed calls count only `with_failures`. Raises `StoreError` when the runs cannot be read.
        """
        for book in self._first:
            if found := book.find(key, occurrence, with_failures=with_failures):
                return found
        for run_id in self._runs:
            book = await self._of(run_id)
            if found := book.find(key, occurrence, with_failures=with_failures):
                return found
        if self._store is None or self._is_closed:
            return None
        for run_id in await self._store.runs_with_call(key):
            book = await self._of(run_id)
            if found := book.find(key, occurrence, with_failures=with_failures):
                return found
        return None

    async def candidates(self) -> list[Recording]:
        """Return what there is to choose from, the preferred sources first; of other runs the newest."""
        found = [recording for book in self._first for recording in book.all]
        runs = dict.fromkeys(self._runs)
        if self._store is not None and not self._is_closed:
            runs |= dict.fromkeys(await self._store.newest_runs(_CANDIDATE_RUNS))
        for run_id in runs:
            found += (await self._of(run_id)).all
        return found

    async def _of(self, run_id: str) -> RecordingBook:
        if self._store is None:
            return RecordingBook(())
        if run_id not in self._read:
            self._read[run_id] = RecordingBook.of(await self._store.load(run_id))
        return self._read[run_id]
