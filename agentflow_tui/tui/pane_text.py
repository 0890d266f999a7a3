"""The text of a pane, to be copied out of the program."""

from __future__ import annotations

from textual.scroll_view import ScrollView
from textual.selection import SELECT_ALL
from textual.widget import Widget

from agentflow_tui.tui.panes.editor.editor_pane import EditorPane
from agentflow_tui.tui.panes.graph.graph_pane import GraphPane
from agentflow_tui.tui.safe_text import clean


def pane_text(pane: Widget) -> str:
    """Return all that a pane holds, not only what is in sight, without borders and control characters."""
    if isinstance(pane, EditorPane):
        return clean(pane.text)
    if isinstance(pane, GraphPane):
        return clean(pane.drawing.text)
    views: list[Widget] = [view for view in pane.query(ScrollView) if view.region] or [pane]
    texts = (view.get_selection(SELECT_ALL) for view in views)
    return clean("\n\n".join(found[0].rstrip() for found in texts if found is not None))
