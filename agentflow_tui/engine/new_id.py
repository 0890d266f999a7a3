"""Ids that no other event or run has."""

from __future__ import annotations

import os

_AT_ONCE = 256
_pool: list[str] = []
"""Random bytes as text, for one id each."""


def new_id() -> str:
    """A random UUID (version 4) as text; `str(uuid.uuid4())` takes six times as long."""
    try:
        text = _pool.pop()
    except IndexError:
        text, *more = (os.urandom(16).hex() for _ in range(_AT_ONCE))
        _pool.extend(more)
    variant = "89ab"[int(text[16], 16) & 3]
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{variant}{text[17:20]}-{text[20:]}"


if hasattr(os, "register_at_fork"):
    # A process that this one becomes by fork must not give out the same ids.
    os.register_at_fork(after_in_child=_pool.clear)
