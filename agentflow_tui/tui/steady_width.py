"""Characters that terminals draw in widths of their own, painted so that each takes the cells we count on."""

from __future__ import annotations

import re
from functools import lru_cache

from rich.cells import get_character_cell_size, split_graphemes
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

# Joiner, variation selectors, key cap, skin tones.
_UNSTEADY = re.compile("[\u200d\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff]")


class SteadyWidth(LineFilter):
    """Leaves the first sign of what is joined from several, and fills up its cells.

    Whether a terminal joins them, and how wide that is, differs: a frame to the right of it would stand out.
    Only what is painted changes; what is copied or written is the text itself.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002
        """Return the segments of a line with such characters replaced, each as wide as before."""
        return [_steady(each) if _UNSTEADY.search(each.text) else each for each in segments]


def _steady(segment: Segment) -> Segment:
    return Segment(steady_text(segment.text), segment.style, segment.control)


@lru_cache(maxsize=1024)
def steady_text(text: str) -> str:
    """Return a text that takes as many cells in every terminal as this one should take."""
    parts = []
    for start, end, width in split_graphemes(text)[0]:
        sign = text[start:end]
        if _UNSTEADY.search(sign) and end - start > 1:
            own = get_character_cell_size(sign[0])
            sign = sign[0] + " " * (width - own) if own <= width else " " * width
        elif not width:
            sign = ""
        parts.append(sign)
    return "".join(parts)
