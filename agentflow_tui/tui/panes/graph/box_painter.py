"""What boxes show inside and on their borders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style

from agentflow_tui.plan.box import Box, Span
from agentflow_tui.plan.frame import title_bar
from agentflow_tui.tui.panes.graph.face import SPINNER, Face
from agentflow_tui.tui.panes.graph.standing import Standing
from agentflow_tui.tui.safe_text import clean, one_line

_HEAVY = str.maketrans("╭╮╰╯─│├┤┬┴┼", "┏┓┗┛━┃┣┫┳┻╋")
_TITLE_AT = 2
"""Where a frame's title begins."""
_TAIL = 200
"""Characters of a text that streams in that are looked at: more than any box can show."""
_GATES = {"when": "skipped", "needs": "prerequisites not met", "must": "success condition not met"}
"""By its first word: what the reason says when a gate is shut."""


class BoxPainter:
    """Paints the spans that belong to boxes."""

    def __init__(self, standing: Standing, styles: Mapping[str, Style]) -> None:
        """Paint what stands so with `styles`."""
        self.standing, self._styles = standing, styles
        self.selected = ""
        self.signs: Mapping[str, str] = {}
        """What a person marked, by path."""
        self.spinner_at = 0

    def span(self, box: Box, span: Span, y: int) -> Iterator[Segment]:
        """The segments of one span of a box, together as wide."""
        if span.part == "inside":
            yield from self._inside(box, y)
        elif span.part == "title":
            yield self._title(box, span)
        elif span.part == "gate":
            yield self._gate(box, span)
        else:
            yield from self._border(box, span, y)

    def _is_dim(self, box: Box) -> bool:
        return box.path in self.standing.left_out

    def _border(self, box: Box, span: Span, y: int) -> Iterator[Segment]:
        text = span.text
        signs = self.signs.get(box.path, "") if y == box.y and span.x == box.x else ""
        start, end = _sign_room(text, signs) if signs and box.kind != "frame" else (0, 0)
        # What else the border says must leave the signs their place.
        text = f"{text[:start]}{' ' * (end - start)}{text[end:]}"
        if y == box.y + box.height - 1 and span.x == box.x:
            text = _said_left(text, self.standing.words(box))
        elif y == box.y and span.x + span.width == box.x + box.width and box.kind == "step":
            text = _said_right(text, self.standing.notes(box.path))
        is_selected = box.path == self.selected
        style = self._styles["selected" if is_selected else self.standing.face(box.path).style]
        text = text.translate(_HEAVY) if is_selected else text
        if end:
            yield painted(text[:start], style)
            yield painted(signs[: end - start].center(end - start), self._styles["sign"])
        yield painted(text[end:], style)

    def _title(self, box: Box, span: Span) -> Segment:
        face, signs = self.standing.face(box.path), self.signs.get(box.path, "")
        if span.x > box.x + _TITLE_AT:
            # A line that comes in through the frame cut the bar in two: the title stands before it.
            return painted("─" * span.width, self._styles[face.style])
        lead = f"{signs} {face.glyph}" if signs else face.glyph
        text = self.standing.title(box.path, span.width - 3 - len(lead), is_folded=box.is_folded)
        bar = set_cell_size(title_bar(f"{lead} {text}", span.width - 2), span.width)
        if box.path == self.selected:
            return painted(bar.translate(_HEAVY), self._styles["selected"])
        return painted(bar, self._styles[face.style])

    def _gate(self, box: Box, span: Span) -> Segment:
        """A gate that let the flow through is ticked, one that did not is crossed out."""
        node, kind = self.standing.node(box.path), span.text[2:].split(" ", 1)[0]
        glyph, style = span.text[0], "label"
        if node.status == "skipped":
            glyph, style = ("⊘", "skipped") if kind == "when" else (glyph, "dim")
        elif node.status == "failed" and _GATES[kind] in node.reason:
            glyph, style = "✗", "failed"
        elif node.status == "completed" or (node.status in ("running", "failed") and kind != "must"):
            glyph, style = "●", "completed"
        elif self._is_dim(box):
            style = "dim"
        return painted(f"{glyph}{span.text[1:]}", self._styles[style])

    def _inside(self, box: Box, y: int) -> Iterator[Segment]:
        if box.kind == "dot":
            face, signs = self.standing.face(box.path), self.signs.get(box.path, "")
            # One cell: where an agent waits or is done, its sign says more than that.
            shows_sign = signs and face.style in ("waiting", "completed")
            style = "mark" if box.path == self.selected else "sign" if shows_sign else face.style
            yield painted(signs[0] if shows_sign else self._glyph(face), self._styles[style])
        elif box.kind == "cell":
            yield from self._cell(box)
        elif y == box.y + 1:
            yield from self._name(box)
        else:
            yield self._subtitle(box)

    def _glyph(self, face: Face) -> str:
        return SPINNER[self.spinner_at % len(SPINNER)] if face.style == "running" else face.glyph

    def _name(self, box: Box) -> Iterator[Segment]:
        face, runs = self.standing.face(box.path), self.standing.node(box.path).runs
        glyph = f" {self._glyph(face)} "
        count = " ⊞ " if box.is_folded else f" {min(runs, 999)}× " if runs else " "
        room = box.width - 2 - cell_len(glyph) - len(count)
        yield painted(glyph, self._styles[face.style])
        yield painted(set_cell_size(box.text, room), self._styles["dim" if self._is_dim(box) else "name"])
        yield painted(count, self._styles["label"])

    def _cell(self, box: Box) -> Iterator[Segment]:
        face = self.standing.face(box.path)
        glyph, is_selected = f"{self._glyph(face)} ", box.path == self.selected
        signs = f"{self.signs[box.path]} " if box.path in self.signs else ""
        room = box.width - cell_len(glyph) - len(signs) - len(face.word)
        style = "mark" if is_selected else "dim" if self._is_dim(box) else "name"
        yield painted(glyph, self._styles[face.style])
        yield painted(set_cell_size(box.text, room), self._styles[style])
        if signs:
            yield painted(signs, self._styles["sign"])
        yield painted(face.word, self._styles[face.style])

    def _subtitle(self, box: Box) -> Segment:
        text, style, is_tail = self.standing.under(box)
        room = box.width - 4
        shown = _tail(text, room) if is_tail else _head(text, room)
        return painted(f" {set_cell_size(shown, room)} ", self._styles[style])


def painted(text: str, style: Style) -> Segment:
    """A segment of text from outside."""
    # What comes from the layout is clean and stays as wide; this makes it so for every way in here.
    return Segment(clean(text), style)


def _said_left(border: str, choices: list[str]) -> str:
    for text in choices:
        end = 2 + len(text) + 2
        if end < len(border) and set(border[2:end]) == {"─"}:
            return f"{border[:2]} {text} {border[end:]}"
    return border


def _said_right(border: str, choices: list[str]) -> str:
    for text in choices:
        start = len(border) - len(text) - 4
        if start > 0 and set(border[start:-2]) == {"─"}:
            return f"{border[:start]} {text} {border[-2:]}"
    return border


def _sign_room(border: str, signs: str) -> tuple[int, int]:
    """From where to where the signs are on an upper border: with blanks around where lines leave room."""
    if set(border[2 : 4 + len(signs)]) == {"─"}:
        return 2, 4 + len(signs)
    end = 1
    while end <= len(signs) and border[end : end + 1] == "─":
        end += 1
    return 1, max(end, 2)


def _head(text: str, room: int) -> str:
    shown = one_line(text, _TAIL)
    return shown if cell_len(shown) <= room else f"{set_cell_size(shown, room - 1)}…"


def _tail(text: str, room: int) -> str:
    shown = one_line(text[-_TAIL:], _TAIL).strip()
    if cell_len(shown) <= room:
        return shown
    start = max(0, len(shown) - room + 1)
    while cell_len(shown[start:]) > room - 1:
        start += 1
    return f"…{shown[start:]}"
