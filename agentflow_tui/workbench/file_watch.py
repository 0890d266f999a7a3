"""Tells when another program may have written a file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

_DEBOUNCE_MS = 200
_STEP_MS = 50


async def writes(path: Path, *, or_every: float | None = None) -> AsyncIterator[None]:
    """Yield after each time that the file was written, made, or put in the place of another.

    With `or_every` also after so many seconds without any of this.

    What a symbolic link points to is watched too. Without a folder to watch there is nothing to tell.

    Raises:
        OSError: The system watches no more files.
    """
    target = await asyncio.to_thread(path.resolve)
    # The folder: many editors put another file in the place of the one that is saved.
    folders = {place.parent for place in (path, target)}
    if not all([await asyncio.to_thread(folder.is_dir) for folder in folders]):
        return
    from watchfiles import awatch

    names = {path.name, target.name}
    async for _ in awatch(
        *folders,
        watch_filter=lambda _, changed: Path(changed).name in names,
        debounce=_DEBOUNCE_MS,
        step=_STEP_MS,
        recursive=False,
        rust_timeout=None if or_every is None else round(or_every * 1000),
        yield_on_timeout=or_every is not None,
        stop_event=asyncio.Event(),
    ):
        yield None
