"""An app with nothing but an inspector, and ways to read what it shows."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.pilot import Pilot

from agentflow_tui.history import RunState
from agentflow_tui.tui.panes.inspector.inspector_pane import InspectorPane
from agentflow_tui.tui.panes.line_view import LineView
from agentflow_tui.tui.theming.variables import fallbacks


class InspectorApp(App[None]):
    def get_theme_variable_defaults(self) -> dict[str, str]:
        return fallbacks(self.current_theme.to_color_system().generate())

    def compose(self) -> ComposeResult:
        yield InspectorPane(id="inspector")

    @property
    def pane(self) -> InspectorPane:
        return self.query_one(InspectorPane)

    @property
    def view(self) -> LineView:
        return self.query_one("LineView.-open", LineView)

    def text(self) -> list[str]:
        return [row.content.plain for row in self.view.rows]

    def screen_text(self) -> str:
        view = self.view
        return "\n".join(view.render_line(y).text.rstrip() for y in range(view.size.height))


async def look(pilot: Pilot[None], state: RunState, tab: str, selection: str | None = None) -> list[str]:
    app = pilot.app
    assert isinstance(app, InspectorApp)
    app.pane.show(state, selection)
    app.pane.open_tab(tab)
    await pilot.pause()
    return app.text()
