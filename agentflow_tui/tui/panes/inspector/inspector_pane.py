"""The pane that answers: what did this agent get, change, write and ask?"""

from __future__ import annotations

from itertools import islice
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from agentflow_tui.history.run_state import AgentRun, ModelCall, RunState, StateView
from agentflow_tui.tui.keymap.bind import bindings
from agentflow_tui.tui.panes.inspector.call_rows import MOST_CALLS, call_rows
from agentflow_tui.tui.panes.inspector.diff_rows import KINDS, diff_rows
from agentflow_tui.tui.panes.inspector.inspector_keys import INSPECTOR
from agentflow_tui.tui.panes.inspector.notice import explanation, run_error_rows
from agentflow_tui.tui.panes.inspector.output_view import OutputView
from agentflow_tui.tui.panes.inspector.run_choice import current_runs, heading, is_inside, last_run
from agentflow_tui.tui.panes.inspector.state_rows import MORE, PAGE, Path, state_rows
from agentflow_tui.tui.panes.inspector.tab_bar import TABS, TabBar
from agentflow_tui.tui.panes.line_view import LineView
from agentflow_tui.tui.safe_text import plain


class InspectorPane(Vertical):
    """State, diff, output and model calls of the selected node, or of the last agent run."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(INSPECTOR)
    BINDING_GROUP_TITLE = "Inspector"
    HELP = """\
# Inspector

What the selected agent was given, changed, wrote and asked. With nothing selected: the last agent that ran.

- **State**: every key with its type and size; **enter** opens a value.
- **Diff**: what the agent changed; **d** compares with the previous iteration or with the start of the run.
- **Output**: the text as it streams in.
- **Calls**: each model call with its prompt, tokens, timing and raw answer.

**←** and **→** change the tab; **y** copies the value under the cursor.
"""
    DEFAULT_CSS = """
    InspectorPane { height: 1fr; }
    InspectorPane LineView { display: none; }
    InspectorPane LineView.-open { display: block; }
    """

    def __init__(
        self,
        *,
        name: str | None = None,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        """Start with nothing to show."""
        super().__init__(name=name, id=id, classes=classes)
        self._run_state = RunState()
        self._selection: str | None = None
        self._diff_kind = KINDS[0]
        self._opened: dict[Path, int] = {("data",): PAGE, ("meta",): PAGE}
        self._toggled: set[str] = set()
        self._shown: dict[str, tuple[Any, ...]] = {}
        self._edition = 0

    def compose(self) -> ComposeResult:
        """Lay out the tab bar and one view per tab, of which one is displayed."""
        yield TabBar()
        yield LineView(id="state")
        yield LineView(id="diff")
        yield OutputView(id="output")
        yield LineView(id="calls")

    def on_mount(self) -> None:
        """Open the first tab."""
        self.open_tab(TABS[0])

    @property
    def tab(self) -> str:
        """Name of the open tab: State, Diff, Output or Calls."""
        return self.query_one(TabBar).current

    @property
    def diff_kind(self) -> str:
        """What the Diff tab compares with."""
        return self._diff_kind

    def show(self, state: RunState, selection: str | None) -> None:
        """Show a run at the node with this path, or at its last agent run; cheap when nothing changed."""
        self._run_state = state
        self._selection = selection
        if self.is_mounted:
            self._refresh_view()

    def open_tab(self, tab: str) -> None:
        """Open a tab by its name; the focus stays in the pane."""
        had_focus = self.has_focus_within
        self.query_one(TabBar).current = tab
        for view in self.query(LineView):
            view.set_class(view.id == tab.lower(), "-open")
        if had_focus:
            self._view.focus()
        self._refresh_view()

    def cycle_diff(self) -> None:
        """Open the Diff tab; when it is open, compare with the next thing."""
        if self.tab == "Diff":
            self._diff_kind = KINDS[(KINDS.index(self._diff_kind) + 1) % len(KINDS)]
            self._refresh_view()
        else:
            self.open_tab("Diff")

    def yank_text(self) -> str:
        """Return the value under the cursor."""
        return self._view.yank_text()

    def action_show_tab(self, step: int) -> None:
        """Go to the next or previous tab."""
        self.open_tab(TABS[(TABS.index(self.tab) + step) % len(TABS)])

    @on(TabBar.Clicked)
    def _tab_clicked(self, event: TabBar.Clicked) -> None:
        event.stop()
        self.open_tab(event.tab)

    @on(LineView.RowChosen, "#state")
    def _state_row_chosen(self, event: LineView.RowChosen) -> None:
        event.stop()
        *path, last = event.row.key or ("",)
        key = event.row.key
        if last == MORE:
            self._opened[tuple(path)] += PAGE
        elif key in self._opened:
            del self._opened[key]
        elif key:
            self._opened[key] = PAGE
        self._edition += 1
        self._refresh_view()

    @on(LineView.RowChosen, "#calls")
    def _call_row_chosen(self, event: LineView.RowChosen) -> None:
        event.stop()
        if event.row.key:
            self._toggled ^= {event.row.key[0]}
            self._edition += 1
            self._refresh_view()

    @property
    def _view(self) -> LineView:
        return self.query_one(f"#{self.tab.lower()}", LineView)

    def _refresh_view(self) -> None:
        state, tab = self._run_state, self.tab
        run = last_run(state, self._selection)
        seen = (tab, self._selection, self._edition, *self._inputs(tab, run))
        before = self._shown.get(tab, ())
        # By identity: the parts of a run state that did not change are the same objects.
        if len(seen) == len(before) and all(a is b or a == b for a, b in zip(seen, before, strict=True)):
            return
        self._shown[tab] = seen
        self._show_title(run)
        match tab:
            case "State":
                self._show_state(run)
            case "Diff":
                lead = run_error_rows(state) if self._selection is None else []
                self._view.show_rows(lead + diff_rows(state, run, self._diff_kind, self._selection))
            case "Output":
                lead = run_error_rows(state) if self._selection is None else []
                self.query_one(OutputView).show_calls(self._calls(), lead)
            case _:
                self._view.show_rows(call_rows(self._calls(), self._toggled))

    def _inputs(self, tab: str, run: AgentRun | None) -> tuple[Any, ...]:
        state = self._run_state
        common = (_Same(run), state.status, state.error)
        match tab:
            case "State":
                return (*common, _Same(self._state_shown(run)))
            case "Diff":
                return (*common, self._diff_kind, len(state.conflicts))
        return (*common, *(_Same(call) for call in self._calls()))

    def _show_state(self, run: AgentRun | None) -> None:
        lead = run_error_rows(self._run_state) if self._selection is None else []
        if self._run_state.status == "idle":
            lead += explanation("No run yet. space runs the flow; then this shows the state at the cursor.")
        self._view.show_rows(lead + state_rows(self._state_shown(run), self._opened))

    def _state_shown(self, run: AgentRun | None) -> StateView:
        state = self._run_state
        if self._selection is None:
            return state.state
        if run is not None:
            return run.after or run.before
        return state.scopes.get(self._selection, state.state)

    def _calls(self) -> list[ModelCall]:
        state = self._run_state
        if self.tab == "Output":
            ids = [call for run in current_runs(state, self._selection) for call in run.calls]
        else:
            runs = (run for run in reversed(state.agent_runs) if is_inside(run.path, self._selection))
            newest = islice((call for run in runs for call in reversed(run.calls)), MOST_CALLS + 1)
            ids = list(newest)[::-1]
        return [state.calls[call] for call in ids if call in state.calls]

    def _show_title(self, run: AgentRun | None) -> None:
        about = heading(run) if run is not None else self._selection or "no agent has run"
        self.border_subtitle = plain(about, limit=80)


class _Same:
    """Compares an object by identity and keeps it alive, so that an identity is not used twice."""

    def __init__(self, value: object) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.value is self.value

    __hash__ = None  # type: ignore[assignment]
