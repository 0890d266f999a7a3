"""The runs of this machine in one SQLite file: appended while they happen, read when someone looks.

What `flush` acknowledged survives a killed process; what it acknowledged at the end of an agent run, a pause
or a run survives a power cut too (design §5).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agentflow_tui import paths
from agentflow_tui.history.codec import HistoryFormatError, from_line, to_line
from agentflow_tui.history.event import (
    AgentCancelled,
    AgentCompleted,
    AgentFailed,
    FanEnded,
    HistoryEvent,
    RunEnded,
    RunPaused,
    RunStarted,
    TokensReceived,
)
from agentflow_tui.history.store_error import StoreError, explained

if TYPE_CHECKING:
    import aiosqlite

SCHEMA_VERSION = 1
TOKEN_DELAY = 0.25
"""Seconds that pieces of streaming text wait for more before they are written."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS runs(
  run_id TEXT PRIMARY KEY, flow TEXT NOT NULL, mode TEXT NOT NULL, started_at TEXT NOT NULL,
  status TEXT NOT NULL, error TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS events(
  run_id TEXT NOT NULL REFERENCES runs(run_id), seq INTEGER NOT NULL, kind TEXT NOT NULL, data TEXT NOT NULL,
  PRIMARY KEY(run_id, seq)
) STRICT, WITHOUT ROWID;
PRAGMA user_version = 1;
"""
_MILESTONES = (AgentCompleted, AgentFailed, AgentCancelled, FanEnded, RunPaused, RunEnded)
_Row = tuple[str, HistoryEvent]


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One stored run, as a list of runs shows it."""

    run_id: str
    flow: str
    mode: str
    started_at: str
    """Wall-clock time, ISO 8601, UTC."""
    status: str
    """completed, failed or cancelled; `unfinished` when the end was never stored."""
    error: str
    events: int


class RunStore:
    """Appends history events in the background and reads them back."""

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
        self._waiting: deque[_Row] = deque()
        self._connection: aiosqlite.Connection | None = None
        self._use = asyncio.Lock()
        self._urgent = asyncio.Event()
        self._writer: asyncio.Task[None] | None = None

    def append(self, run_id: str, events: Iterable[HistoryEvent]) -> None:
        """Hand over events to be stored soon; never waits and never raises. Needs a running event loop."""
        for event in events:
            self._waiting.append((run_id, event))
            if not isinstance(event, TokensReceived):
                self._urgent.set()
        if self._waiting and (self._writer is None or self._writer.done()):
            self._writer = asyncio.create_task(self._write_soon(), name="run store")

    async def flush(self) -> None:
        """Return when everything handed over so far is stored.

        Raises:
            StoreError: it cannot be stored; what can be stored later is tried again at the next flush.
        """
        async with self._use:
            await self._drain()

    async def load(self, run_id: str) -> list[HistoryEvent]:
        """Return the events of a run in order.

        Raises:
            StoreError: there is no such run, or it cannot be read.
        """
        query = "SELECT data FROM events WHERE run_id = ? ORDER BY seq"
        rows = await self._read(query, (run_id,))
        if not rows:
            raise StoreError(f"there is no stored run '{run_id}'", "list the runs to see their ids")
        try:
            return await asyncio.to_thread(_decoded, rows)
        except HistoryFormatError as error:
            raise StoreError(
                f"run '{run_id}' cannot be read: {error}", "it was changed or damaged"
            ) from error

    async def runs(self) -> list[RunSummary]:
        """Return the stored runs, newest first.

        Raises:
            StoreError: they cannot be read.
        """
        query = (
            "SELECT run_id, flow, mode, started_at, status, error,"
            " (SELECT count(*) FROM events WHERE events.run_id = runs.run_id)"
            " FROM runs ORDER BY started_at DESC, rowid DESC"
        )
        return [RunSummary(*row) for row in await self._read(query, ())]

    async def aclose(self) -> None:
        """Store what waits and let go of the file.

        Raises:
            StoreError: the last events cannot be stored; the file is closed all the same.
        """
        try:
            await self.flush()
        finally:
            if self._writer is not None:
                self._writer.cancel()
                await asyncio.gather(self._writer, return_exceptions=True)
            if self._connection is not None:
                await self._connection.close()
                self._connection = None

    async def _write_soon(self) -> None:
        while self._waiting:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._urgent.wait(), TOKEN_DELAY)
            try:
                await self.flush()
            except StoreError:
                # `failure` has it; the next append tries again.
                return

    async def _drain(self) -> None:
        self._urgent.clear()
        batch = list(self._waiting)
        if not batch:
            return
        try:
            connection = await self._opened()
            is_milestone = any(isinstance(event, _MILESTONES) for _, event in batch)
            # Only a milestone is worth waiting for the disk itself; NORMAL survives a killed process.
            await connection.execute(f"PRAGMA synchronous = {'FULL' if is_milestone else 'NORMAL'}")
            await self._insert(connection, batch)
        except (sqlite3.IntegrityError, TypeError, ValueError) as error:
            # Trying again cannot help, and must not keep the events of other runs waiting.
            self._forget(batch)
            self._fail(StoreError(f"events of {_named(batch)} cannot be stored: {error}"))
        except (sqlite3.Error, OSError) as error:
            self._fail(explained(error, self.path))
        except StoreError as error:
            self._fail(error)
        self._forget(batch)
        self.failure = None

    def _forget(self, batch: list[_Row]) -> None:
        for _ in batch:
            self._waiting.popleft()

    async def _insert(self, connection: aiosqlite.Connection, batch: list[_Row]) -> None:
        try:
            await connection.executemany(
                "INSERT INTO runs VALUES (?, ?, ?, ?, 'unfinished', '')", _begun(batch)
            )
            await connection.executemany("INSERT INTO events VALUES (?, ?, ?, ?)", _lines(batch))
            await connection.executemany(
                "UPDATE runs SET status = ?, error = ? WHERE run_id = ?", _ended(batch)
            )
            await connection.commit()
        except BaseException:
            await connection.rollback()
            raise

    def _fail(self, error: StoreError) -> None:
        is_news = self.failure is None or self.failure.message != error.message
        self.failure = error
        if is_news and self.on_failure is not None:
            self.on_failure(error)
        raise error

    async def _read(self, query: str, values: tuple[str, ...]) -> list[tuple[Any, ...]]:
        async with self._use:
            await self._drain()
            try:
                connection = await self._opened()
                async with connection.execute(query, values) as cursor:
                    return [tuple(row) for row in await cursor.fetchall()]
            except (sqlite3.Error, OSError) as error:
                raise explained(error, self.path) from error

    async def _opened(self) -> aiosqlite.Connection:
        if self._connection is None:
            import aiosqlite

            await asyncio.to_thread(_prepare, self.path)
            connection = await aiosqlite.connect(self.path)
            try:
                await _set_up(connection, self.path)
            except BaseException:
                await connection.close()
                raise
            self._connection = connection
        return self._connection


def _prepare(path: Path) -> None:
    # Histories hold prompts and answers: nobody else on the machine has to read them.
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.parent.chmod(0o700)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


async def _set_up(connection: aiosqlite.Connection, path: Path) -> None:
    await connection.execute("PRAGMA busy_timeout = 2000")
    await connection.execute("PRAGMA journal_mode = WAL")
    await connection.execute("PRAGMA foreign_keys = ON")
    async with connection.execute("PRAGMA user_version") as cursor:
        row = await cursor.fetchone()
    version = row[0] if row else 0
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"{path} was written by a newer version (format {version}, this one knows {SCHEMA_VERSION})",
            "update agentflow-tui, or set XDG_DATA_HOME to another folder",
        )
    if version == 0:
        await connection.executescript(f"BEGIN IMMEDIATE;{_SCHEMA}COMMIT;")


def _named(batch: list[_Row]) -> str:
    return ", ".join(f"run '{run_id}'" for run_id in dict.fromkeys(run_id for run_id, _ in batch))


def _begun(batch: list[_Row]) -> Iterator[tuple[str, ...]]:
    for run_id, event in batch:
        if isinstance(event, RunStarted):
            yield run_id, event.flow, event.mode, event.started_at


def _ended(batch: list[_Row]) -> Iterator[tuple[str, ...]]:
    for run_id, event in batch:
        if isinstance(event, RunEnded):
            yield event.status, event.error, run_id


def _lines(batch: list[_Row]) -> Iterator[tuple[str, int, str, str]]:
    # A generator, so that the database's thread does the encoding.
    for run_id, event in batch:
        yield run_id, event.seq, event.kind, to_line(event)


def _decoded(rows: list[tuple[Any, ...]]) -> list[HistoryEvent]:
    return [from_line(row[0], line=number) for number, row in enumerate(rows, 1)]
