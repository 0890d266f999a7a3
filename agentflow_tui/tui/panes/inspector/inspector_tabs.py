"""The tabs of the inspector: what each one shows, made only when it is looked at and has changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import Any

from textual.app import ComposeResult
from textual.containers import Vertical

from agentflow_tui.history.delta import Delta
from agentflow_tui.history.diff_base import BASES
from agentflow_tui.history.event import HistoryEvent
from agentflow_tui.history.run_state import AgentRun, ModelCall, RunState, StateView
from agentflow_tui.tui.keymap.named_keys import key_of
from agentflow_tui.tui.panes.entry_bar import EntryBar
from agentflow_tui.tui.panes.inspector.call_rows import MOST_CALLS, call_rows
from agentflow_tui.tui.panes.inspector.diff_rows import Comparison, Mark, diff_rows
from agentflow_tui.tui.panes.inspector.loop_view import LoopView
from agentflow_tui.tui.panes.inspector.notice import explanation, run_error_rows
from agentflow_tui.tui.panes.inspector.output_columns import OutputColumns
from agentflow_tui.tui.panes.inspector.run_book import RunBook
from agentflow_tui.tui.panes.inspector.run_choice import heading, is_inside, last_run, phase
from agentflow_tui.tui.panes.inspector.state_rows import Path
from agentflow_tui.tui.panes.inspector.state_tree import StateTree, value_at
from agentflow_tui.tui.panes.inspector.tab_bar import TABS, TabBar
from agentflow_tui.tui.panes.inspector.watch_rows import watch_rows
from agentflow_tui.tui.panes.inspector.writer_rows import KEY, key_rows, writer_rows
from agentflow_tui.tui.panes.line_view import LineView
from agentflow_tui.tui.safe_text import plain
from agentflow_tui.workbench.watched import Watched


class InspectorTabs(Vertical):
    """One view per tab, of which one is displayed."""

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
        self._base = BASES[0]
        self._mark: Mark | None = None
        self._tree = StateTree()
        self._book = RunBook()
        self._path: Path = ()
        self._toggled: set[tuple[str, ...]] = set()
        self._shown: dict[str, tuple[Any, ...]] = {}
        self._edition = 0
        self._told = ""
        self._watches: tuple[str, ...] = ()
        self._pin_of: Callable[[str | None], Delta | None] = lambda _path: None

    def compose(self) -> ComposeResult:
        """Lay out the tab bar, one view per tab, of which one is displayed, and the search."""
        yield TabBar()
        yield LineView(id="state")
        yield LineView(id="diff")
        yield OutputColumns()
        yield LineView(id="calls")
        yield LineView(id="writers")
        yield LoopView(id="loop")
        yield EntryBar("search", "a key or a text", id="search")

    def on_mount(self) -> None:
        """Open the first tab."""
        self.open_tab(TABS[0])

    @property
    def tab(self) -> str:
        """Name of the open tab, one of `TABS`."""
        return self.query_one(TabBar).current

    @property
    def diff_kind(self) -> str:
        """What the Diff tab compares with: `vs before this agent`, ..."""
        return f"vs {self._base}"

    @property
    def key_path(self) -> Path:
        """The key under the cursor, or the last one: `data` or `meta`, the key, then what is inside."""
        key = self._view.rows[self._view.cursor].key if self._view.cursor < len(self._view.rows) else ()
        match self.tab, key:
            case "State" | "Diff", (_, _, *_):
                self._path = self._place(key)
            case "Loop", (first, part, name, _) if first == KEY:
                self._path = (part, name)
        return self._path

    def show(
        self, state: RunState, selection: str | None, history: Sequence[HistoryEvent] | None = None
    ) -> None:
        """Show a run at the node with this path, or at its last agent run; cheap when nothing changed.

        `history` holds all events of the run, also those after the cursor: Writers and Loop show them;
        without it the one before is kept.
        """
        self._run_state = state
        self._selection = selection
        if history is not None:
            self._book.watch(history)
        if self.is_mounted:
            self._refresh_view()

    def show_marks(self, watches: tuple[str, ...], pin_of: Callable[[str | None], Delta | None]) -> None:
        """Show these expressions above the state, and what the selected agent is pinned to."""
        self._watches, self._pin_of = watches, pin_of
        self._edition += 1
        if self.is_mounted:
            self._refresh_view()

    def open_tab(self, tab: str) -> None:
        """Open a tab by its name; the focus stays in the pane."""
        had_focus = self.has_focus_within
        path = self.key_path if self.tab != tab else self._path
        self._path = path
        self.query_one(TabBar).current = tab
        for view in self.query("InspectorPane > LineView"):
            view.set_class(view.id == tab.lower(), "-open")
        self.query_one(OutputColumns).set_class(tab == "Output", "-open")
        self.query_one("#output").set_class(tab == "Output", "-open")
        if had_focus:
            self._view.focus()
        self._refresh_view()

    @property
    def _view(self) -> LineView:
        if self.tab == "Output":
            columns = self.query_one(OutputColumns).columns
            return next((view for view in columns if view.has_focus), columns[0])
        return self.query_one(f"#{self.tab.lower()}", LineView)

    def _refresh_view(self) -> None:
        state, tab = self._run_state, self.tab
        run = last_run(state, self._selection)
        self._tell_about(run)
        seen = (tab, self._selection, self._edition, *self._inputs(tab, run))
        before = self._shown.get(tab, ())
        # By identity: the parts of a run state that did not change are the same objects.
        if len(seen) == len(before) and all(a is b or a == b for a, b in zip(seen, before, strict=True)):
            return
        self._shown[tab] = seen
        lead = run_error_rows(state) if self._selection is None else []
        match tab:
            case "State":
                if state.status == "idle":
                    lead += explanation(
                        f"No run yet. {key_of('run.toggle')} runs the flow; then this shows the state."
                    )
                lead += watch_rows(self._watched(), self._pin_of(self._selection))
                self._view.show_rows(lead + self._tree.rows(self._state_shown(run)))
            case "Diff":
                comparison = Comparison(self._base, self._state_shown(run), self._mark, self._width)
                runs = phase(state, self._selection)
                self._view.show_rows(lead + diff_rows(state, runs, comparison, self._selection))
            case "Output":
                self.query_one(OutputColumns).show_calls(self._calls(), lead)
            case "Calls":
                self._view.show_rows(call_rows(self._calls(), self._toggled))
            case "Writers":
                self._show_writers()
            case _:
                self._book.catch_up()
                self.query_one(LoopView).show_lenses(self._book.loops.lenses(), state.cursor)

    def _tell_about(self, run: AgentRun | None) -> None:
        # All tabs share the border, so it changes with the tab even where the tab's own rows stay.
        about = heading(run) if run is not None else self._selection or "no agent has run"
        told = f"{self.diff_kind} · {about}" if self.tab == "Diff" else about
        if told != self._told:
            # A title that is set again paints the whole pane.
            self._told, self.border_subtitle = told, plain(told, limit=80)

    def _inputs(self, tab: str, run: AgentRun | None) -> tuple[Any, ...]:
        state = self._run_state
        common = (_Same(run), state.status, state.error)
        match tab:
            case "State":
                return (*common, _Same(self._state_shown(run)), *self._watched())
            case "Diff":
                runs = (_Same(each) for each in phase(state, self._selection))
                return (*common, self._base, len(state.conflicts), self._width, *runs)
            case "Writers":
                return (*common, self._path, state.cursor, self._book.catch_up())
            case "Loop":
                return (state.cursor, self._book.catch_up())
        return (*common, *(_Same(call) for call in self._calls()))

    def _watched(self) -> list[Watched]:
        return [Watched.at(each, self._run_state, self._selection or "") for each in self._watches]

    def _show_writers(self) -> None:
        if self._path:
            writes = self._book.writers.writes(self._path)
            self._view.show_rows(writer_rows(writes, self._path, self._run_state.cursor))
        else:
            self._view.show_rows(key_rows(self._book.writers))

    @property
    def _width(self) -> int:
        # Of the pane, not of the view: one that was hidden until now has not been measured yet.
        return self.content_size.width - self.query_one("#diff").styles.scrollbar_size_vertical

    def _state_shown(self, run: AgentRun | None) -> StateView:
        state = self._run_state
        if self._selection is None:
            return state.state
        if run is not None:
            return run.after or run.before
        return state.scopes.get(self._selection, state.state)

    def _place(self, key: Path) -> Path:
        """The value that a row belongs to: the lines of an open text have keys of their own."""
        state = self._state_shown(last_run(self._run_state, self._selection))
        while len(key) > len(("data", "key")) and not isinstance(value_at(state, key[:-1]), Mapping | list):
            key = key[:-1]
        return () if key[-1].startswith("\0") else key

    def _calls(self) -> list[ModelCall]:
        state = self._run_state
        if self.tab == "Output":
            ids = [call for run in phase(state, self._selection) for call in run.calls]
        else:
            runs = (run for run in reversed(state.agent_runs) if is_inside(run.path, self._selection))
            newest = islice((call for run in runs for call in reversed(run.calls)), MOST_CALLS + 1)
            ids = list(newest)[::-1]
        return [state.calls[call] for call in ids if call in state.calls]


class _Same:
    """Compares an object by identity and keeps it alive, so that an identity is not used twice."""

    def __init__(self, value: object) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.value is self.value

    __hash__ = None  # type: ignore[assignment]
