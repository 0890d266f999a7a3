"""Doing without colours, for those who set `NO_COLOR` (https://no-color.org)."""

from __future__ import annotations

from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

_CLEARLY = 1.3
"""So many times lighter or darker a background is that stands for something: a cursor, a selection."""


class Colourless(LineFilter):
    """Takes all colours away; what stood out by its background is shown in reverse."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same texts without colours, on a widget with this background."""
        return [
            Segment(text, None if style is None else _without(style, background), control)
            for text, style, control in segments
        ]


@lru_cache(4096)
def _without(style: Style, background: Color) -> Style:
    stands_out = style.bgcolor is not None and _differs(Color.from_rich_color(style.bgcolor), background)
    return style.without_color + Style(reverse=True) if stands_out else style.without_color


def _differs(one: Color, other: Color) -> bool:
    darker, lighter = sorted((one.brightness + 0.05, other.brightness + 0.05))
    return lighter / darker >= _CLEARLY
