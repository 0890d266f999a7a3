"""Deleting stored runs that are too old or too many, as the user chose."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

from agentflow_tui.tui.preferences import Preferences


class TidyStore(Protocol):
    """Deletes stored runs that are too old or too many."""

    async def __call__(self, *, max_age: timedelta | None, max_bytes: int | None) -> None:
        """Delete them."""


async def tidy_store_of_user(*, max_age: timedelta | None, max_bytes: int | None) -> None:
    """Delete runs of the user's own store that are older than `max_age`, or together larger than allowed."""
    from agentflow_tui.history.store import RunStore

    store = RunStore()
    try:
        await store.gc(max_age=max_age, max_bytes=max_bytes)
    finally:
        await store.aclose()


async def tidy_as_chosen(preferences: Preferences, tidy: TidyStore) -> None:
    """Let `tidy` delete what the user does not want to keep; without such a wish it is not called."""
    kept = preferences.store
    if kept.keep_days or kept.keep_megabytes:
        await tidy(
            max_age=timedelta(days=kept.keep_days) if kept.keep_days else None,
            max_bytes=kept.keep_megabytes * 1_000_000 or None,
        )
