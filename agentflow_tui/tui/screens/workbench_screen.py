"""The workbench: one flow with editor, graph, inspector and timeline."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from textual import getters, on
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.theme import Theme
from textual.timer import Timer
from textual.widgets import Static
from textual.worker import Worker

from agentflow_tui.engine.clock import Clock
from agentflow_tui.plan.node import Plan
from agentflow_tui.tui.bridge import Bridge, View
from agentflow_tui.tui.case_desk import CaseDesk
from agentflow_tui.tui.compare_desk import CompareDesk
from agentflow_tui.tui.control_desk import ControlDesk
from agentflow_tui.tui.dialogs.pager_dialog import PagerDialog
from agentflow_tui.tui.file_desk import FileDesk
from agentflow_tui.tui.guard import guarded, report_worker
from agentflow_tui.tui.input_memory import InputMemory
from agentflow_tui.tui.key_footer import KeyFooter
from agentflow_tui.tui.mark_desk import MarkDesk
from agentflow_tui.tui.pane_desk import PaneDesk
from agentflow_tui.tui.pane_layout import PaneLayout
from agentflow_tui.tui.pane_tabs import PANES, PaneTabs
from agentflow_tui.tui.panes.cursor_moved import CursorMoved
from agentflow_tui.tui.panes.editor.editor_pane import EditorPane
from agentflow_tui.tui.panes.editor.section_lines import section_lines
from agentflow_tui.tui.panes.graph.graph_pane import GraphPane
from agentflow_tui.tui.panes.graph.signs import Marks
from agentflow_tui.tui.panes.inspector.inspector_pane import InspectorPane
from agentflow_tui.tui.panes.pager_wanted import PagerWanted
from agentflow_tui.tui.panes.timeline.timeline_pane import TimelinePane
from agentflow_tui.tui.preferences import Preferences
from agentflow_tui.tui.race_desk import RaceDesk
from agentflow_tui.tui.run_desk import RunDesk
from agentflow_tui.tui.run_headline import headline, outcome, running_text
from agentflow_tui.tui.safe_text import plain
from agentflow_tui.tui.screens.pane_mouse import PaneMouse
from agentflow_tui.tui.screens.workbench_actions import WorkbenchActions
from agentflow_tui.tui.session_metrics import SessionMetrics
from agentflow_tui.tui.settings import Settings
from agentflow_tui.tui.status_line import StatusLine
from agentflow_tui.tui.swap_desk import SwapDesk
from agentflow_tui.tui.time_desk import TimeDesk
from agentflow_tui.workbench import Workbench

_QUICK = 50_000
"""Characters that are checked at once; a longer text is checked in a thread."""


class WorkbenchScreen(WorkbenchActions, PaneMouse):
    """Shows one flow and its run. Panes post messages to it; it alone calls the workbench."""

    CSS_PATH = "workbench_screen.tcss"
    BINDING_GROUP_TITLE = "Workbench"
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (40, "-narrow"), (80, "-medium"), (120, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (10, "-short"), (30, "-tall"), (48, "-high")]
    AUTO_FOCUS = ""

    status = getters.query_one("#status", StatusLine)
    graph = getters.query_one("#graph", GraphPane)
    timeline = getters.query_one("#timeline", TimelinePane)

    def __init__(
        self,
        workbench: Workbench,
        settings: Settings,
        clock: Clock,
        *,
        untitled: str = "",
        preferences: Preferences | None = None,
    ) -> None:
        """Take an opened flow; `untitled` names a text that has no file yet."""
        super().__init__()
        self.workbench = workbench
        self.settings = settings
        self.clock = clock
        self.untitled = untitled
        self.preferences = preferences or Preferences()
        self.metrics = SessionMetrics()
        self.selection: str | None = None
        self._seconds: Timer | None = None
        self._check_is_wanted = False
        self._shown_plan: Plan | None = None
        self._shown_length = 0
        self._shown_held: tuple[str, ...] = ()
        self._outcome: Content | None = None

    def compose(self) -> ComposeResult:
        """Lay out the panes."""
        yield StatusLine()
        yield Static(id="outcome", markup=False)
        yield PaneTabs()
        with Container(id="panes"):
            yield EditorPane()
            yield GraphPane(id="graph", classes="pane")
            yield InspectorPane(id="inspector", classes="pane")
            yield TimelinePane(id="timeline", classes="pane")
        yield Static("Too small: 40×10 at least.", id="too-small", markup=False)
        yield KeyFooter(show_command_palette=False)

    @guarded
    def on_mount(self) -> None:
        """Show the flow, and put the focus on the graph."""
        self.bridge = Bridge(self._show_view, self._make_timer)
        self.graph.clock = self.clock.now
        self.files = FileDesk(
            self, self.workbench, self.editor, self.settings, self.show_checked, self.untitled
        )
        self.desk = RunDesk(self, self.workbench, self.bridge, self.clock, self._show_status)
        self.desk.memory = InputMemory(self.settings.state_folder)
        self.desk.untitled = self.untitled
        self.layout_of_panes = PaneLayout(self)
        self.texts = PaneDesk(self)
        self.marks = MarkDesk(self, self.workbench, self._show_marks, lambda: self._shown_plan)
        self.controls = ControlDesk(self, self.desk, self._show_marks)
        self.races = RaceDesk(self, self.desk, lambda: self.editor.text)
        self.swaps = SwapDesk(self, self.desk, lambda: self.editor.text)
        self.times = TimeDesk(self, self.desk, lambda: self.editor.text)
        self.compares = CompareDesk(self, self.workbench.archive, self.times.mark)
        self.cases = CaseDesk(self, self.desk)
        for number, pane in enumerate(PANES, 1):
            self.query_one(f"#{pane}").border_title = plain(f"{number:d} {pane.upper()}")
        self._seconds = self.set_interval(1, self._show_status, pause=True, name="seconds")
        self.app.theme_changed_signal.subscribe(self, self._theme_changed)
        self.use_preferences(self.preferences)
        self.files.show()
        self.show_checked()
        self._show_view(self.bridge.view)
        self.layout_of_panes.show("graph")
        self._work(self._tell_what_was_left(), "draft", "looking for what an earlier session left")

    @guarded
    async def on_unmount(self) -> None:
        """Cancel what runs, keep what is not saved, and stop."""
        self.bridge.stop()
        await self.desk.close()

    @guarded
    def on_screen_resume(self) -> None:
        """Take in what another program wrote while a dialog was over the flow."""
        if self.is_mounted and self.files.is_outdated:
            self._work(self.files.look(), "look", "looking at the flow's file")

    def use_preferences(self, preferences: Preferences) -> None:
        """Do as the user chose, from now on."""
        self.preferences = preferences
        self.desk.ask_input = preferences.ask_input
        self.graph.is_following = preferences.follow
        self.layout_of_panes.edges.use(preferences.panes)
        code, chosen = self.editor.code, preferences.editor
        code.show_line_numbers, code.soft_wrap = chosen.line_numbers, chosen.wrap
        code.indent_width = chosen.indent

    @property
    def is_live(self) -> bool:
        """True while a run goes on."""
        return self.desk.is_live

    async def _tell_what_was_left(self) -> None:
        await self.files.offer_draft()
        await self.times.tell_interrupted()

    # What the panes say

    @on(EditorPane.CheckWanted)
    @guarded
    def _check_wanted(self, event: EditorPane.CheckWanted) -> None:
        event.stop()
        is_running = self._check_is_wanted
        self._check_is_wanted = True
        if not is_running:
            self._work(self._check(), "check", "checking the text")

    @on(EditorPane.ModifiedChanged)
    @guarded
    def _modified_changed(self) -> None:
        self._show_status()

    @on(GraphPane.NodeSelected)
    @guarded
    def _node_selected(self, event: GraphPane.NodeSelected) -> None:
        self.selection = event.path
        self.inspector.show(self.bridge.view.state, self.selection, self.bridge.view.history)

    @on(GraphPane.NodeEntered)
    @guarded
    def _node_entered(self, event: GraphPane.NodeEntered) -> None:
        self.selection = event.path
        self.inspector.show(self.bridge.view.state, self.selection, self.bridge.view.history)
        self.layout_of_panes.show("inspector")

    @on(CursorMoved)
    @guarded
    def _cursor_moved(self, event: CursorMoved) -> None:
        self.bridge.look_at(event.seq)

    @on(PagerWanted)
    @guarded
    def _pager_wanted(self, event: PagerWanted) -> None:
        self.app.push_screen(PagerDialog(event.title, event.text))

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Show what went wrong in a worker; the program goes on."""
        report_worker(self.app, event)

    # Inner workings

    async def _check(self) -> None:
        while self._check_is_wanted:
            text = self.editor.text
            if len(text) > _QUICK:
                await asyncio.to_thread(self.workbench.check, text)
            else:
                self.workbench.check(text)
            if self.editor.text == text:
                self._check_is_wanted = False
        self.show_checked()

    def _theme_changed(self, _theme: Theme) -> None:
        # The graph keeps what it painted, and is told of new styles before they are there.
        self.call_after_refresh(self.graph.notify_style_update)

    def _make_timer(self, seconds: float, callback: Callable[[], None]) -> Timer:
        return self.set_interval(seconds, callback, name="bridge")

    def show_checked(self) -> None:
        """Show what the last check found."""
        self.editor.show_problems(self.workbench.checked.problems)
        self._show_points()
        if not self.desk.is_live:
            self._show_plan(self.workbench.plan)
        self._show_status()

    def _show_plan(self, plan: Plan | None) -> None:
        if plan is not self._shown_plan:
            self._shown_plan = plan
            self.graph.show_plan(plan)
            self.graph.show_state(self.bridge.view.state)
            self._show_marks()

    @guarded
    def _show_marks(self) -> None:
        marks, self._shown_held = self.workbench.marks, self.controls.held
        shown = Marks(tuple(marks.breakpoints), marks.pins, self._shown_held)
        self.graph.show_signs(shown.signs(self._shown_plan))
        self.timeline.list.show_points(Marks(shown.points).signs(self._shown_plan))
        self._show_points()
        self.inspector.show_marks(tuple(marks.watches), self.marks.pin_of)

    def _show_points(self) -> None:
        """Show breakpoints beside the text, where the text that was checked last can tell their lines."""
        plan, checked = self.workbench.plan, self.workbench.checked
        signs = Marks(tuple(self.workbench.marks.breakpoints)).signs(plan)
        if plan is None or checked.flow is None:
            return
        lines = section_lines(self.workbench.text, plan, signs) if signs else {}
        # The first sign of a line is that of its outermost node, as in the file.
        self.editor.code.show_points({line: signs[path][0] for path, line in reversed(lines.items())})

    @guarded
    def _show_view(self, view: View) -> None:
        if self.desk.run_id:
            self._show_plan(self.desk.plan)
            self.swaps.tell_unapplied()
            if view.length and not self._shown_length and self.layout_of_panes.current != "editor":
                self.layout_of_panes.reveal_beside("inspector")
        self._shown_length = view.length
        if self.desk.run is not None:
            self.metrics.take_in(self.desk.run.history)
        if self.controls.held != self._shown_held:
            self._show_marks()
        is_live = self.desk.is_live and view.is_following and view.state.status == "running"
        self.graph.show_state(view.state, is_live=is_live)
        self.inspector.show(view.state, self.selection, view.history)
        self.timeline.show(view.history, view.cursor, view.is_following)
        self._show_status()

    @guarded
    def _show_status(self) -> None:
        told = headline(self.files, self.desk, self.bridge.view, self.clock.now())
        self.status.show(told)
        self.editor.tell_what_runs(running_text(self.desk))
        text = outcome(self.bridge.view.state)
        if text != self._outcome:
            # A new text of this widget lays the whole screen out again.
            self._outcome = text
            banner = self.query_one("#outcome", Static)
            banner.update(text)
            banner.display = bool(text)
        if self._seconds is not None:
            self._seconds.resume() if told.is_ticking else self._seconds.pause()
