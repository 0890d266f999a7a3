"""Copies of objects that grow: each goes on by itself, what both hold is shared."""

from __future__ import annotations

import copy
from typing import TypeVar

_T = TypeVar("_T")


def shallow_copy(thing: _T) -> _T:
    """Return a copy with own lists, dicts and sets; what is in them must never change."""
    new = copy.copy(thing)
    for name, value in vars(thing).items():
        if type(value) in (list, dict, set):
            setattr(new, name, value.copy())
    return new
