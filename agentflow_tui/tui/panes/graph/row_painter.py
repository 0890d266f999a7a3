"""Rows of a layout, painted with where the run stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from agentflow_tui.history.run_state import NodeState, RunState
from agentflow_tui.plan.box import Box, Edge, Span
from agentflow_tui.plan.caption import caption, folded_caption
from agentflow_tui.plan.frame import title_bar
from agentflow_tui.plan.layout import Layout
from agentflow_tui.plan.node import Loop, Plan, children_of
from agentflow_tui.tui.panes.graph.face import SPINNER, Face, duration_of, face_of
from agentflow_tui.tui.panes.graph.light import Light, brightest, lights_of
from agentflow_tui.tui.safe_text import clean, one_line

_HEAVY = str.maketrans("╭╮╰╯─│├┤┬┴┼", "┏┓┗┛━┃┣┫┳┻╋")
_WAITING = NodeState()
_TAIL = 200
"""Characters of a text that streams in that are looked at: more than any box can show."""


class RowPainter:
    """Paints the rows of one layout; keeps each row until something in it changes."""

    def __init__(self, plan: Plan, layout: Layout, styles: Mapping[str, Style]) -> None:
        """Paint with `styles`, by the names of the pane's component classes without `graph--`."""
        self._plan, self._layout, self._styles = plan, layout, styles
        self._rows: dict[int, Strip] = {}
        self._state = RunState()
        self._lights = lights_of(layout.edges, {}, "idle")
        self.selected = ""
        self.spinner_at = 0

    def show(self, state: RunState) -> set[str] | None:
        """Take a new state; the answer is the paths that look different, or none when lines do, too."""
        before, self._state = self._state, state
        lights = lights_of(self._layout.edges, state.nodes, state.status)
        if lights != self._lights:
            self._lights = lights
            self._rows.clear()
            return None
        changed = {
            path
            for path in self._layout.boxes
            if state.nodes.get(path, _WAITING) != before.nodes.get(path, _WAITING)
        }
        if state.paused_path != before.paused_path:
            changed |= {before.paused_path, state.paused_path} & set(self._layout.boxes)
        # A folded fan-out counts its branches, which need not have boxes that changed with it.
        changed |= {path.rpartition("/")[0] for path in changed} & set(self._layout.boxes)
        for path in changed:
            self.forget(self._layout.boxes[path])
        return changed

    def forget(self, box: Box) -> None:
        """Paint a box's rows anew when they are asked for."""
        for y in range(box.y, box.y + box.height):
            self._rows.pop(y, None)

    def forget_row(self, y: int) -> None:
        """Paint one row anew when it is asked for."""
        self._rows.pop(y, None)

    def strip(self, y: int) -> Strip:
        """One row, as wide as the layout."""
        strip = self._rows.get(y)
        if strip is None:
            strip = self._rows[y] = Strip(list(self._segments(y)), self._layout.width)
        return strip

    def face(self, path: str) -> Face:
        """How a node looks now."""
        if path == self._state.paused_path and self._state.status == "paused":
            return face_of("paused")
        return face_of(self._node(path).status)

    def _node(self, path: str) -> NodeState:
        return self._state.nodes.get(path, _WAITING)

    def _segments(self, y: int) -> Iterator[Segment]:
        x = 0
        for span in self._layout.row(y):
            if span.x > x:
                yield _painted(" " * (span.x - x), self._styles["line"])
            yield from self._span(span, y)
            x = span.x + span.width
        yield _painted(" " * (self._layout.width - x), self._styles["line"])

    def _span(self, span: Span, y: int) -> Iterator[Segment]:
        if span.part in ("line", "label"):
            yield _painted(span.text, self._line_style(span.edges, is_label=span.part == "label"))
        elif span.part == "stub":
            yield _painted(span.text, self._styles["label"])
        else:
            box = self._layout.boxes[span.owner]
            if span.part == "inside":
                yield from self._inside(box, y)
            elif span.part == "title":
                yield self._title(box, span)
            else:
                yield self._border(box, span, y)

    def _line_style(self, edges: tuple[Edge, ...], *, is_label: bool) -> Style:
        light = brightest(edges, self._lights)
        return self._styles["label" if is_label and light is Light.PLAIN else light.value]

    def _border(self, box: Box, span: Span, y: int) -> Segment:
        text = span.text
        if y == box.y + box.height - 1 and span.x == box.x:
            text = self._with_word(box, text)
        if box.path != self.selected:
            return _painted(text, self._styles[self.face(box.path).style])
        return _painted(text.translate(_HEAVY), self._styles["selected"])

    def _with_word(self, box: Box, border: str) -> str:
        node, word = self._node(box.path), self.face(box.path).word
        choices = [f"{word} · {duration_of(node)}"] if duration_of(node) else []
        if box.is_folded and self._state.nodes:
            choices.insert(0, self._count(box.path))
        for text in (*choices, word):
            end = 2 + len(text) + 2
            if end < len(border) and set(border[2:end]) == {"─"}:
                return f"{border[:2]} {text} {border[end:]}"
        return border

    def _count(self, path: str) -> str:
        counts: dict[str, int] = {}
        for child in children_of(self._plan.nodes[path]):
            word = self.face(child.path).word
            counts[word] = counts.get(word, 0) + 1
        return " · ".join(f"{count} {word}" for word, count in counts.items())

    def _title(self, box: Box, span: Span) -> Segment:
        node, face = self._plan.nodes[box.path], self.face(box.path)
        if box.is_folded:
            text = folded_caption(node)
        else:
            iteration = self._node(box.path).iteration if isinstance(node, Loop) else None
            text = caption(node, iteration, span.width - 4)
        bar = set_cell_size(title_bar(f"{face.glyph} {text}", span.width - 2), span.width)
        if box.path == self.selected:
            return _painted(bar.translate(_HEAVY), self._styles["selected"])
        return _painted(bar, self._styles[face.style])

    def _inside(self, box: Box, y: int) -> Iterator[Segment]:
        if box.kind == "cell":
            yield from self._cell(box)
        elif y == box.y + 1:
            yield from self._name(box)
        else:
            yield self._subtitle(box)

    def _glyph(self, face: Face) -> str:
        return SPINNER[self.spinner_at % len(SPINNER)] if face.style == "running" else face.glyph

    def _name(self, box: Box) -> Iterator[Segment]:
        face, runs = self.face(box.path), self._node(box.path).runs
        glyph = f" {self._glyph(face)} "
        count = f" {min(runs, 999)}× " if runs else " "
        room = box.width - 2 - cell_len(glyph) - len(count)
        yield _painted(glyph, self._styles[face.style])
        yield _painted(set_cell_size(box.text, room), self._styles["name"])
        yield _painted(count, self._styles["label"])

    def _cell(self, box: Box) -> Iterator[Segment]:
        face = self.face(box.path)
        glyph, is_selected = f"{self._glyph(face)} ", box.path == self.selected
        room = box.width - cell_len(glyph) - len(face.word)
        yield _painted(glyph, self._styles[face.style])
        yield _painted(set_cell_size(box.text, room), self._styles["selected" if is_selected else "name"])
        yield _painted(face.word, self._styles[face.style])

    def _subtitle(self, box: Box) -> Segment:
        node, room = self._node(box.path), box.width - 4
        if node.status == "failed":
            text, style = _head(node.reason, room), "failed"
        else:
            text, style = _tail(node.subtitle, room), "label"
        return _painted(f" {set_cell_size(text, room)} ", self._styles[style])


def _painted(text: str, style: Style) -> Segment:
    # What comes from the layout is clean and stays as wide; this makes it so for every way in here.
    return Segment(clean(text), style)


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
