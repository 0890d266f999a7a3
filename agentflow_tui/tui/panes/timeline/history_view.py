"""The colours that the views of a history share."""

from __future__ import annotations

from typing import ClassVar

from rich.style import Style
from textual.scroll_view import ScrollView

STATUSES = (
    "waiting",
    "running",
    "completed",
    "failed",
    "cancelled",
    "skipped",
    "paused",
    "retrying",
    "throttled",
    "open",
)


class HistoryView(ScrollView, can_focus=True, inherit_bindings=False):
    """A scrolling view that draws only what is in sight; its keys are those of the pane around it."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "timeline--cursor",
        "timeline--later",
        "timeline--sign",
        *(f"timeline--{status}" for status in STATUSES),
    }
    DEFAULT_CSS = """
    HistoryView {
        height: 1fr;
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size-vertical: 1;
        & > .timeline--cursor { background: $block-cursor-blurred-background; text-style: bold; }
        &:focus > .timeline--cursor {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
        }
        & > .timeline--later { color: $status-skipped; }
        & > .timeline--sign { color: $warning; text-style: bold; }
        & > .timeline--waiting { color: $status-waiting; }
        & > .timeline--running { color: $status-running; }
        & > .timeline--completed { color: $status-completed; }
        & > .timeline--failed { color: $status-failed; }
        & > .timeline--cancelled { color: $status-cancelled; }
        & > .timeline--skipped { color: $status-skipped; }
        & > .timeline--paused { color: $status-paused; }
        & > .timeline--retrying { color: $status-running; }
        & > .timeline--throttled { color: $status-paused; }
        & > .timeline--open { color: $status-failed; }
    }
    """

    def style_of(self, status: str) -> Style:
        """Return the colours of a status, or of a `sign`."""
        name = status if status in (*STATUSES, "sign") else "waiting"
        return self.get_component_rich_style(f"timeline--{name}", partial=True)
