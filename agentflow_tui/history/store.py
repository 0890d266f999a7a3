"""The runs of this machine in one SQLite file: appended while they happen, read when someone looks.

What `flush` acknowledged survives a killed process; what it acknowledged at the end of an agent run, a pause
or a run survives a power cut too (design §5).
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import uuid
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from agentflow_tui import paths
from agentflow_tui.history import run_catalog as catalog
from agentflow_tui.history.codec import HistoryFormatError
from agentflow_tui.history.database import opened
from agentflow_tui.history.event import HistoryEvent, RunStarted, TokensReceived
from agentflow_tui.history.event_queue import EventQueue
from agentflow_tui.history.retention import Retention
from agentflow_tui.history.run_filter import RunFilter
from agentflow_tui.history.run_lock import RunLock
from agentflow_tui.history.run_rows import read_events
from agentflow_tui.history.run_summary import RunSummary
from agentflow_tui.history.store_error import StoreError, explained

if TYPE_CHECKING:
    import aiosqlite

TOKEN_DELAY = 0.25
"""Seconds that pieces of streaming text wait for more before they are written."""

_T = TypeVar("_T")


class RunStore:
    """Appends history events in the background, reads them back, and keeps the runs in order.

    Every method but `append` raises `StoreError` when the file cannot be used; its hint is the way out.
    """

    def __init__(
        self, path: Path | None = None, *, on_failure: Callable[[StoreError], None] | None = None
    ) -> None:
        """Use the file at `path`, by default in the user's data folder; nothing is opened yet.

        `on_failure` is told when storing begins to fail; the events wait in memory and are tried again.
        """
        self.path = path or paths.data_folder() / "runs" / "history.sqlite3"
        self.on_failure = on_failure
        self.failure: StoreError | None = None
        """Why nothing is being stored at the moment."""
        self._queue = EventQueue(self.path)
        self._connection: aiosqlite.Connection | None = None
        self._use = asyncio.Lock()
        self._urgent = asyncio.Event()
        self._writer: asyncio.Task[None] | None = None

    def append(self, run_id: str, events: Iterable[HistoryEvent]) -> None:
        """Hand over events to be stored soon; never waits and never raises. Needs a running event loop."""
        for event in events:
            self._queue.add(run_id, event)
            if not isinstance(event, TokensReceived):
                self._urgent.set()
        if (self._writer is None or self._writer.done()) and self._queue:
            self._writer = asyncio.create_task(self._write_soon(), name="run store")

    async def prepare(self) -> StoreError | None:
        """Open the file before there is something to store; return why it cannot be, if so."""
        async with self._use:
            try:
                await self._open()
            except StoreError as error:
                self.failure = error
                return error
        return None

    async def flush(self) -> None:
        """Return when everything handed over so far is stored; what cannot be now is tried again later."""
        async with self._use:
            await self._drain()

    async def load(self, run_id: str) -> list[HistoryEvent]:
        """Return the events of a run in order."""
        history = await self._do(lambda connection: read_events(connection, run_id), f"run '{run_id}'")
        if history is None:
            raise StoreError(f"there is no stored run '{run_id}'", "list the runs to see their ids")
        return history

    async def runs(self, which: RunFilter | None = None) -> list[RunSummary]:
        """Return the stored runs that fit, newest first."""
        return await self._do(lambda connection: catalog.list_runs(connection, which or RunFilter()))

    async def newest_runs(self, count: int) -> list[str]:
        """Return the ids of the newest runs, newest first."""
        return [run.run_id for run in await self.runs(RunFilter(limit=count))]

    async def runs_with_call(self, key: str) -> list[str]:
        """Return the runs, newest first, that hold an answer under a `recording_key` for any run to take."""
        query = (
            "SELECT DISTINCT runs.run_id, runs.started_at, runs.id"
            " FROM calls JOIN runs ON calls.run = runs.id WHERE key = ? AND is_shared"
            " ORDER BY runs.started_at DESC, runs.id DESC LIMIT 20"
        )

        async def read(connection: aiosqlite.Connection) -> list[str]:
            async with connection.execute(query, (key,)) as cursor:
                return [row[0] for row in await cursor.fetchall()]

        return await self._do(read)

    async def ancestry(self, run_id: str) -> tuple[str, ...]:
        """Return the run and what it was forked from, and so on, nearest first, as far as it is stored."""
        parents = {run.run_id: run.parent_run for run in await self.runs()}
        line: dict[str, None] = {}
        while run_id in parents and run_id not in line:
            line[run_id] = None
            run_id = parents[run_id]
        return tuple(line)

    async def fork(self, run_id: str, at_seq: int, name: str = "", *, started_at: str = "") -> str:
        """Make a run of the events 0 to `at_seq` of another (-1: of none) and return its id.

        Nothing of the original changes; what is appended goes on at `at_seq` + 1. `started_at` is ISO 8601,
        UTC; empty for now.
        """
        new, since = str(uuid.uuid4()), started_at or datetime.now(UTC).isoformat()
        await self._do(lambda connection: catalog.copy_run(connection, run_id, at_seq, new, name, since))
        return new

    async def add(
        self, history: list[HistoryEvent], *, flow_text: str = "", name: str = "", inherited: int = 0
    ) -> str:
        """Store what a `RunFile` holds and return the run's id, a new one if its own is taken."""
        if not history or not isinstance(history[0], RunStarted):
            raise StoreError("a history begins with the start of its run", "it may be cut off at its front")
        if any(event.seq != number for number, event in enumerate(history)):
            raise StoreError("the events of the history are not numbered from 0", "it was changed or damaged")
        run_id = history[0].run_id
        if not run_id or any(run.run_id == run_id for run in await self.runs(RunFilter(text=run_id))):
            run_id = str(uuid.uuid4())
        first, text = replace(history[0], run_id=run_id), flow_text or None
        queue = EventQueue(self.path)
        for event in (first, *history[1:]):
            queue.add(run_id, event)
        async with self._use:
            try:
                await queue.write(await self._open())
            finally:
                queue.release()
        await self._do(
            lambda connection: catalog.describe_run(
                connection, run_id, name=name, flow_text=text, origin="imported", inherited=inherited
            )
        )
        return run_id

    async def describe(
        self,
        run_id: str,
        *,
        name: str | None = None,
        flow_text: str | None = None,
        flow_path: str | None = None,
    ) -> None:
        """Name a run, or keep the text (without secrets) and the file of the flow that ran."""
        await self._do(
            lambda connection: catalog.describe_run(
                connection, run_id, name=name, flow_text=flow_text, flow_path=flow_path
            )
        )

    async def flow_text(self, run_id: str) -> str:
        """Return the text of the flow that ran; empty when it was not kept."""
        return await self._do(lambda connection: catalog.flow_text_of(connection, run_id))

    async def tag(self, run_id: str, *add: str, remove: Iterable[str] = ()) -> tuple[str, ...]:
        """Add and remove tags; return those that the run has now, sorted."""
        return await self._do(lambda connection: catalog.tag_run(connection, run_id, add, remove))

    async def delete(self, run_id: str) -> None:
        """Delete a run and what only it uses; raises `RunLockedError` while somebody drives it."""
        with self._queue.locked(run_id):
            await self._do(lambda connection: catalog.delete_run(connection, run_id))

    async def interrupted(self) -> list[RunSummary]:
        """Return the runs of this machine, newest first, that never ended and that nobody drives."""
        open_runs = await self.runs(RunFilter(status="unfinished"))
        return [
            run
            for run in open_runs
            if run.origin != "imported" and run.events and not self._queue.is_driven(run.run_id)
        ]

    async def acquire(self, run_id: str) -> RunLock:
        """Drive a stored run: nobody else can until the lock is released, the run ends or the store closes.

        Raises:
            RunLockedError: another process drives it, or another place in this one.
        """
        return self._queue.acquire(run_id)

    async def gc(
        self,
        *,
        max_age: timedelta | None = None,
        max_bytes: int | None = None,
        now: datetime | None = None,
        is_dry: bool = False,
    ) -> tuple[RunSummary, ...]:
        """Delete runs older than `max_age`, then the oldest until all together have at most `max_bytes`.

        Runs with a tag and runs that somebody drives stay. Returns the deleted ones, oldest first; with
        `is_dry` those that would be.
        """
        limit = (now or datetime.now(UTC)) - max_age if max_age is not None else None
        kept = Retention(limit, max_bytes)
        gone = tuple(kept.too_many(await self.runs(), self._queue.is_driven))
        if gone and not is_dry:
            for run in gone:
                await self.delete(run.run_id)
            await self._do(_shrink)
        return gone

    async def aclose(self) -> None:
        """Store what waits and let go of the file, which happens also when storing fails."""
        try:
            await self.flush()
        finally:
            if self._writer is not None:
                self._writer.cancel()
                await asyncio.gather(self._writer, return_exceptions=True)
            self._queue.release()
            if self._connection is not None:
                await self._connection.close()
                self._connection = None

    async def _write_soon(self) -> None:
        while self._queue:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._urgent.wait(), TOKEN_DELAY)
            try:
                await self.flush()
            except StoreError:
                # `failure` has it; the next append tries again.
                return

    async def _drain(self) -> None:
        self._urgent.clear()
        if not self._queue:
            return
        try:
            await self._queue.write(await self._open())
        except StoreError as error:
            is_news = self.failure is None or self.failure.message != error.message
            self.failure = error
            if is_news and self.on_failure is not None:
                self.on_failure(error)
            raise
        self.failure = None

    async def _open(self) -> aiosqlite.Connection:
        if self._connection is None:
            self._connection = await opened(self.path)
        return self._connection

    async def _do(self, work: Callable[[aiosqlite.Connection], Awaitable[_T]], what: str = "the run") -> _T:
        async with self._use:
            with contextlib.suppress(StoreError):
                # What waits to be written keeps nobody from reading; `failure` has it.
                await self._drain()
            connection = await self._open()
            try:
                result = await work(connection)
                await connection.commit()
            except HistoryFormatError as error:
                raise StoreError(f"{what} cannot be read: {error}", "it was changed or damaged") from error
            except (sqlite3.Error, OSError) as error:
                await connection.rollback()
                raise explained(error, self.path) from error
            except BaseException:  # raised again; cancelled too, it must not leave the transaction open
                await connection.rollback()
                raise
            return result


async def _shrink(connection: aiosqlite.Connection) -> None:
    await connection.commit()
    await connection.execute("VACUUM")
