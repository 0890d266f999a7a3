"""The places that one can jump to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from textual.errors import NoWidget
from textual.geometry import Offset
from textual.screen import Screen

from agentflow_tui.tui.pane_layout import PaneLayout
from agentflow_tui.tui.pane_tabs import PANES, PaneTab
from agentflow_tui.tui.panes.graph.graph_pane import GraphPane
from agentflow_tui.tui.panes.inspector.inspector_pane import InspectorPane
from agentflow_tui.tui.panes.inspector.tab_bar import TABS, TabBar


@dataclass(frozen=True, slots=True)
class JumpTarget:
    """A place on the screen and how to go there."""

    at: Offset
    """The cell of its label."""
    go: Callable[[], object]


def jump_targets(screen: Screen[None], layout: PaneLayout) -> tuple[JumpTarget, ...]:
    """Return what can be jumped to now: panes, tabs and the boxes of the graph that are in sight."""
    return (*_panes(screen, layout), *_tabs(screen, layout), *_boxes(screen, layout))


def pane_at(screen: Screen[None], layout: PaneLayout, at: Offset) -> JumpTarget | None:
    """Return the pane that is at a cell, or whose name in the line of panes is there."""
    try:
        widget, _ = screen.get_widget_at(*at)
    except NoWidget:
        return None
    for node in widget.ancestors_with_self:
        name = node.pane if isinstance(node, PaneTab) else node.id
        if name in PANES:
            return JumpTarget(at, partial(layout.show, name))
    return None


def _panes(screen: Screen[None], layout: PaneLayout) -> Iterator[JumpTarget]:
    visible = [name for name in PANES if screen.query_one(f"#{name}").region]
    for name in visible:
        yield JumpTarget(screen.query_one(f"#{name}").region.offset, partial(layout.show, name))
    for tab in screen.query(PaneTab):
        if tab.region and tab.pane not in visible:
            yield JumpTarget(tab.region.offset, partial(layout.show, tab.pane))


def _tabs(screen: Screen[None], layout: PaneLayout) -> Iterator[JumpTarget]:
    bar = screen.query_one(TabBar)
    if not bar.region:
        return
    inspector = screen.query_one(InspectorPane)

    def go(tab: str) -> None:
        layout.show("inspector")
        inspector.open_tab(tab)

    names = re.finditer(r"[\[ ]\w+[\] ]", bar.render().plain)
    for tab, name in zip(TABS, names, strict=False):
        yield JumpTarget(bar.content_region.offset + Offset(name.start(), 0), partial(go, tab))


def _boxes(screen: Screen[None], layout: PaneLayout) -> Iterator[JumpTarget]:
    graph = screen.query_one(GraphPane)
    room = graph.content_region

    def go(path: str) -> None:
        layout.show("graph")
        graph.selected = path

    for path, box in graph.boxes.items() if room else ():
        at = room.offset + Offset(box.x, box.y) + graph.viewport.shift
        if room.contains_point(at):
            yield JumpTarget(at, partial(go, path))
