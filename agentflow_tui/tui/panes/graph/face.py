"""How a node's status looks: always a glyph, a word and a colour (design §3)."""

from __future__ import annotations

from dataclasses import dataclass

from agentflow_tui.history.run_state import NodeState

SPINNER = "◐◓◑◒"


@dataclass(frozen=True, slots=True)
class Face:
    """Glyph and word of one status; the colour is the component class `graph--<style>`."""

    glyph: str
    word: str
    style: str


_FACES = {
    "waiting": Face("○", "waiting", "waiting"),
    "running": Face("◐", "running", "running"),
    "completed": Face("●", "done", "completed"),
    "failed": Face("✗", "failed", "failed"),
    "cancelled": Face("⊗", "cancelled", "cancelled"),
    "skipped": Face("⊘", "skipped", "skipped"),
    "paused": Face("⏸", "paused", "paused"),
    "retrying": Face("↻", "retrying", "retrying"),
    "throttled": Face("◌", "throttled", "throttled"),
    "open": Face("⚡", "open", "open"),
}
_LEFT_OUT = {
    "skipped": Face("⊘", "skipped", "dim"),
    "not taken": Face("⊘", "not taken", "dim"),
    "not run": Face("○", "not run", "dim"),
    "cancelled": Face("⊗", "cancelled", "cancelled"),
}
LIVE = ("running", "retrying", "throttled")
"""Statuses of a node that has begun and not ended."""
STYLES = tuple(face.style for face in _FACES.values())


def face_of(status: str) -> Face:
    """The face of a `NodeState.status`; one that is not known shows its own word."""
    return _FACES.get(status) or Face("?", status, "waiting")


def left_out_face(word: str) -> Face:
    """The face of a node that the run passed by, `skipped` or `not taken`, or did not come to.

    That is `not run`, or `cancelled` in a later turn of a loop.
    """
    return _LEFT_OUT[word]


def duration_of(node: NodeState, now: float) -> str:
    """How long a node took, or has run until `now`; empty while that is not known."""
    if node.started_at is None:
        return ""
    if node.ended_at is None:
        if node.status not in LIVE:
            return ""
        seconds = max(0.0, now - node.started_at)
        text = f"{int(seconds)} s"
    else:
        seconds = node.ended_at - node.started_at
        text = f"{seconds:.1f} s"
    if seconds < 60:  # noqa: PLR2004
        return text
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s"
