"""The editor pane: the flow's text, its problems, a search bar, and a draft of what is not saved yet."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from textual import getters, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static, TextArea

from agentflow_tui.config import Problem
from agentflow_tui.tui.guard import guarded
from agentflow_tui.tui.keymap.named_keys import key_of
from agentflow_tui.tui.panes.editor.code_area import CodeArea
from agentflow_tui.tui.panes.editor.draft import Draft
from agentflow_tui.tui.panes.editor.find_bar import FindBar
from agentflow_tui.tui.panes.editor.problem_list import ProblemList, counts
from agentflow_tui.tui.safe_text import plain

CHECK_AFTER = 0.2
"""Seconds without a key until the text is checked."""
DRAFT_AFTER = 1.0
"""Seconds without a key until unsaved text is written to its draft."""


class EditorPane(Vertical):
    """Edits one text; it neither checks nor saves, but says when either is wanted."""

    BORDER_TITLE = "1 EDITOR"
    HELP = "The flow's TOML text. Letters type; the F-keys and **ctrl** keys work here too."

    class CheckWanted(Message):
        """The text changed and rests now."""

        def __init__(self, text: str) -> None:
            """Carry the text to check."""
            super().__init__()
            self.text = text

        def can_replace(self, message: Message) -> bool:
            """Let only the newest text be checked."""
            return isinstance(message, EditorPane.CheckWanted)

    class ModifiedChanged(Message):
        """The text began or ceased to differ from the saved one."""

    code = getters.query_one("#code", CodeArea)
    problem_list = getters.query_one("#problems", ProblemList)
    find_bar = getters.query_one("#find", FindBar)
    notice = getters.query_one("#notice", Static)

    def __init__(self) -> None:
        """Start with an empty text."""
        super().__init__(id="editor", classes="pane")
        self.saved_text = ""
        self._shown_as_saved = ""
        self._settled_text = ""
        self._told = ""
        self.is_modified = False
        self.draft: Draft | None = None
        self._check_timer: Timer | None = None
        self._draft_timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """Lay out notice, text, search bar and problems."""
        yield Static(id="notice", markup=False)
        yield CodeArea()
        yield FindBar()
        yield ProblemList()

    @property
    def text(self) -> str:
        """The text as it stands; a text that was shown and not touched is returned verbatim."""
        shown = self.code.text
        return self.saved_text if shown == self._shown_as_saved else shown

    def show_text(self, text: str, *, draft: Draft | None) -> None:
        """Show another text, which counts as unmodified, and keep its changes in the draft."""
        self._stop_timers()
        self.draft = draft
        self._say(self.code.show_text(text))
        self.saved_text = text
        self._shown_as_saved = self.code.text
        self._settled_text = text
        self._set_modified(False)

    def refuse(self) -> None:
        """Show a file that cannot be shown: empty, read-only and without a draft."""
        self.show_text("", draft=None)
        self.code.refuse()
        saving = key_of("file.save_as")
        self._say(f"read-only: the file cannot be shown, see below; {saving} saves a text elsewhere")

    def replace_text(self, text: str) -> None:
        """Put in another text as one change that undo takes back."""
        self.code.replace_all(text)

    def mark_saved(self, text: str) -> None:
        """Take a text for the saved one and forget the draft."""
        self.saved_text = text
        self._shown_as_saved = text
        if self.draft is not None:
            self.draft.discard()
        self._stop(self._draft_timer)
        self._set_modified(self.text != text)

    def tell_what_runs(self, text: str) -> None:
        """Say below the text whether a live run follows it; nothing for an empty one."""
        if text != self._told:
            self._told = text
            self.border_subtitle = plain(text)

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Underline and list the problems, and count them in the title."""
        self.code.show_problems(problems)
        self.problem_list.show(problems)
        self._write_title()

    def go_to_problem(self, step: int) -> bool:
        """Go to the next (1) or previous (-1) problem; false when there is none."""
        problem = self.problem_list.choose(step)
        if problem is not None:
            self._go_to(problem)
        return problem is not None

    def on_unmount(self) -> None:
        """Keep what is not saved when something else than a person ends the program."""
        # There is no screen any more to say it on.
        with contextlib.suppress(OSError):
            self.keep_draft()

    def keep_draft(self) -> None:
        """Write unsaved text to the draft now, or forget the draft when there is none.

        Raises:
            OSError: The draft cannot be written.
        """
        if self.draft is None:
            return
        if self.is_modified:
            self.draft.keep(self._settled_text)
        else:
            self.draft.discard()

    def yank_text(self) -> str:
        """Return the selected text or the line with the cursor; in the list of problems, the problem."""
        code, chosen = self.code, self.problem_list.highlighted
        if self.problem_list.has_focus and chosen is not None:
            return self.problem_list.problems[chosen].message
        return code.selected_text or code.document.get_line(code.cursor_location[0])

    def open_find(self) -> None:
        """Open the search bar."""
        self.find_bar.action_edit()

    @on(TextArea.Changed, "#code")
    @guarded
    def _changed(self, event: TextArea.Changed) -> None:
        event.stop()
        text = self.text
        if text == self._settled_text:
            return
        self._settled_text = text
        self._set_modified(text != self.saved_text)
        self._stop(self._check_timer)
        self._check_timer = self.set_timer(CHECK_AFTER, self._want_check, name="check")
        self._stop(self._draft_timer)
        self._draft_timer = self.set_timer(DRAFT_AFTER, self._keep_draft, name="draft")

    @guarded
    def _want_check(self) -> None:
        self.post_message(self.CheckWanted(self.text))

    @guarded
    def _keep_draft(self) -> None:
        try:
            self.keep_draft()
        except OSError as error:
            self._say(f"no draft is kept: {error.strerror or error}")

    @on(ProblemList.Chosen)
    @guarded
    def _problem_chosen(self, event: ProblemList.Chosen) -> None:
        event.stop()
        self._go_to(event.problem)

    @on(FindBar.Sought)
    @guarded
    def _sought(self, event: FindBar.Sought) -> None:
        event.stop()
        is_found = self.code.find(event.needle, forward=event.forward, inclusive=event.inclusive)
        self.find_bar.show_outcome(is_found=is_found)

    @on(FindBar.Closed)
    @guarded
    def _find_closed(self, event: FindBar.Closed) -> None:
        event.stop()
        self.code.focus()

    def _go_to(self, problem: Problem) -> None:
        if problem.line:
            self.code.go_to(problem.line, problem.column)
        self.code.focus()

    def _set_modified(self, is_modified: bool) -> None:
        if is_modified != self.is_modified:
            self.is_modified = is_modified
            self.post_message(self.ModifiedChanged())
        self._write_title()

    def _write_title(self) -> None:
        mark = " ●" if self.is_modified else ""
        found = counts(self.problem_list.problems)
        self.border_title = plain(f"1 EDITOR{mark}{' · ' + found if found else ''}")

    def _say(self, text: str) -> None:
        self.notice.update(plain(text))
        self.notice.display = bool(text)

    def _stop_timers(self) -> None:
        self._stop(self._check_timer)
        self._stop(self._draft_timer)

    @staticmethod
    def _stop(timer: Timer | None) -> None:
        if timer is not None:
            timer.stop()
