"""What the keys of the workbench do."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, ClassVar

from textual import getters
from textual.binding import BindingType

from agentflow_tui.tui.case_desk import CaseDesk
from agentflow_tui.tui.dialogs.text_dialog import TextDialog
from agentflow_tui.tui.file_desk import FileDesk
from agentflow_tui.tui.jump_targets import JumpTarget, jump_targets, pane_at
from agentflow_tui.tui.keymap.bind import bindings
from agentflow_tui.tui.keymap.named_keys import key_of
from agentflow_tui.tui.keymap.workbench_keys import WORKBENCH
from agentflow_tui.tui.pane_desk import PaneDesk
from agentflow_tui.tui.pane_text import pane_text
from agentflow_tui.tui.panes.editor.editor_pane import EditorPane
from agentflow_tui.tui.panes.inspector.inspector_pane import InspectorPane
from agentflow_tui.tui.race_desk import RaceDesk
from agentflow_tui.tui.run_desk import Until
from agentflow_tui.tui.safe_text import clean
from agentflow_tui.tui.screens.jump_screen import JumpScreen
from agentflow_tui.tui.screens.mark_actions import MarkActions
from agentflow_tui.tui.screens.metrics_screen import MetricsScreen
from agentflow_tui.tui.session_metrics import SessionMetrics
from agentflow_tui.tui.swap_desk import SwapDesk
from agentflow_tui.tui.time_desk import TimeDesk
from agentflow_tui.workbench import Workbench

_MOST_TARGETS = 26 * 26


class WorkbenchActions(MarkActions):
    """One action per key; each asks the desk, the bridge or the layout, and shows nothing itself."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(WORKBENCH)

    editor = getters.query_one("#editor", EditorPane)
    inspector = getters.query_one("#inspector", InspectorPane)
    workbench: Workbench
    files: FileDesk
    texts: PaneDesk
    metrics: SessionMetrics
    times: TimeDesk
    swaps: SwapDesk
    races: RaceDesk
    cases: CaseDesk
    selection: str | None

    @property
    def reasons_to_stay(self) -> tuple[str, ...]:
        """What would be lost by leaving, one line each."""
        unsaved = ("The text has changes that are not saved.",) if self.editor.is_modified else ()
        live = ("A run is going on; leaving cancels it.",) if self.desk.is_live else ()
        racing = ("A race is going on; leaving cancels it.",) if self.races.is_live else ()
        return (*unsaved, *live, *racing)

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
        """Run to the next breakpoint, or else to the end."""
        self._go("end")

    def action_cancel_or_copy(self) -> None:
        """Copy what is selected; otherwise cancel the run."""
        code = self.editor.code
        selected = code.selected_text if code.has_focus else self.get_selected_text()
        if selected:
            self.app.copy_to_clipboard(selected)
        elif not self.desk.cancel():
            told = clean(f"No run to cancel. {key_of('app.quit')} quits.")
            self.app.notify(told, markup=False, timeout=2)

    def action_back(self) -> None:
        """Leave the editor; elsewhere cancel the run, else undo zoom, follow again, go to the graph."""
        if self.editor.find_bar.display:
            self.editor.find_bar.action_close()
        elif self.desk.is_starting:
            self.workers.cancel_group(self, "run")
            self.workers.cancel_group(self, "time")
        elif self.layout_of_panes.current != "editor" and self.desk.cancel():
            pass
        elif self.layout_of_panes.is_zoomed:
            self.action_zoom()
        elif self.layout_of_panes.current != "editor" and not self.bridge.view.is_following:
            self.bridge.follow()
        else:
            self.layout_of_panes.show("graph")

    def action_swap_config(self) -> None:
        """Show what the edited text would change in the live run, and let it take it over."""
        self._work(self.swaps.propose(), "swap", "applying the edited config")

    def action_edit_input(self) -> None:
        """Edit what the next run is given."""
        self._work(self.desk.ask_for_input(), "input", "editing the input")

    def action_race_modes(self) -> None:
        """Run several modes at once, or go back to the race."""
        self._travel(self.races.open, "racing modes")

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

    # Time travel

    def action_choose_run(self) -> None:
        """List the stored runs."""
        self._travel(self.times.choose_run, "listing the runs")

    def action_fork(self) -> None:
        """Go on from the cursor as a run of its own."""
        self._travel(self.times.fork, "forking a run")

    def action_edit_state(self) -> None:
        """Change the state at the cursor and go on from there."""
        self._travel(lambda: self.times.edit(self.inspector.key_path), "editing the state")

    def action_edit_event(self) -> None:
        """Change what the run was given and run all of it again."""
        self._travel(self.times.edit_event, "editing the input of a run")

    def action_rerun(self) -> None:
        """Run again from the cursor on."""
        self._travel(self.times.rerun, "running again")

    def action_choose_answers(self) -> None:
        """Choose where answers of models come from."""
        self._travel(self.times.choose_answers, "choosing where answers come from")

    def action_replay(self) -> None:
        """Live the run again without calling anybody, and tell how it came out."""
        self._travel(self.times.replay, "replaying a run")

    def action_save_test(self) -> None:
        """Keep the run as a test."""
        self._travel(self.cases.save, "keeping a run as a test")

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

    def action_grow_pane(self, way: int) -> None:
        """Make the pane larger or smaller."""
        if not self.layout_of_panes.edges.grow(self.layout_of_panes.current, way):
            self.app.notify("Only one pane is shown; there is no edge to move.", markup=False, timeout=2)

    def action_reset_panes(self) -> None:
        """Give all panes their usual sizes."""
        self.layout_of_panes.edges.reset()

    def action_jump(self) -> None:
        """Show letters over everything that one can go to."""

        def go(target: JumpTarget | None) -> None:
            if target is not None:
                target.go()

        targets = jump_targets(self, self.layout_of_panes)[:_MOST_TARGETS]
        self.app.push_screen(JumpScreen(targets, partial(pane_at, self, self.layout_of_panes)), go)

    def action_show_metrics(self) -> None:
        """Show how the agents did."""
        self.app.push_screen(MetricsScreen(self.metrics))

    def action_write_pane(self) -> None:
        """Write the pane's text to a file."""
        self._work(self.texts.write(*self._pane_text()), "write", "writing a pane")

    def action_print_pane(self) -> None:
        """Print the pane's text to the terminal."""
        if self.desk.is_live and self.bridge.view.newest.status == "running":
            self.app.notify("Pause the run first: it would stand still meanwhile.", markup=False, timeout=3)
        else:
            self.texts.print(*self._pane_text())

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

    # Inner workings

    def _travel(self, travel: Callable[[], Coroutine[Any, Any, None]], doing: str) -> None:
        # A worker of the same group would break off a start that is under way.
        if not self.desk.is_starting:
            self._work(travel(), "time", doing)

    def _pane_text(self) -> tuple[str, str]:
        pane = self.layout_of_panes.current
        return pane, pane_text(self.query_one(f"#{pane}"))

    def _go(self, until: Until) -> None:
        if self.desk.is_live:
            self.desk.go(until)
        else:
            self._begin(until)

    def _begin(self, until: Until) -> None:
        if self.desk.is_starting:
            return
        self.workbench.check(self.editor.text)
        self.files.changed()
        self._work(self.desk.begin(until), "run", "starting the run")

    def _work(self, work: Coroutine[Any, Any, Any], group: str, doing: str) -> None:
        self.run_worker(work, group=group, description=doing, exit_on_error=False, exclusive=group != "check")

    async def _go_to_line(self) -> None:
        answer = await self.app.push_screen_wait(
            TextDialog(
                "GO TO LINE", complaint=lambda text: "" if text.strip().isdigit() else "a number is needed"
            )
        )
        if answer:
            self.layout_of_panes.show("editor")
            self.editor.code.go_to(int(answer))
