"""Searching in the tab that is open."""

from __future__ import annotations

from textual.content import Content

from agentflow_tui.history.run_state import StateView
from agentflow_tui.tui.keymap.named_keys import with_keys
from agentflow_tui.tui.panes.inspector.state_rows import Path
from agentflow_tui.tui.panes.inspector.state_tree import MOST_FOUND, StateTree, found_in
from agentflow_tui.tui.safe_text import plain


def next_in_state(  # noqa: PLR0913
    tree: StateTree, state: StateView, needle: str, here: Path, step: int, *, is_inclusive: bool
) -> tuple[Path, int, int]:
    """Open the next value that holds `needle`, round and round; returns it, its place and their number.

    Without any it returns `here` and zeros.
    """
    found, before = found_in(state, needle, here) if needle else ([], 0)
    if not found:
        return here, 0, 0
    is_on_one = before < len(found) and found[before] == here
    place = before + (1 if is_on_one and not is_inclusive else 0) if step > 0 else before - 1
    place %= len(found)
    tree.reveal(state, found[place])
    return found[place], place + 1, len(found)


def outcome(place: int, count: int) -> Content:
    """Return what a search found in words."""
    if not count:
        return plain(with_keys(" not found · {inspector.end-search}"))
    more = "+" if count == MOST_FOUND else ""
    keys = with_keys("{inspector.found} {inspector.found-before} · {inspector.end-search}")
    return plain(f" {place} of {count}{more} · {keys}")
