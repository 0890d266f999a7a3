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
STYLES = tuple(face.style for face in _FACES.values())


def face_of(status: str) -> Face:
    """The face of a `NodeState.status`; one that is not known shows its own word."""
    return _FACES.get(status) or Face("?", status, "waiting")


def duration_of(node: NodeState) -> str:
    """How long a node took, empty while that is not known."""
    if node.started_at is None or node.ended_at is None:
        return ""
    seconds = node.ended_at - node.started_at
    if seconds < 60:  # noqa: PLR2004
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s"
