"""Two values of a flow, side by side, in a few words."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from rapidfuzz.distance import LCSseq

from agentflow_tui.config.problem import shorten
from agentflow_tui.config.secrets import is_secret_name

_LONGEST = 60
_PROSE = frozenset({"prompt", "system_prompt", "description"})
"""Texts of which only the words are counted."""
_PASSWORD = re.compile(r"//[^/@\s]*@")


def difference_text(key: str, old: Any, new: Any) -> str:
    """Return `0.2 → 0.7`, or for prose how many words came and went; a secret is not shown."""
    if is_secret_name(key) and any(isinstance(value, str) for value in (old, new)):
        return "changed"
    if isinstance(old, str) and isinstance(new, str) and (key in _PROSE or _is_long(old, new)):
        return _words(old, new)
    before, after = value_text(old), value_text(new)
    # Too long to show where they differ.
    return "changed" if before == after else f"{before} → {after}"


def value_text(value: Any) -> str:
    """Return a value as a person writes it, in one short line; `not set` for none."""
    if value is None:
        return "not set"
    if isinstance(value, str):
        shown = _PASSWORD.sub("//…@", value)
        is_plain = bool(shown.strip()) and shown.isprintable()
        return shorten(shown if is_plain else json.dumps(shown), _LONGEST)
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return shorten(", ".join(value) or "none", _LONGEST)
    return shorten(json.dumps(_shown(value), ensure_ascii=False, default=str), _LONGEST)


def _shown(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            key: "…" if isinstance(item, str) and is_secret_name(str(key)) else _shown(item)
            for key, item in value.items()
            if item is not None
        }
    return [_shown(item) for item in value] if isinstance(value, list | tuple) else value


def _is_long(old: str, new: str) -> bool:
    return max(len(old), len(new)) > _LONGEST


def _words(old: str, new: str) -> str:
    before, after = old.split(), new.split()
    same = LCSseq.similarity(before, after)
    added, removed = len(after) - same, len(before) - same
    if not added and not removed:
        return "other spaces or line breaks"
    return f"{len(before)} → {len(after)} words (+{added} −{removed})"
