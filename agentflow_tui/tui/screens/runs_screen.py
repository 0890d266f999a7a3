"""All stored runs: find, open, resume, compare, keep, delete."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal

from textual import events, getters, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, Static
from textual.worker import Worker

from agentflow_tui.engine.clock import Clock
from agentflow_tui.history.run_filter import RunFilter
from agentflow_tui.history.run_summary import RunSummary
from agentflow_tui.tui.guard import guarded, report_worker
from agentflow_tui.tui.key_footer import KeyFooter
from agentflow_tui.tui.keymap.bind import bindings
from agentflow_tui.tui.keymap.binding_chain import BindingChain, binding_chain
from agentflow_tui.tui.keymap.named_keys import key_of, with_keys
from agentflow_tui.tui.keymap.runs_keys import RUNS
from agentflow_tui.tui.panes.inspector.amount import counted
from agentflow_tui.tui.panes.line_view import LineView
from agentflow_tui.tui.run_mark import RunMark
from agentflow_tui.tui.runs_desk import RunsDesk
from agentflow_tui.tui.safe_text import one_line, plain
from agentflow_tui.tui.screens.compare_screen import CompareScreen
from agentflow_tui.tui.screens.run_rows import heading, run_rows
from agentflow_tui.workbench.archive import Archive

_LONGEST = 300
_NOTHING = (
    "No run is stored yet. Go back with {runs.close} and press {run.toggle}: every run is "
    "kept and appears here."
)
_NONE_FITS = "No run fits the filter. {runs.close} takes it away."


@dataclass(frozen=True, slots=True)
class RunWish:
    """What is to be done with a run in the workbench."""

    verb: Literal["open", "resume"]
    run_id: str


class RunsScreen(Screen[RunWish]):
    """Lists the runs, newest first; returns the one to open or to resume, or none."""

    CSS_PATH = "runs_screen.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(RUNS)
    BINDING_GROUP_TITLE = "Runs"
    HELP = (
        "Every run is stored as it happens, newest first. **{runs.tree}** draws runs and forks as a tree: "
        "the line below a fork leads to the run that it left, and `at step n` says where."
    )
    AUTO_FOCUS = "#runs-list"

    rows = getters.query_one("#runs-list", LineView)
    wanted = getters.query_one("#runs-filter", Input)

    def __init__(self, archive: Archive, clock: Clock, live: str = "", mark: RunMark | None = None) -> None:
        """Take the runs, the time, the id of the run that goes on at the moment, and which one is marked."""
        super().__init__()
        self.archive = archive
        self.clock = clock
        self.live = live
        self.desk = RunsDesk(self, archive)
        self.runs: dict[str, RunSummary] = {}
        self.states: dict[str, str] = {}
        self.mark = mark or RunMark()
        self.is_tree = False
        """Whether forks are drawn with lines to the runs that they left."""
        self._is_loaded = False

    @property
    def _binding_chain(self) -> BindingChain:
        return binding_chain(self)

    def compose(self) -> ComposeResult:
        """Lay out the list."""
        yield Static(id="runs-title", markup=False)
        hint = f"{key_of('runs.filter')} filter"
        field = Input(placeholder=hint, id="runs-filter", compact=True, select_on_focus=False)
        field.cursor_blink = False
        yield field
        yield Static(id="runs-heading", markup=False)
        yield LineView(id="runs-list")
        yield Static(id="runs-empty", markup=False)
        yield Static(id="runs-about", markup=False)
        yield KeyFooter(show_command_palette=False)

    @guarded
    def on_mount(self) -> None:
        """Read the runs."""
        self.watch(self.rows, "cursor", self._show_about, init=False)
        self._work(self._load(), "list", "listing the runs")

    @guarded
    def on_resize(self, event: events.Resize) -> None:  # noqa: ARG002
        """Fit the columns to the new width."""
        self._show()

    @property
    def chosen(self) -> RunSummary | None:
        """The run under the cursor."""
        rows = self.rows.rows
        return self.runs.get(rows[self.rows.cursor].key[0]) if self.rows.cursor < len(rows) else None

    def action_open_run(self) -> None:
        """Open the run; from the filter, go to the list."""
        if self.wanted.has_focus:
            self.rows.focus()
        elif run := self.chosen:
            self.dismiss(RunWish("open", run.run_id))

    def action_resume(self) -> None:
        """Go on with an interrupted run."""
        run = self.chosen
        if run is None:
            return
        if self.states.get(run.run_id) == "interrupted":
            self.dismiss(RunWish("resume", run.run_id))
        else:
            self._say("This run was not interrupted. Open it and fork it, or run it again from any event.")

    def action_filter(self) -> None:
        """Type a filter."""
        self.wanted.focus()

    def action_close_runs(self) -> None:
        """Take the filter away, or go back."""
        if self.wanted.value:
            self.wanted.value = ""
            self.rows.focus()
        elif self.wanted.has_focus:
            self.rows.focus()
        else:
            self.dismiss(None)

    def action_mark(self) -> None:
        """Mark the run, or take the mark away."""
        if run := self.chosen:
            self.mark.toggle(run.run_id)
            self._show()

    def action_compare(self) -> None:
        """Compare the marked run, or the parent, with the one under the cursor."""
        run = self.chosen
        if run is None:
            return
        other = self.mark.run_id if self.mark.run_id != run.run_id else ""
        if not other and run.parent_run in self.runs:
            other = run.parent_run
        if other:
            self._work(self._compare(self.runs[other], run), "compare", "comparing two runs")
        else:
            self._say(f"Mark another run first, with {key_of('runs.mark')}.")

    def action_toggle_tree(self) -> None:
        """Draw runs and forks as a tree, or list them by time."""
        self.is_tree = not self.is_tree
        self._show()

    def action_rename(self) -> None:
        """Name the run."""
        if run := self.chosen:
            self._work(self._then_load(self.desk.rename(run)), "ask", "naming a run")

    def action_tag(self) -> None:
        """Tag the run."""
        if run := self.chosen:
            self._work(self._then_load(self.desk.tag(run)), "ask", "tagging a run")

    def action_export(self) -> None:
        """Write the run into a file."""
        if run := self.chosen:
            self._work(self.desk.export(run), "ask", "exporting a run")

    def action_take_in(self) -> None:
        """Store the run in a file."""
        self._work(self._then_load(self.desk.take_in()), "ask", "importing a run")

    def action_yank_id(self) -> None:
        """Copy the run's id."""
        if run := self.chosen:
            self.app.copy_to_clipboard(run.run_id)

    def action_delete(self) -> None:
        """Delete the run."""
        if run := self.chosen:
            self._work(self._then_load(self.desk.delete(run)), "ask", "deleting a run")

    @on(LineView.RowChosen)
    @guarded
    def _row_chosen(self, event: LineView.RowChosen) -> None:
        event.stop()
        self.action_open_run()

    @on(Input.Changed, "#runs-filter")
    @guarded
    def _filter_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._work(self._load(), "list", "listing the runs")

    @guarded
    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Show what went wrong in a worker; the program goes on."""
        report_worker(self.app, event)

    async def _load(self) -> None:
        found = await self.desk.tried(self._read())
        if found is not None:
            self.runs = {run.run_id: run for run in found}
            self._is_loaded = True
            self._show()
            if self.runs and not self.wanted.has_focus:
                self.rows.focus()

    async def _read(self) -> list[RunSummary]:
        found = await self.archive.runs(RunFilter(text=self.wanted.value.strip()))
        self.states = {run.run_id: "interrupted" for run in await self.archive.interrupted()}
        if self.live:
            self.states[self.live] = "live"
        return found

    async def _then_load(self, work: Coroutine[Any, Any, object]) -> None:
        await work
        await self._load()

    async def _compare(self, left: RunSummary, right: RunSummary) -> None:
        found = await self.desk.tried(self.archive.compare(left.run_id, right.run_id))
        if found is not None:
            self.app.push_screen(CompareScreen(found, left, right))

    @guarded
    def _show(self) -> None:
        width = self.size.width - 3
        now = datetime.fromisoformat(self.clock.timestamp()).astimezone()
        self.query_one("#runs-heading", Static).update(heading(width))
        self.rows.show_rows(
            run_rows(
                list(self.runs.values()),
                self.states,
                marked=self.mark.run_id,
                width=width,
                now=now,
                is_tree=self.is_tree,
            )
        )
        empty = self.query_one("#runs-empty", Static)
        empty.update(plain(with_keys(_NONE_FITS if self.wanted.value else _NOTHING)))
        empty.display = self._is_loaded and not self.runs
        self.rows.display = not empty.display
        if empty.display and not self.wanted.has_focus:
            # A hidden list must not leave the letters to the filter.
            self.set_focus(None)
        title = Content.assemble(
            ("RUNS", "bold $primary"), one_line(f"  {counted(len(self.runs), 'run')}", 40)
        )
        if self.mark.run_id in self.runs:
            title = Content.assemble(
                title, ("  A: ", "bold $accent"), plain(_named(self.runs[self.mark.run_id]))
            )
        self.query_one("#runs-title", Static).update(title)
        self._show_about()

    @guarded
    def _show_about(self) -> None:
        run = self.chosen
        about = Content("")
        if run is not None:
            error = f" · {run.error}" if run.error else ""
            about = plain(one_line(f"{run.run_id} · {counted(run.events, 'event')}{error}", _LONGEST))
        self.query_one("#runs-about", Static).update(about)

    def _say(self, text: str) -> None:
        self.app.notify(one_line(text, _LONGEST), markup=False, timeout=4)

    def _work(self, work: Coroutine[Any, Any, Any], group: str, doing: str) -> None:
        self.run_worker(work, group=group, description=doing, exit_on_error=False, exclusive=True)


def _named(run: RunSummary) -> str:
    return one_line(f"{run.flow} {run.name or run.run_id[:8]}", 60)
