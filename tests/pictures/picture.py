"""A screen as an SVG that says each thing once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from textual.pilot import Pilot

CELL, ROW = 12.2, 24.4
"""How wide a cell and how high a row is in Rich's pictures, in pixels."""
FONT = "'Fira Code','DejaVu Sans Mono',monospace"

_STYLE = re.compile(r"\.terminal-\d+-(r\d+) \{ (.*?) \}")
_TEXT = re.compile(
    r'<text class="terminal-\d+-(r\d+)" x="([\d.]+)" y="[\d.]+" textLength="([\d.]+)" '
    r'clip-path="url\(#terminal-\d+-line-(\d+)\)">(.*?)</text>',
    re.DOTALL,
)
_FILL = re.compile(r'<rect fill="(#\w+)" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="[\d.]+"')


class Picture:
    """What is on the screen now, in a fifth of the room of Textual's own SVG.

    Styles, texts and backgrounds are Rich's, to the letter; backgrounds are one path for each colour in
    units of cells, a row's texts are one element, and the frame of a window, the clipping of each line and
    the address of a font on the network are left out.
    """

    def __init__(self, pilot: Pilot[Any]) -> None:
        self.width, self.height = pilot.app.size
        self._svg = pilot.app.export_screenshot(simplify=True)

    def __str__(self) -> str:
        """Return the SVG: a line for each style, for each colour behind text, and for each row of text."""
        width, height = self.width * CELL, self.height * ROW
        lines = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}">',
            "<style>",
            f"text{{font-family:{FONT};font-size:20px;white-space:pre}}",
            *(f".{name}{{{style}}}" for name, style in _STYLE.findall(self._svg)),
            "</style>",
            f'<g transform="scale({CELL} {ROW})" shape-rendering="crispEdges">',
            *(f'<path fill="{colour}" d="{path}"/>' for colour, path in self._fills().items()),
            "</g>",
            *self._rows(),
            "</svg>",
        ]
        return "\n".join(lines) + "\n"

    def _fills(self) -> dict[str, str]:
        runs: dict[str, list[tuple[int, int, int]]] = {}
        for colour, x, y, width in _FILL.findall(self._svg):
            left, row, cells = (
                round(float(x) / CELL),
                round((float(y) - 1.5) / ROW),
                round(float(width) / CELL),
            )
            spans = runs.setdefault(colour, [])
            if spans and spans[-1][0] == row and spans[-1][1] + spans[-1][2] == left:
                left, cells = spans[-1][1], spans.pop()[2] + cells
            spans.append((row, left, cells))
        return {
            colour: "".join(f"M{left} {row}h{cells}v1h-{cells}z" for row, left, cells in spans)
            for colour, spans in runs.items()
        }

    def _rows(self) -> Iterator[str]:
        rows: dict[int, list[str]] = {}
        for style, x, width, row, text in _TEXT.findall(self._svg):
            if text != "\n":
                plain = text.replace("&#160;", "\u00a0")
                span = f'<tspan class="{style}" x="{x}" textLength="{width}">{plain}</tspan>'
                rows.setdefault(int(row), []).append(span)
        for row, spans in rows.items():
            yield f'<text y="{row * ROW + 20:g}">{"".join(spans)}</text>'
