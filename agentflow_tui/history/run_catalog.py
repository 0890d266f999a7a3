"""What is done to whole runs in the store: list, fork, name, tag, delete; nothing is committed here."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from agentflow_tui.history.packing import blob_name, compressed, decompressed
from agentflow_tui.history.run_filter import RunFilter
from agentflow_tui.history.run_rows import plain, run_number
from agentflow_tui.history.run_summary import COLUMNS, RunSummary
from agentflow_tui.history.store_error import StoreError

if TYPE_CHECKING:
    import aiosqlite


async def list_runs(connection: aiosqlite.Connection, which: RunFilter) -> list[RunSummary]:
    """Return the runs that fit, newest first."""
    where, values = which.where()
    query = f"SELECT {COLUMNS} FROM runs WHERE {where} ORDER BY started_at DESC, id DESC LIMIT ?"
    async with connection.execute(query, (*map(plain, values), which.limit)) as cursor:
        return [RunSummary.of_row(tuple(row)) for row in await cursor.fetchall()]


async def needed(connection: aiosqlite.Connection, run_id: str) -> int:
    """Return the number of a run; raises `StoreError` when it is not there."""
    run = await run_number(connection, run_id)
    if run is None:
        raise StoreError(f"there is no stored run '{run_id}'", "list the runs to see their ids")
    return run


async def copy_run(  # noqa: PLR0913, PLR0917 - what makes a fork
    connection: aiosqlite.Connection, parent_id: str, at_seq: int, run_id: str, name: str, started_at: str
) -> None:
    """Make a run of the events of another up to `at_seq`; blobs are shared.

    Raises:
        StoreError: there is no such run or event.
    """
    parent = await needed(connection, parent_id)
    async with connection.execute("SELECT count(*) FROM events WHERE run = ?", (parent,)) as cursor:
        row = await cursor.fetchone()
    count = row[0] if row else 0
    if not -1 <= at_seq < count:
        raise StoreError(
            f"run '{parent_id}' has no event {at_seq}", f"take a number from 0 to {count - 1}, or -1"
        )
    await connection.execute(
        "INSERT INTO runs(run_id, flow, mode, started_at, name, origin, parent_run, parent_seq, flow_text,"
        " flow_path)"
        " SELECT ?, flow, mode, ?, ?, 'fork', run_id, ?, flow_text, flow_path FROM runs WHERE id = ?",
        (run_id, started_at, plain(name), at_seq, parent),
    )
    run = await needed(connection, run_id)
    await connection.execute(
        "INSERT INTO events SELECT ?, seq, kind, data, parts FROM events WHERE run = ? AND seq <= ?",
        (run, parent, at_seq),
    )
    await connection.execute(
        "UPDATE events SET data = json_set(data, '$.run_id', ?) WHERE run = ? AND seq = 0", (run_id, run)
    )
    await connection.execute(
        "INSERT INTO blob_uses SELECT ?, hash FROM blob_uses WHERE run = ?", (run, parent)
    )
    await connection.execute(
        "INSERT INTO calls SELECT ?, call, key, is_shared FROM calls WHERE run = ? AND call IN"
        " (SELECT json_extract(data, '$.call') FROM events"
        "  WHERE events.run = ? AND kind = 'model_call_ended')",
        (run, parent, run),
    )
    await _sum_up_again(connection, run)


async def _sum_up_again(connection: aiosqlite.Connection, run: int) -> None:
    ended = "FROM events WHERE run = id AND kind = 'model_call_ended'"
    await connection.execute(
        "UPDATE runs SET events = (SELECT count(*) FROM events WHERE run = id),"
        " size = (SELECT coalesce(sum(length(data) + length(coalesce(parts, ''))), 0) FROM events"
        "  WHERE run = id),"
        " duration = (SELECT coalesce(max(json_extract(data, '$.at')), 0.0) FROM events WHERE run = id),"
        f" prompt_tokens = (SELECT coalesce(sum(json_extract(data, '$.prompt_tokens')), 0) {ended}),"
        f" completion_tokens = (SELECT coalesce(sum(json_extract(data, '$.completion_tokens')), 0) {ended}),"
        " status = coalesce((SELECT json_extract(data, '$.status') FROM events"
        "  WHERE run = id AND kind = 'run_ended'), 'unfinished')"
        " WHERE id = ?",
        (run,),
    )


async def describe_run(  # noqa: PLR0913 - what may be set
    connection: aiosqlite.Connection,
    run_id: str,
    *,
    name: str | None = None,
    flow_text: str | None = None,
    flow_path: str | None = None,
    origin: str | None = None,
    inherited: int = 0,
) -> None:
    """Set what is given of a run's name, flow and origin; `inherited` as in `RunFile`.

    Raises:
        StoreError: There is no such run.
    """
    run = await needed(connection, run_id)
    if name is not None:
        await connection.execute("UPDATE runs SET name = ? WHERE id = ?", (plain(name), run))
    if origin is not None:
        await connection.execute("UPDATE runs SET origin = ? WHERE id = ?", (origin, run))
    if inherited:
        await connection.execute("UPDATE runs SET parent_seq = ? WHERE id = ?", (inherited - 1, run))
    if flow_path is not None:
        await connection.execute("UPDATE runs SET flow_path = ? WHERE id = ?", (plain(flow_path), run))
    if flow_text is not None:
        text = json.dumps(flow_text)
        hash_ = blob_name(text)
        await connection.execute("INSERT OR IGNORE INTO blobs VALUES (?, ?)", (hash_, compressed(text)))
        await connection.execute("INSERT OR IGNORE INTO blob_uses VALUES (?, ?)", (run, hash_))
        await connection.execute("UPDATE runs SET flow_text = ? WHERE id = ?", (hash_, run))


async def flow_text_of(connection: aiosqlite.Connection, run_id: str) -> str:
    """Return the text of the flow that ran; empty when it was not kept.

    Raises:
        StoreError: there is no such run.
        HistoryFormatError: the text is damaged.
    """
    run = await needed(connection, run_id)
    query = "SELECT hash, data FROM blobs JOIN runs ON hash = flow_text WHERE id = ?"
    async with connection.execute(query, (run,)) as cursor:
        row = await cursor.fetchone()
    return str(json.loads(decompressed(row[0], row[1]))) if row else ""


async def tag_run(
    connection: aiosqlite.Connection, run_id: str, add: Iterable[str], remove: Iterable[str]
) -> tuple[str, ...]:
    """Add and remove tags of a run; return those that it has now, sorted."""
    run = await needed(connection, run_id)
    async with connection.execute("SELECT tags FROM runs WHERE id = ?", (run,)) as cursor:
        row = await cursor.fetchone()
    old: list[str] = json.loads(row[0]) if row else []
    tags = tuple(sorted(({*old, *(plain(tag).strip() for tag in add)} - set(remove)) - {""}))
    values: tuple[Any, ...] = (json.dumps(tags, ensure_ascii=False), run)
    await connection.execute("UPDATE runs SET tags = ? WHERE id = ?", values)
    return tags


async def delete_run(connection: aiosqlite.Connection, run_id: str) -> None:
    """Delete a run and the blobs that no other run uses; raises `StoreError` when it is not there."""
    run = await needed(connection, run_id)
    await connection.execute(
        "DELETE FROM blobs WHERE hash IN (SELECT hash FROM blob_uses WHERE run = :run)"
        " AND NOT EXISTS (SELECT 1 FROM blob_uses AS others"
        "  WHERE others.hash = blobs.hash AND others.run <> :run)",
        {"run": run},
    )
    await connection.execute("DELETE FROM runs WHERE id = ?", (run,))
