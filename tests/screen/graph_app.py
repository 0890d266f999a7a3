"""An app with nothing but a graph pane, and ways to read what it shows."""

from __future__ import annotations

from textual.app import App, ComposeResult

from agentflow_tui.history.run_state import NodeState, RunState
from agentflow_tui.plan.node import Plan
from agentflow_tui.tui.panes.graph.graph_pane import GraphPane
from agentflow_tui.tui.theming.variables import fallbacks


class GraphApp(App[None]):
    def __init__(self, plan: Plan | None = None) -> None:
        super().__init__()
        self._plan = plan
        self.heard: list[GraphPane.NodeSelected | GraphPane.NodeEntered] = []

    def get_css_variables(self) -> dict[str, str]:
        known = super().get_css_variables()
        return {**fallbacks(known), **known}

    def compose(self) -> ComposeResult:
        yield GraphPane()

    def on_mount(self) -> None:
        self.pane.show_plan(self._plan)
        self.pane.focus()

    def on_graph_pane_node_selected(self, message: GraphPane.NodeSelected) -> None:
        self.heard.append(message)

    def on_graph_pane_node_entered(self, message: GraphPane.NodeEntered) -> None:
        self.heard.append(message)

    def last(self) -> GraphPane.NodeSelected | GraphPane.NodeEntered:
        """What the pane said last."""
        return self.heard[-1]

    def kind(self, path: str) -> str:
        """Of the box for a node; empty when it has none."""
        return self.pane.boxes[path].kind if path in self.pane.boxes else ""

    @property
    def pane(self) -> GraphPane:
        return self.query_one(GraphPane)

    def rows(self) -> list[str]:
        return [self.pane.render_line(y).text for y in range(self.pane.size.height)]

    def screen_text(self) -> str:
        return "\n".join(self.rows())

    def style_of(self, text: str) -> str:
        """How the first segment with this text is painted."""
        for y in range(self.pane.size.height):
            for segment in self.pane.render_line(y):
                if text in segment.text and segment.style is not None:
                    return str(segment.style)
        raise AssertionError(f"{text!r} is not on the screen")


def state_of(status: str = "running", /, **nodes: NodeState) -> RunState:
    return RunState(status=status, nodes={path.replace("__", "/"): node for path, node in nodes.items()})
