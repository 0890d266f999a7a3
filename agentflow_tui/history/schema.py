"""The tables of the run store, and the way to them from every earlier version."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from agentflow_tui.history.recording_key import recording_key
from agentflow_tui.history.store_error import StoreError

if TYPE_CHECKING:
    import aiosqlite

SCHEMA_VERSION = 3

# `events` keeps its row ids: without them a row above a quarter of a page would take a page of its own.
_TABLES = """
CREATE TABLE runs(
  id INTEGER PRIMARY KEY, run_id TEXT NOT NULL UNIQUE, flow TEXT NOT NULL, mode TEXT NOT NULL,
  started_at TEXT NOT NULL, status TEXT NOT NULL DEFAULT 'unfinished', error TEXT NOT NULL DEFAULT '',
  name TEXT NOT NULL DEFAULT '', tags TEXT NOT NULL DEFAULT '[]', origin TEXT NOT NULL DEFAULT '',
  parent_run TEXT NOT NULL DEFAULT '', parent_seq INTEGER NOT NULL DEFAULT -1,
  events INTEGER NOT NULL DEFAULT 0, duration REAL NOT NULL DEFAULT 0,
  prompt_tokens INTEGER NOT NULL DEFAULT 0, completion_tokens INTEGER NOT NULL DEFAULT 0,
  size INTEGER NOT NULL DEFAULT 0, flow_text TEXT NOT NULL DEFAULT '',
  flow_path TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX runs_by_time ON runs(started_at, id);
CREATE TABLE events(
  run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE, seq INTEGER NOT NULL, kind TEXT NOT NULL,
  data TEXT NOT NULL, parts TEXT, PRIMARY KEY(run, seq)
) STRICT;
CREATE TABLE blobs(hash TEXT PRIMARY KEY, data BLOB NOT NULL) STRICT;
CREATE TABLE blob_uses(
  run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE, hash TEXT NOT NULL, PRIMARY KEY(run, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX blob_uses_by_hash ON blob_uses(hash);
CREATE TABLE calls(
  run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE, call TEXT NOT NULL, key TEXT NOT NULL,
  is_shared INTEGER NOT NULL DEFAULT 0, PRIMARY KEY(run, call)
) STRICT, WITHOUT ROWID;
CREATE INDEX calls_by_key ON calls(key, is_shared);
"""

_FROM_1 = f"""
ALTER TABLE runs RENAME TO runs_1;
ALTER TABLE events RENAME TO events_1;
{_TABLES}
INSERT INTO runs(run_id, flow, mode, started_at, status, error)
  SELECT run_id, flow, mode, started_at, status, error FROM runs_1 ORDER BY rowid;
INSERT INTO events(run, seq, kind, data)
  SELECT runs.id, seq, kind, data FROM events_1 JOIN runs USING(run_id);
UPDATE runs SET
  events = (SELECT count(*) FROM events WHERE run = id),
  size = (SELECT coalesce(sum(length(data)), 0) FROM events WHERE run = id),
  duration = (SELECT coalesce(max(json_extract(data, '$.at')), 0.0) FROM events WHERE run = id),
  prompt_tokens = (SELECT coalesce(sum(json_extract(data, '$.prompt_tokens')), 0) FROM events
    WHERE run = id AND kind = 'model_call_ended'),
  completion_tokens = (SELECT coalesce(sum(json_extract(data, '$.completion_tokens')), 0) FROM events
    WHERE run = id AND kind = 'model_call_ended');
INSERT OR IGNORE INTO calls(run, call, key)
  SELECT run, json_extract(data, '$.call'), key_of_call(data) FROM events WHERE kind = 'model_call_started';
UPDATE calls SET is_shared = 1 WHERE EXISTS (SELECT 1 FROM events
  WHERE events.run = calls.run AND kind = 'model_call_ended' AND json_extract(data, '$.call') = call);
DROP TABLE events_1;
DROP TABLE runs_1;
"""
_FROM_2 = "ALTER TABLE runs ADD COLUMN flow_path TEXT NOT NULL DEFAULT ''"
_STEPS = {0: _TABLES, 1: _FROM_1, 2: _FROM_2}
"""What makes the newest version out of each earlier one; 0 is an empty file."""


async def bring_up_to_date(connection: aiosqlite.Connection, path: Path) -> None:
    """Make or migrate the tables, all at once or not at all.

    Raises:
        StoreError: the file is of a newer version; it stays as it is.
    """
    if await _version(connection, path) == SCHEMA_VERSION:
        return
    await connection.create_function("key_of_call", 1, _key_of_call, deterministic=True)
    await connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have been faster.
        version = await _version(connection, path)
        for statement in _statements(_STEPS.get(version, "")):
            await connection.execute(statement)
        await connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        await connection.commit()
    except BaseException:  # raised again; cancelled or failed, the schema is whole or untouched
        await connection.rollback()
        raise


async def _version(connection: aiosqlite.Connection, path: Path) -> int:
    async with connection.execute("PRAGMA user_version") as cursor:
        row = await cursor.fetchone()
    version = int(row[0]) if row else 0
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"{path} was written by a newer version (format {version}, this one knows {SCHEMA_VERSION})",
            "update agentflow-tui, or set XDG_DATA_HOME to another folder",
        )
    return version


def _statements(script: str) -> list[str]:
    return [statement for statement in script.split(";") if statement.strip()]


def _key_of_call(data: str) -> str:
    record = json.loads(data)
    return recording_key(
        record["provider"], record["model"], record["messages"], record.get("parameters", {})
    )
