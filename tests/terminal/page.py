"""What a terminal shows after it was sent the bytes of a program."""

from __future__ import annotations

import re

from rich.cells import cell_len

_PART = re.compile(
    r"\x1b\[(?P<place>[0-9;]*)H|(?P<clear>\x1b\[2J)|\x1b\[[<=>?]?[0-9;:]*[ -/]*[@-~]|\x1b[^\[]"
    r"|(?P<return>\r)|(?P<line>\n)|(?P<letter>[^\x00-\x1f\x7f])"
)


class Page:
    """As many rows as the terminal has; knows the few sequences that a full-screen program uses."""

    def __init__(self, size: tuple[int, int], seen: bytes) -> None:
        self._width, self._height = size
        self._clear()
        x = y = 0
        for part in _PART.finditer(seen.decode(errors="replace")):
            if part["place"] is not None:
                row, _, column = part["place"].partition(";")
                x, y = int(column or 1) - 1, int(row or 1) - 1
            elif part["clear"]:
                self._clear()
            elif part["return"]:
                x = 0
            elif part["line"]:
                y += 1
            elif part["letter"]:
                wide = cell_len(part["letter"])
                # What was still on its way for another size has no place.
                if y < self._height and x + wide <= self._width:
                    self._cells[y][x : x + wide] = [part["letter"], *[""] * (wide - 1)]
                x += wide

    def _clear(self) -> None:
        self._cells = [[" "] * self._width for _ in range(self._height)]

    @property
    def rows(self) -> list[str]:
        return ["".join(cells) for cells in self._cells]

    @property
    def text(self) -> str:
        return "\n".join(self.rows)
