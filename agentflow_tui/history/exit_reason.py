"""Why a loop ended, in words (semantics §3 loop)."""

from __future__ import annotations

from types import MappingProxyType

from agentflow_tui.history.delta import Delta

EXIT_REASON = "exit_reason"
"""The meta key that a loop sets at its end."""
_WORDS = MappingProxyType({"condition_met": "condition met", "max_iterations": "limit reached"})


def exit_words(delta: Delta) -> str:
    """Return why a loop that came to its end did so; empty for any other change, an error or a cancel."""
    return _WORDS.get(delta.meta_set.get(EXIT_REASON, ""), "")
