"""The workbench: one flow with editor, graph, inspector and timeline."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from textual import events, getters, on
from textual.app import ComposeResult
from textual.containers import Container
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Footer, Static
from textual.worker import Worker, WorkerState

from agentflow_tui.engine.clock import Clock
from agentflow_tui.plan.node import Plan
from agentflow_tui.tui.bridge import Bridge, View
from agentflow_tui.tui.dialogs.text_dialog import TextDialog
from agentflow_tui.tui.file_desk import FileDesk
from agentflow_tui.tui.guard import Reporter, guarded
from agentflow_tui.tui.keymap.bind import bindings
from agentflow_tui.tui.keymap.table import WORKBENCH
from agentflow_tui.tui.pane_layout import PaneLayout
from agentflow_tui.tui.pane_tabs import PANES, PaneTab, PaneTabs
from agentflow_tui.tui.panes.editor.editor_pane import EditorPane
from agentflow_tui.tui.panes.graph.graph_pane import GraphPane
from agentflow_tui.tui.panes.inspector.inspector_pane import InspectorPane
from agentflow_tui.tui.panes.timeline.timeline_pane import TimelinePane
from agentflow_tui.tui.run_desk import RunDesk, Until
from agentflow_tui.tui.run_headline import headline, outcome
from agentflow_tui.tui.settings import Settings
from agentflow_tui.tui.status_line import StatusLine
from agentflow_tui.workbench import Workbench

_QUICK = 50_000
"""Characters that are checked at once; a longer text is checked in a thread."""


class WorkbenchScreen(Screen[None]):
    """Shows one flow and its run. Panes post messages to it; it alone calls the workbench."""

    CSS_PATH = "workbench_screen.tcss"
    BINDINGS = bindings(WORKBENCH)
    BINDING_GROUP_TITLE = "Workbench"
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (40, "-narrow"), (80, "-medium"), (120, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (10, "-short"), (30, "-tall")]
    AUTO_FOCUS = ""

    status = getters.query_one("#status", StatusLine)
    editor = getters.query_one("#editor", EditorPane)
    graph = getters.query_one("#graph", GraphPane)
    inspector = getters.query_one("#inspector", InspectorPane)
    timeline = getters.query_one("#timeline", TimelinePane)

    def __init__(self, workbench: Workbench, settings: Settings, clock: Clock, *, untitled: str = "") -> None:
        """Take an opened flow; `untitled` names a text that has no file yet."""
        super().__init__()
        self.workbench = workbench
        self.settings = settings
        self.clock = clock
        self.untitled = untitled
        self.selection: str | None = None
        self._seconds: Timer | None = None
        self._check_is_wanted = False
        self._shown_plan: Plan | None = None
        self._shown_length = 0

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
        yield Footer(show_command_palette=False)

    @guarded
    def on_mount(self) -> None:
        """Show the flow, and put the focus on the graph."""
        self.bridge = Bridge(self._show_view, self._make_timer)
        self.files = FileDesk(
            self, self.workbench, self.editor, self.settings, self._show_checked, self.untitled
        )
        self.desk = RunDesk(self, self.workbench, self.bridge, self.clock, self._show_status)
        self.layout_of_panes = PaneLayout(self)
        for number, pane in enumerate(PANES, 1):
            self.query_one(f"#{pane}").border_title = f"{number} {pane.upper()}"
        self._seconds = self.set_interval(1, self._show_status, pause=True, name="seconds")
        self.files.show()
        self._show_checked()
        self._show_view(self.bridge.view)
        self.layout_of_panes.show("graph")
        self._work(self.files.offer_draft(), "draft", "looking for unsaved text")

    @guarded
    async def on_unmount(self) -> None:
        """Cancel what runs, keep what is not saved, and stop."""
        self.bridge.stop()
        await self.desk.close()

    @property
    def is_live(self) -> bool:
        """True while a run goes on."""
        return self.desk.is_live

    @property
    def reasons_to_stay(self) -> tuple[str, ...]:
        """What would be lost by leaving, one line each."""
        unsaved = ("The text has changes that are not saved.",) if self.editor.is_modified else ()
        live = ("A run is going on; leaving cancels it.",) if self.desk.is_live else ()
        return (*unsaved, *live)

    def save_then(self, leave: Callable[[], object]) -> None:
        """Save, and leave when that worked."""

        async def save() -> None:
            if await self.files.save():
                leave()

        self._work(save(), "file", "saving")

    # Run

    def action_toggle_run(self) -> None:
        """Run, pause or go on."""
        if self.desk.is_live:
            self.desk.toggle()
        else:
            self._begin("end")

    def action_step(self) -> None:
        """Run one agent."""
        self._go("step")

    def action_step_iteration(self) -> None:
        """Run one iteration or stage."""
        self._go("iteration")

    def action_run_to_end(self) -> None:
        """Run to the end."""
        self._go("end")

    def action_cancel_or_copy(self) -> None:
        """Copy what is selected; otherwise cancel the run."""
        code = self.editor.code
        selected = code.selected_text if code.has_focus else self.get_selected_text()
        if selected:
            self.app.copy_to_clipboard(selected)
        elif not self.desk.cancel():
            self.app.notify("No run to cancel. ctrl+q quits.", markup=False, timeout=2)

    def action_back(self) -> None:
        """Cancel the run; otherwise undo zoom, follow again, go back to the graph."""
        if self.editor.find_bar.display:
            self.editor.find_bar.action_close()
        elif self.desk.is_starting:
            self.workers.cancel_group(self, "run")
        elif self.desk.cancel():
            pass
        elif self.layout_of_panes.is_zoomed:
            self.action_zoom()
        elif not self.bridge.view.is_following:
            self.bridge.follow()
        else:
            self.layout_of_panes.show("graph")

    def action_edit_input(self) -> None:
        """Edit what the next run is given."""
        self._work(self.desk.ask_for_input(), "input", "editing the input")

    # History

    def action_scrub(self, step: int) -> None:
        """Move the cursor."""
        self.bridge.move(step)

    def action_follow(self) -> None:
        """Follow the run again."""
        self.bridge.follow()

    def action_cycle_diff(self) -> None:
        """Show the next view of what changed."""
        self.layout_of_panes.reveal("inspector")
        self.inspector.cycle_diff()

    # Panes

    def action_show_pane(self, pane: str) -> None:
        """Show a pane and put the focus there."""
        self.layout_of_panes.show(pane)

    def action_next_pane(self, step: int) -> None:
        """Go round the panes."""
        self.layout_of_panes.show_next(step)

    def action_zoom(self) -> None:
        """Give the pane the whole window, or give it back."""
        self.layout_of_panes.zoom()

    # File

    def action_save(self) -> None:
        """Save."""
        self._work(self.files.save(), "file", "saving")

    def action_save_as(self) -> None:
        """Save under another name."""
        self._work(self.files.save_as(), "file", "saving")

    def action_yank(self) -> None:
        """Copy what is selected in the pane."""
        if text := self.layout_of_panes.yank():
            self.app.copy_to_clipboard(text)
        else:
            self.app.notify("Nothing to copy here.", markup=False, timeout=2)

    def action_find(self) -> None:
        """Search in the text."""
        self.layout_of_panes.show("editor")
        self.editor.open_find()

    def action_next_problem(self, step: int) -> None:
        """Go to a problem in the text."""
        self.layout_of_panes.reveal("editor")
        if not self.editor.go_to_problem(step):
            self.app.notify("No problems.", markup=False, timeout=2)

    def action_go_to_line(self) -> None:
        """Ask for a line and go there."""
        self._work(self._go_to_line(), "line", "going to a line")

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
        self.inspector.show(self.bridge.view.state, self.selection)

    @on(GraphPane.NodeEntered)
    @guarded
    def _node_entered(self, event: GraphPane.NodeEntered) -> None:
        self.selection = event.path
        self.inspector.show(self.bridge.view.state, self.selection)
        self.layout_of_panes.show("inspector")

    @on(TimelinePane.CursorMoved)
    @guarded
    def _cursor_moved(self, event: TimelinePane.CursorMoved) -> None:
        self.bridge.look_at(event.seq)

    @on(PaneTab.Clicked)
    @guarded
    def _tab_clicked(self, event: PaneTab.Clicked) -> None:
        self.layout_of_panes.show(event.pane)

    @guarded
    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Light the tab of the pane that has the focus."""
        self.layout_of_panes.note_focus(event.widget)

    @guarded
    def on_resize(self) -> None:
        """Choose how many panes fit."""
        if self.is_mounted:
            self.layout_of_panes.arrange()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Show what went wrong in a worker; the program goes on."""
        error = event.worker.error
        if (
            event.state == WorkerState.ERROR
            and isinstance(error, Exception)
            and isinstance(self.app, Reporter)
        ):
            self.app.report(error, event.worker.description)

    # Inner workings

    def _go(self, until: Until) -> None:
        if self.desk.is_live:
            self.desk.go(until)
        else:
            self._begin(until)

    def _begin(self, until: Until) -> None:
        if self.desk.is_starting:
            return
        self.workbench.check(self.editor.text)
        self._show_checked()
        self._work(self.desk.begin(until), "run", "starting the run")

    def _work(self, work: Coroutine[Any, Any, Any], group: str, doing: str) -> None:
        self.run_worker(work, group=group, description=doing, exit_on_error=False, exclusive=group != "check")

    async def _check(self) -> None:
        while self._check_is_wanted:
            text = self.editor.text
            if len(text) > _QUICK:
                await asyncio.to_thread(self.workbench.check, text)
            else:
                self.workbench.check(text)
            if self.editor.text == text:
                self._check_is_wanted = False
        self._show_checked()

    async def _go_to_line(self) -> None:
        answer = await self.app.push_screen_wait(
            TextDialog(
                "GO TO LINE", complaint=lambda text: "" if text.strip().isdigit() else "a number is needed"
            )
        )
        if answer:
            self.layout_of_panes.show("editor")
            self.editor.code.go_to(int(answer))

    def _make_timer(self, seconds: float, callback: Callable[[], None]) -> Timer:
        return self.set_interval(seconds, callback, name="bridge")

    def _show_checked(self) -> None:
        self.editor.show_problems(self.workbench.checked.problems)
        if not self.desk.is_live:
            self._show_plan(self.workbench.plan)
        self._show_status()

    def _show_plan(self, plan: Plan | None) -> None:
        if plan is not self._shown_plan:
            self._shown_plan = plan
            self.graph.show_plan(plan)
            self.graph.show_state(self.bridge.view.state)

    @guarded
    def _show_view(self, view: View) -> None:
        if self.desk.run is not None:
            self._show_plan(self.desk.run.plan)
            if view.length and not self._shown_length and self.layout_of_panes.current != "editor":
                self.layout_of_panes.reveal_beside("inspector")
        self._shown_length = view.length
        self.graph.show_state(view.state)
        self.inspector.show(view.state, self.selection)
        self.timeline.show(view.history, view.cursor, view.is_following)
        self._show_status()

    @guarded
    def _show_status(self) -> None:
        told = headline(
            self.files.title, self.editor.is_modified, self.desk, self.bridge.view, self.clock.now()
        )
        self.status.show(told)
        text = outcome(self.bridge.view.state)
        banner = self.query_one("#outcome", Static)
        banner.update(text)
        banner.display = bool(text)
        if self._seconds is not None:
            self._seconds.resume() if told.is_ticking else self._seconds.pause()
