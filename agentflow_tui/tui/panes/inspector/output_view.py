"""The text that models write, while they write it."""

from __future__ import annotations

import json
from collections.abc import Sequence

from textual.content import Content

from agentflow_tui.history.run_state import ModelCall
from agentflow_tui.tui.keymap.named_keys import key_of
from agentflow_tui.tui.panes.inspector.markdown_lines import markdown_lines
from agentflow_tui.tui.panes.inspector.notice import error_rows, explanation
from agentflow_tui.tui.panes.line_view import LineView
from agentflow_tui.tui.panes.row import Row
from agentflow_tui.tui.safe_text import clean, one_line, plain

MOST_LINES = 2_000
"""Lines shown in all; of a longer answer the end."""
_SPARE = 500
_MOST_JSON = 100_000
_LONGEST_LINE = 50_000
_STATUS = {
    "running": ("◐ writing", "$status-running"),
    "completed": ("● done", "$status-completed"),
    "failed": ("✗ failed", "$status-failed"),
    "cancelled": ("⊗ cancelled", "$status-cancelled"),
}


class OutputView(LineView):
    """One block per model call: a heading and its text. New text costs what is new."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        """Start empty, staying at the end."""
        super().__init__(id=id, is_tail=True)
        self._blocks: list[_Block] = []

    def show_calls(self, calls: Sequence[ModelCall], lead: Sequence[Row] = ()) -> None:
        """Show the texts of these calls below the rows of `lead`."""
        if not calls:
            self._blocks = []
            self.show_rows([*lead, *explanation("No model has written anything here yet.")])
            return
        limit = max(MOST_LINES // len(calls), 5)
        known = {block.call.call: block for block in self._blocks}
        self._blocks = [known.get(call.call) or _Block(call) for call in calls]
        rows = list(lead)
        for block, call in zip(self._blocks, calls, strict=True):
            block.grow(call, limit)
            rows += block.rows
        start = self._first_difference(rows)
        self.show_rows(rows[start:], start)

    def yank_text(self) -> str:
        """Return the whole text of the call that the cursor is in."""
        key = self.rows[self.cursor].key if self.cursor < len(self.rows) else ()
        text = next((block.call.text for block in self._blocks if key == (block.call.call,)), None)
        return super().yank_text() if text is None else text

    def _first_difference(self, rows: Sequence[Row]) -> int:
        for number, (old, new) in enumerate(zip(self.rows, rows, strict=False)):
            if old is not new:
                return number
        return min(len(self.rows), len(rows))


class _Block:
    """The rows of one call; only the last line is made again when text arrives."""

    def __init__(self, call: ModelCall) -> None:
        self.call = call
        self.rows: list[Row] = []
        self._status = ""
        self._length = 0
        self._dropped = 0
        self._tail = ""
        self._heading = Row(Content(""))
        self._lines: list[Row] = []
        self._footer: list[Row] = []

    def grow(self, call: ModelCall, limit: int) -> None:
        """Take in what came; keep `limit` lines."""
        is_same = call is self.call and bool(self.rows) and len(self._lines) <= limit + _SPARE
        if is_same:
            return
        if not call.text.startswith(self.call.text[: self._length]):
            self._length, self._dropped, self._tail, self._lines = 0, 0, "", []
        self._add(call.text[self._length :])
        self._length = len(call.text)
        self.call = call
        if len(self._lines) > limit + _SPARE or (len(self._lines) > limit and call.status != "running"):
            self._dropped += len(self._lines) - limit
            del self._lines[: len(self._lines) - limit]
            self._status = ""
        if self._status != call.status:
            self._status = call.status
            if call.status == "completed":
                self._lay_out_text(limit)
            self._heading = self._made_heading()
            failed = call.status == "failed"
            self._footer = error_rows(call.error, call.category, call.hint) if failed else []
            self._footer.append(Row(Content(""), key=(call.call,)))
        self.rows = [self._heading, *self._lines, *self._footer]

    def _add(self, text: str) -> None:
        if not text and self._lines:
            return
        if self._lines:
            self._lines.pop()
        *whole, self._tail = (self._tail + text).split("\n")
        # A line without end would be wrapped anew with every piece.
        while len(self._tail) > _LONGEST_LINE:
            whole.append(self._tail[:_LONGEST_LINE])
            self._tail = self._tail[_LONGEST_LINE:]
        self._lines += [self._row(line) for line in (*whole, self._tail)]

    def _lay_out_text(self, limit: int) -> None:
        """Show the finished text with its headings, lists and code, or as JSON when it is JSON."""
        text = self.call.text
        pretty = _as_json(text)
        lines = list(markdown_lines(text) if pretty is None else map(plain, pretty.split("\n")))
        self._dropped = max(len(lines) - limit, 0)
        self._lines = [Row(line.expand_tabs(4), key=(self.call.call,)) for line in lines[self._dropped :]]

    def _row(self, line: str) -> Row:
        return Row(Content(clean(line.removesuffix("\r"))).expand_tabs(4), key=(self.call.call,))

    def _made_heading(self) -> Row:
        word, style = _STATUS.get(self._status, ("? unknown", ""))
        cut = (
            f" · {self._dropped:d} lines above are not shown; {key_of('file.yank')} copies all"
            if self._dropped
            else ""
        )
        content = Content.assemble(
            (one_line(word, 20), style),
            " ",
            (one_line(self.call.agent, 60), "bold"),
            (one_line(f" · {self.call.model}{cut}", 200), "$foreground-muted"),
        )
        return Row(content, key=(self.call.call,))


def _as_json(text: str) -> str | None:
    """Return an object or a list laid out over lines; none for any other text."""
    if len(text) > _MOST_JSON or not text.lstrip().startswith(("{", "[")):
        return None
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return None
