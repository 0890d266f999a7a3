"""Where a long line of text is broken so that it fits a width."""

from __future__ import annotations

from rich.cells import cell_len

_LONGEST_WORD = 40


def line_breaks(text: str, width: int, hanging: int = 0) -> tuple[int, ...]:
    """Return the offsets at which `text`, without line breaks, continues on the next line; none if it fits.

    Breaks after a space when one is near, else anywhere; every character stays, so offsets are all one
    needs. Characters of double width count as two cells. Lines after the first are `hanging` cells shorter.
    """
    width = max(width, 2)
    is_narrow = text.isascii()
    if (len(text) if is_narrow else cell_len(text)) <= width:
        return ()
    breaks: list[int] = []
    start = 0
    while True:
        end = start + width if is_narrow else _fitting(text, start, width)
        if end >= len(text):
            return tuple(breaks)
        space = text.rfind(" ", max(start + 1, end - _LONGEST_WORD), end + 1)
        start = space + 1 if space > 0 else end
        if start >= len(text):
            return tuple(breaks)
        if not breaks:
            width = max(width - hanging, 2)
        breaks.append(start)


def _fitting(text: str, start: int, width: int) -> int:
    end = min(start + width, len(text))
    while end > start + 1 and cell_len(text[start:end]) > width:
        # Half of what is too much is never too little: no character is wider than two cells.
        end -= max(1, (cell_len(text[start:end]) - width) // 2)
    return end
