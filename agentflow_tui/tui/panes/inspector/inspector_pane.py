"""The pane that answers: what did this agent get, change, write and ask, and who wrote this?"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from textual import events, on
from textual.binding import BindingType
from textual.message import Message

from agentflow_tui.history.diff_base import BASES, MARK, PREVIOUS_ITERATION, run_before
from agentflow_tui.history.provenance import neighbour
from agentflow_tui.tui.keymap.bind import bindings
from agentflow_tui.tui.panes import cursor_moved, pager_wanted
from agentflow_tui.tui.panes.entry_bar import EntryBar
from agentflow_tui.tui.panes.inspector.diff_rows import Mark
from agentflow_tui.tui.panes.inspector.inspector_help import INSPECTOR_HELP
from agentflow_tui.tui.panes.inspector.inspector_keys import INSPECTOR
from agentflow_tui.tui.panes.inspector.inspector_search import next_in_state, outcome
from agentflow_tui.tui.panes.inspector.inspector_tabs import InspectorTabs
from agentflow_tui.tui.panes.inspector.loop_rows import LOOP
from agentflow_tui.tui.panes.inspector.loop_view import LoopView
from agentflow_tui.tui.panes.inspector.output_columns import OutputColumns
from agentflow_tui.tui.panes.inspector.run_choice import heading, last_run, phase
from agentflow_tui.tui.panes.inspector.tab_bar import TABS, TabBar
from agentflow_tui.tui.panes.inspector.watch_rows import PIN, WATCH
from agentflow_tui.tui.panes.inspector.writer_rows import KEY, SEQ, spelled
from agentflow_tui.tui.panes.line_view import LineView
from agentflow_tui.tui.safe_text import one_line


class InspectorPane(InspectorTabs):
    """State, diff, output, calls, writers and loops of the selected node, or of the last agent run."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(INSPECTOR)
    BINDING_GROUP_TITLE = "Inspector"
    HELP = INSPECTOR_HELP
    DEFAULT_CSS = """
    InspectorPane { height: 1fr; }
    InspectorPane LineView { display: none; }
    InspectorPane LineView.-open { display: block; }
    """
    CursorMoved: TypeAlias = cursor_moved.CursorMoved
    PagerWanted: TypeAlias = pager_wanted.PagerWanted

    @dataclass
    class MarkChosen(Message):
        """A watched expression or a pin is to be edited."""

        is_pin: bool

    def cycle_diff(self) -> None:
        """Open the Diff tab; when it is open, compare with the next thing."""
        if self.tab == "Diff":
            after = BASES.index(self._base) + 1
            # The first comparison always applies, so there is one.
            self._base = next(base for base in (*BASES[after:], *BASES[:after]) if self._applies(base))
            self._refresh_view()
        else:
            self.open_tab("Diff")

    def _applies(self, base: str) -> bool:
        """Tell whether there is anything to compare with: a marked point, an earlier run."""
        if base == MARK:
            return self._mark is not None
        if base == PREVIOUS_ITERATION:
            state = self._run_state
            runs = [run for run in phase(state, self._selection) if run.status != "running"]
            last = last_run(state, self._selection, has_ended=True)
            if not runs and last is not None:
                runs = [last]
            return any(run_before(state, run) is not None for run in runs)
        return True

    def mark(self) -> str:
        """Mark the state at the cursor for the Diff tab; return where that is, in words."""
        state = self._run_state
        run = last_run(state, self._selection)
        title = f"event {state.cursor}" + (f" · {heading(run)}" if run is not None else "")
        self._mark = Mark(self._state_shown(run), title)
        self._base = MARK
        self._edition += 1
        self._refresh_view()
        return title

    def walk(self, step: int) -> bool:
        """Ask to look at the moment when the key was written next (1) or before (-1); False for none."""
        self._book.catch_up()
        write = neighbour(self._book.writers.writes(self.key_path), self._run_state.cursor, step)
        if write is not None:
            key = (SEQ, str(write.seq))
            row = next((number for number, row in enumerate(self._view.rows) if row.key == key), None)
            if row is not None:
                self._view.move_to(row)
            self.post_message(self.CursorMoved(write.seq))
        return write is not None

    def yank_text(self) -> str:
        """Return the value under the cursor."""
        return self._view.yank_text()

    def action_show_tab(self, step: int) -> None:
        """Go to the next or previous tab."""
        self.open_tab(TABS[(TABS.index(self.tab) + step) % len(TABS)])

    def action_search(self) -> None:
        """Search in the open tab."""
        self._search.open()

    def action_seek(self, step: int) -> None:
        """Go to the next place that was found, or to the one before."""
        if self._search.text:
            self._seek(self._search.text, step)
        else:
            self._search.open()

    def action_end_search(self) -> None:
        """Close the search."""
        self._search.action_close()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Leave escape to the screen while nothing is searched."""
        return action != "end_search" or self._search.is_open

    def action_yank_path(self) -> None:
        """Copy the path of the key under the cursor."""
        if path := self.key_path:
            self.app.copy_to_clipboard(spelled(path))

    def action_yank_json(self) -> None:
        """Copy the value under the cursor as JSON."""
        view = self._view
        row = view.rows[view.cursor] if view.cursor < len(view.rows) else None
        if row is not None:
            value = row.content.plain if row.value is None else row.value
            self.app.copy_to_clipboard(json.dumps(value, ensure_ascii=False, indent=2, default=str))

    def action_open_pager(self) -> None:
        """Show the value under the cursor by itself."""
        if text := self.yank_text():
            path = self.key_path if self.tab in ("State", "Diff") else ()
            self.post_message(self.PagerWanted(text, spelled(path) or self.tab))

    def action_mark(self) -> None:
        """Mark the state at the cursor."""
        self.notify(f"Marked {one_line(self.mark(), 120)}: Diff compares with it.", markup=False, timeout=2)

    def action_walk(self, step: int) -> None:
        """Go to the moment when the key under the cursor was written next or before."""
        if not self.key_path:
            self.notify("Choose a key in State, Diff or Writers first.", markup=False, timeout=2)
        elif not self.walk(step):
            where = "after" if step > 0 else "before"
            key = one_line(spelled(self.key_path), 80)
            self.notify(f"Nobody wrote {key} {where} this moment.", markup=False, timeout=2)

    def action_next_column(self) -> None:
        """Go to the next of the texts side by side."""
        if self.tab == "Output":
            self.query_one(OutputColumns).focus_next()

    def on_resize(self, event: events.Resize) -> None:  # noqa: ARG002
        """Choose between one column and two."""
        if self.is_mounted:
            self.call_after_refresh(self._refresh_view)

    @on(TabBar.Clicked)
    def _tab_clicked(self, event: TabBar.Clicked) -> None:
        event.stop()
        self.open_tab(event.tab)

    @on(EntryBar.Changed)
    def _search_changed(self, event: EntryBar.Changed) -> None:
        event.stop()
        if not isinstance(event, EntryBar.Entered):
            self._seek(event.text, 1, is_inclusive=True)

    @on(EntryBar.Entered)
    def _search_entered(self, event: EntryBar.Entered) -> None:
        event.stop()
        self._view.focus()

    @on(EntryBar.Closed)
    def _search_closed(self, event: EntryBar.Closed) -> None:
        event.stop()
        self._view.focus()

    @on(LineView.RowChosen, "#state")
    def _state_row_chosen(self, event: LineView.RowChosen) -> None:
        event.stop()
        if event.row.key and event.row.key[0].startswith((WATCH, PIN)):
            self.post_message(self.MarkChosen(event.row.key[0] == PIN))
        elif self._tree.toggle(event.row.key):
            self._edition += 1
            self._refresh_view()
        else:
            self.action_open_pager()

    @on(LineView.RowChosen, "#calls")
    def _call_row_chosen(self, event: LineView.RowChosen) -> None:
        event.stop()
        if event.row.key:
            self._toggled ^= {event.row.key}
            self._edition += 1
            self._refresh_view()

    @on(LineView.RowChosen, "#writers")
    def _writer_row_chosen(self, event: LineView.RowChosen) -> None:
        event.stop()
        match event.row.key:
            case (first, seq) if first == SEQ:
                self.post_message(self.CursorMoved(int(seq)))
            case (first, *path) if first == KEY:
                self._path = tuple(path)
                self._refresh_view()

    @on(LineView.RowChosen, "#loop")
    def _loop_row_chosen(self, event: LineView.RowChosen) -> None:
        event.stop()
        match event.row.key:
            case (first, _) if first == LOOP:
                self.query_one(LoopView).toggle(event.row.key)
            case (first, _, _, _) if first == KEY:
                self.open_tab("Writers")

    @on(LoopView.IterationChosen)
    def _iteration_chosen(self, event: LoopView.IterationChosen) -> None:
        event.stop()
        self.post_message(self.CursorMoved(event.seq))

    @property
    def _search(self) -> EntryBar:
        return self.query_one("#search", EntryBar)

    def _seek(self, needle: str, step: int, *, is_inclusive: bool = False) -> None:
        view = self._view
        if self.tab != "State":
            place, count = view.seek(needle, step, is_inclusive=is_inclusive)
        else:
            state = self._state_shown(last_run(self._run_state, self._selection))
            key = view.rows[view.cursor].key if view.cursor < len(view.rows) else ()
            here = self._place(key) if len(key) > 1 else key
            path, place, count = next_in_state(
                self._tree, state, needle, here, step, is_inclusive=is_inclusive
            )
            if count:
                self._edition += 1
                self._refresh_view()
                row = next((number for number, row in enumerate(view.rows) if row.key == path), 0)
                view.move_to(row)
        self._search.say(outcome(place, count))
