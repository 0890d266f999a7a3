"""The text area of the editor: TOML colours from the app's theme, problems underlined."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.geometry import Offset
from textual.strip import Strip
from textual.widgets import TextArea
from textual.widgets.text_area import Document, Selection

from agentflow_tui.config import Problem
from agentflow_tui.tui.keymap.bind import bindings
from agentflow_tui.tui.keymap.editor_keys import EDITOR
from agentflow_tui.tui.safe_text import one_line
from agentflow_tui.tui.theming.editor_theme import EDITOR_THEME, TOML_QUERY, editor_theme, rich_color

MOST_COLOURED_LINES = 2000
"""Beyond this many lines each key would cost more than a blink, because the whole text is coloured anew."""
MOST_EDITED_CHARACTERS = 2_000_000

_GUTTER_MARGIN = 2
"""Cells between a line's number and its text."""
_SEVERITY_COLOR = {"error": "error", "warning": "warning", "info": "primary"}
# What str.splitlines, and so the text area, takes for the end of a line, while TOML does not.
_ODD_BREAKS = re.compile("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]|\r(?!\n)")


class CodeArea(TextArea, inherit_bindings=True):
    """A TextArea for one TOML text."""

    BINDINGS = bindings(EDITOR)
    HELP = "Type TOML. Problems are underlined and listed below; **{problem.next}** goes to the next one."

    def __init__(self) -> None:
        """Start empty; `show_text` fills it."""
        super().__init__(
            "",
            id="code",
            soft_wrap=False,
            show_line_numbers=True,
            tab_behavior="focus",
            highlight_cursor_line=True,
            max_checkpoints=200,
        )
        self.update_highlight_query("toml", TOML_QUERY)
        self.marks: dict[int, list[tuple[int, int | None, str]]] = {}
        self.points: Mapping[int, str] = {}

    def on_mount(self) -> None:
        """Take the app's colours, now and whenever they change."""
        self._dress()
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self._dress())

    def show_text(self, text: str) -> str:
        """Show another text from its beginning; return a notice about its size or shape, or nothing."""
        self.marks = {}
        lines = text.count("\n") + 1
        is_large = len(text) > MOST_EDITED_CHARACTERS
        self.language = None if lines > MOST_COLOURED_LINES or is_large else "toml"
        self.load_text(text)
        odd = _ODD_BREAKS.search(text)
        self.read_only = odd is not None
        if odd is not None:
            return "read-only: the text holds line breaks that TOML does not know and that editing would lose"
        if self.text != text:
            return "mixed line endings: saving writes them all alike"
        if self.language is None:
            return f"{lines} lines: colours are off" if not is_large else "large file: colours are off"
        return ""

    def refuse(self) -> None:
        """Show nothing and let nothing be typed: there is a file, but not one that can be shown."""
        self.show_text("")
        self.read_only = True

    def replace_all(self, text: str) -> None:
        """Put in another text as one change that undo takes back."""
        self.replace(text, self.document.start, self.document.end)

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Underline the places that the problems name."""
        self.marks = {}
        for problem in problems:
            if problem.line < 1:
                continue
            end = problem.end_column - 1 if problem.end_column else None
            place = (max(problem.column - 1, 0), end, problem.severity)
            self.marks.setdefault(problem.line - 1, []).append(place)
        self.notify_style_update()
        self.refresh()

    def show_points(self, points: Mapping[int, str]) -> None:
        """Show signs of one cell behind the numbers of lines, which are counted from 0 here."""
        if points != self.points:
            self.points = points
            self.refresh()

    def go_to(self, line: int, column: int = 1) -> None:
        """Put the cursor at a line and column, both from 1, as near as the text allows."""
        row = min(max(line - 1, 0), self.document.line_count - 1)
        width = len(self.document.get_line(row))
        self.move_cursor((row, min(max(column - 1, 0), width)))
        self._show_around_cursor()

    def action_go_to_start(self) -> None:
        """Put the cursor before the first character."""
        self.move_cursor(self.document.start)

    def action_go_to_end(self) -> None:
        """Put the cursor behind the last character."""
        self.move_cursor(self.document.end)

    def find(self, needle: str, *, forward: bool = True, inclusive: bool = False) -> bool:
        """Select the next place of a text, in any case, going round; false when there is none."""
        document = self.document
        if not needle or not isinstance(document, Document):
            return False
        places = [match.span() for match in re.finditer(re.escape(needle), self.text, re.IGNORECASE)]
        if not places:
            return False
        here = document.get_index_from_location(min(self.selection))
        if forward:
            start, end = next((p for p in places if p[0] > here or (inclusive and p[0] == here)), places[0])
        else:
            start, end = next((p for p in reversed(places) if p[0] < here), places[-1])
        begin, finish = document.get_location_from_index(start), document.get_location_from_index(end)
        self.selection = Selection(begin, finish)
        self._show_around_cursor()
        return True

    def get_line(self, line_index: int) -> Text:
        """Return a line as it is drawn: control characters visible, problems underlined."""
        line = self.document.get_line(line_index)
        # A tab stays: the text area widens it to the next tab stop itself.
        shown = "\t".join(one_line(part, len(part)) for part in line.split("\t"))
        text = Text(shown, end="", no_wrap=True)
        for start, end, severity in self.marks.get(line_index, ()):
            color = rich_color(self.app.theme_variables, _SEVERITY_COLOR.get(severity, "primary"))
            begin = min(start, max(len(shown) - 1, 0))
            text.stylize(Style(underline=True, bold=True, color=color), begin, end)
        return text

    def render_line(self, y: int) -> Strip:
        """Draw a line of the window, with the sign of its breakpoint in the gutter."""
        strip, at = super().render_line(y), self.gutter_width - _GUTTER_MARGIN
        sign = self._sign_at(y + self.scroll_offset.y) if at > 0 and self.points else ""
        if not sign:
            return strip
        ground = next((segment.style for segment in strip.crop(at, at + 1) if segment.style), Style())
        style = ground + Style(bold=True, color=rich_color(self.app.theme_variables, "warning"))
        return Strip.join([strip.crop(0, at), Strip([Segment(sign, style)], 1), strip.crop(at + 1)])

    def _sign_at(self, y: int) -> str:
        if y >= self.wrapped_document.height:
            return ""
        row, column = self.wrapped_document.offset_to_location(Offset(0, y))
        return self.points.get(row, "") if column == 0 else ""

    def _show_around_cursor(self) -> None:
        """Put the cursor's line in the middle; sideways, show the lines' beginning where possible."""
        row, column = self.cursor_location
        text_width = self.size.width - self.gutter_width - 1
        x = 0 if column < text_width else column - text_width // 2
        self.scroll_to(x, row - self.size.height // 2, animate=False)

    def _dress(self) -> None:
        self.register_theme(editor_theme(self.app.theme_variables))
        # Setting the same name again does nothing, so the other theme comes between.
        self.theme = "css"
        self.theme = EDITOR_THEME
