"""The events of a run into the store's tables and out of them; nothing is committed here."""

from __future__ import annotations

import asyncio
import math
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agentflow_tui.history.event import (
    HistoryEvent,
    ModelCallEnded,
    ModelCallStarted,
    RunEnded,
    RunStarted,
)
from agentflow_tui.history.packing import PackedEvent, Packer, Unpacker
from agentflow_tui.history.recording_key import recording_key

if TYPE_CHECKING:
    import aiosqlite

_MOST = 2**53
"""Numbers from a stranger's file can be larger than the database holds."""


@dataclass(frozen=True, slots=True)
class _Rows:
    packed: list[PackedEvent]
    calls: list[tuple[str, str]]
    size: int
    """Bytes that they add to the store, about."""


async def write_events(
    connection: aiosqlite.Connection, run_id: str, events: Sequence[HistoryEvent], packer: Packer
) -> None:
    """Append events to a run; its first ones make the run.

    Raises:
        sqlite3.Error: they cannot be written, or there is no such run.
        TypeError, ValueError: one holds a value that is not JSON.
    """
    rows = await asyncio.to_thread(_pack, events, packer)
    await connection.executemany(_BEGIN_RUN, _begun(run_id, events))
    run = await run_number(connection, run_id)
    if run is None:
        raise sqlite3.IntegrityError("the run's beginning was never stored")
    lines = [
        (run, event.seq, event.kind, row.data, row.parts)
        for event, row in zip(events, rows.packed, strict=True)
    ]
    await connection.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?)", lines)
    blobs = [blob for row in rows.packed if row.blobs for blob in row.blobs.items()]
    await connection.executemany("INSERT OR IGNORE INTO blobs VALUES (?, ?)", blobs)
    uses = [(run, name) for row in rows.packed if row.uses for name in row.uses]
    await connection.executemany("INSERT OR IGNORE INTO blob_uses VALUES (?, ?)", uses)
    keys = [(run, call, key) for call, key in rows.calls]
    await connection.executemany("INSERT OR IGNORE INTO calls(run, call, key) VALUES (?, ?, ?)", keys)
    answers = [event for event in events if isinstance(event, ModelCallEnded)]
    shared = [(run, plain(event.call)) for event in answers if event.source != "live"]
    await connection.executemany("UPDATE calls SET is_shared = 1 WHERE run = ? AND call = ?", shared)
    await _sum_up(connection, run, events, answers, rows.size)


async def read_events(connection: aiosqlite.Connection, run_id: str) -> list[HistoryEvent] | None:
    """Return the events of a run in order; `None` when there is no such run or it has no events.

    Raises:
        sqlite3.Error: they cannot be read.
        HistoryFormatError: they are damaged.
    """
    run = await run_number(connection, run_id)
    if run is None:
        return None
    rows = await _all(connection, "SELECT data, parts FROM events WHERE run = ? ORDER BY seq", run)
    query = "SELECT hash, data FROM blobs JOIN blob_uses USING(hash) WHERE run = ?"
    blobs = dict(await _all(connection, query, run))
    return await asyncio.to_thread(_unpack, rows, blobs) or None


async def run_number(connection: aiosqlite.Connection, run_id: str) -> int | None:
    """Return the number of a run in the tables, if it is there."""
    async with connection.execute("SELECT id FROM runs WHERE run_id = ?", (plain(run_id),)) as cursor:
        row = await cursor.fetchone()
    return int(row[0]) if row else None


def plain(text: str) -> str:
    """Return a text that the database can hold: half characters become question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")


async def _all(connection: aiosqlite.Connection, query: str, run: int) -> list[tuple[Any, Any]]:
    async with connection.execute(query, (run,)) as cursor:
        return [(row[0], row[1]) for row in await cursor.fetchall()]


# The row of a fork is there before the first event of its own.
_BEGIN_RUN = """
INSERT INTO runs(run_id, flow, mode, started_at) VALUES (?, ?, ?, ?)
ON CONFLICT(run_id) DO UPDATE SET flow = excluded.flow, mode = excluded.mode,
  started_at = excluded.started_at WHERE runs.events = 0
"""


def _begun(run_id: str, events: Iterable[HistoryEvent]) -> list[tuple[str, ...]]:
    return [
        (plain(run_id), plain(event.flow), plain(event.mode), plain(event.started_at))
        for event in events
        if isinstance(event, RunStarted)
    ]


def _pack(events: Sequence[HistoryEvent], packer: Packer) -> _Rows:
    calls = [
        (plain(event.call), recording_key(event.provider, event.model, event.messages, event.parameters))
        for event in events
        if isinstance(event, ModelCallStarted)
    ]
    packed = [packer.pack(event) for event in events]
    return _Rows(packed, calls, sum([row.size for row in packed]))


def _unpack(rows: list[tuple[str, str | None]], blobs: dict[str, bytes]) -> list[HistoryEvent]:
    unpacker = Unpacker(blobs.get)
    return [unpacker.unpack(data, parts, line=line) for line, (data, parts) in enumerate(rows, 1)]


async def _sum_up(
    connection: aiosqlite.Connection,
    run: int,
    events: Sequence[HistoryEvent],
    ended: Sequence[ModelCallEnded],
    size: int,
) -> None:
    duration = max(filter(math.isfinite, [event.at for event in events]), default=0.0)
    await connection.execute(
        "UPDATE runs SET events = events + ?, duration = max(duration, ?), size = size + ?,"
        " prompt_tokens = prompt_tokens + ?, completion_tokens = completion_tokens + ? WHERE id = ?",
        (
            len(events),
            duration,
            size,
            min(sum(event.prompt_tokens or 0 for event in ended), _MOST),
            min(sum(event.completion_tokens or 0 for event in ended), _MOST),
            run,
        ),
    )
    for last in [event for event in events if isinstance(event, RunEnded)]:
        values = (plain(last.status), plain(last.error), run)
        await connection.execute("UPDATE runs SET status = ?, error = ? WHERE id = ?", values)
