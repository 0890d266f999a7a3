"""Events that wait to be stored, run by run, so that trouble with one run does not touch another."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from agentflow_tui.history.event import (
    AgentCancelled,
    AgentCompleted,
    AgentFailed,
    HistoryEvent,
    RunEnded,
    RunPaused,
)
from agentflow_tui.history.fan_event import FanEnded
from agentflow_tui.history.packing import Packer
from agentflow_tui.history.run_lock import RunLock, RunLockedError
from agentflow_tui.history.run_rows import write_events
from agentflow_tui.history.store_error import StoreError, explained

if TYPE_CHECKING:
    import aiosqlite

_MILESTONES = (AgentCompleted, AgentFailed, AgentCancelled, FanEnded, RunPaused, RunEnded)


class EventQueue:
    """What is not stored yet, and the locks of the runs that are being written."""

    def __init__(self, path: Path) -> None:
        """Begin empty; the locks are kept in a folder beside the store at `path`."""
        self._path = path
        self._folder = path.parent / "locks"
        self._waiting: dict[str, list[HistoryEvent]] = {}
        self._packers: dict[str, Packer] = {}
        self._locks: dict[str, RunLock] = {}

    def __bool__(self) -> bool:
        """True while something waits."""
        return bool(self._waiting)

    def add(self, run_id: str, event: HistoryEvent) -> None:
        """Take an event."""
        self._waiting.setdefault(run_id, []).append(event)

    async def write(self, connection: aiosqlite.Connection) -> None:
        """Store what waits, each run in a transaction of its own.

        Raises:
            StoreError: some of it could not be stored. It waits on, unless trying again cannot help.
        """
        failure: StoreError | None = None
        for run_id in tuple(self._waiting):
            count = len(self._waiting[run_id])
            try:
                await self._write_run(connection, run_id, self._waiting[run_id][:count])
            except (sqlite3.IntegrityError, TypeError, ValueError, OverflowError) as error:
                failure = StoreError(f"events of run '{run_id}' cannot be stored: {error}")
            except RunLockedError as error:
                failure = error
            except (sqlite3.Error, OSError) as error:
                failure = explained(error, self._path)
                continue
            self._forget(run_id, count)
        if failure is not None:
            raise failure

    def acquire(self, run_id: str) -> RunLock:
        """Lock a run; raises `RunLockedError` when somebody has it, also when this store has."""
        lock = RunLock(self._folder, run_id)
        try:
            lock.acquire()
        except OSError as error:
            raise explained(error, self._path) from error
        self._locks[run_id] = lock
        return lock

    @contextlib.contextmanager
    def locked(self, run_id: str) -> Iterator[None]:
        """Hold the lock of a run for a moment."""
        lock = self.acquire(run_id)
        try:
            yield
        finally:
            self._unlock(run_id, lock)

    def is_driven(self, run_id: str) -> bool:
        """Return True when this store or anybody else holds the lock of a run."""
        try:
            return RunLock(self._folder, run_id).is_taken()
        except OSError as error:
            raise explained(error, self._path) from error

    def release(self) -> None:
        """Let go of every run."""
        for run_id, lock in tuple(self._locks.items()):
            self._unlock(run_id, lock)
        self._packers.clear()

    async def _write_run(
        self, connection: aiosqlite.Connection, run_id: str, events: list[HistoryEvent]
    ) -> None:
        held = self._locks.get(run_id)
        if held is None or not held.is_held:
            await asyncio.to_thread(self.acquire, run_id)
        kinds = set(map(type, events))
        is_milestone = not kinds.isdisjoint(_MILESTONES)
        # Only a milestone is worth waiting for the disk itself; NORMAL survives a killed process.
        await connection.execute(f"PRAGMA synchronous = {'FULL' if is_milestone else 'NORMAL'}")
        try:
            await write_events(connection, run_id, events, self._packers.setdefault(run_id, Packer()))
            await connection.commit()
        except BaseException:  # raised again; a cancelled write leaves a transaction open like a failed one
            # What it refers to may not be stored; a new one refers to nothing.
            self._packers.pop(run_id, None)
            await connection.rollback()
            raise
        if RunEnded in kinds:
            self._packers.pop(run_id, None)
            self._unlock(run_id, self._locks[run_id])

    def _forget(self, run_id: str, count: int) -> None:
        rest = self._waiting[run_id][count:]
        if rest:
            self._waiting[run_id] = rest
        else:
            del self._waiting[run_id]

    def _unlock(self, run_id: str, lock: RunLock) -> None:
        lock.release()
        if self._locks.get(run_id) is lock:
            del self._locks[run_id]
