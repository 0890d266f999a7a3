"""The store's file: made for its user alone, opened, and brought to the newest version."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from tenacity import AsyncRetrying, retry_if_exception, stop_after_delay, wait_fixed

from agentflow_tui.history.schema import bring_up_to_date
from agentflow_tui.history.store_error import explained

if TYPE_CHECKING:
    import aiosqlite

_PATIENCE_SECONDS = 2
_PAUSE_SECONDS = 0.01


async def opened(path: Path) -> aiosqlite.Connection:
    """Return a connection to the store at `path`, which is made when it is not there.

    A connection that nobody closes does not keep a process alive that has otherwise ended.

    Raises:
        StoreError: it cannot be opened, is no store, or is of a newer version (then it stays as it is).
    """
    try:
        await asyncio.to_thread(_prepare, path)
        connection = await _unstarted(path)
        try:
            await connection.execute(f"PRAGMA busy_timeout = {_PATIENCE_SECONDS * 1000}")
            await connection.execute("PRAGMA foreign_keys = ON")
            await bring_up_to_date(connection, path)
            await _write_ahead(connection)
        except BaseException:  # raised again; its thread would outlive the program, cancelled or failed
            await connection.close()
            raise
    except (sqlite3.Error, OSError) as error:
        raise explained(error, path) from error
    return connection


async def _write_ahead(connection: aiosqlite.Connection) -> None:
    # Here alone SQLite waits for nobody: it fails while another program opens the same new file.
    async for attempt in AsyncRetrying(
        retry=retry_if_exception(_is_busy),
        stop=stop_after_delay(_PATIENCE_SECONDS),
        wait=wait_fixed(_PAUSE_SECONDS),
        reraise=True,
    ):
        with attempt:
            await connection.execute("PRAGMA journal_mode = WAL")


def _is_busy(error: BaseException) -> bool:
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode == sqlite3.SQLITE_BUSY


def _unstarted(path: Path) -> aiosqlite.Connection:
    import aiosqlite

    # A thread is a daemon when the one that makes it is, and aiosqlite lets nobody choose.
    made: list[aiosqlite.Connection] = []
    maker = Thread(target=lambda: made.append(aiosqlite.connect(path)), daemon=True)
    maker.start()
    maker.join()
    return made[0]


def _prepare(path: Path) -> None:
    # Histories hold prompts and answers: nobody else on the machine has to read them.
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.parent.chmod(0o700)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
