"""Texts with a lead before each, whose further lines begin below the text and not below the lead."""

from __future__ import annotations

from textual.content import Content
from textual.css.styles import RulesMap
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual


class Hanging(Visual):
    """Pairs of lead and text, one below the other; all of it went through the door already."""

    def __init__(self, *parts: tuple[Content, Content]) -> None:
        """Take the pairs; a lead is one line and narrow."""
        self._parts = parts

    def __str__(self) -> str:
        """Return it without styles, a line for each pair."""
        return "\n".join(f"{lead.plain}{text.plain}" for lead, text in self._parts)

    def render_strips(
        self, width: int, height: int | None, style: Style, options: RenderOptions
    ) -> list[Strip]:
        """Return the lines within `width` cells, at most `height` of them."""
        strips: list[Strip] = []
        for lead, text in self._parts:
            first = lead.render_strips(lead.cell_length, 1, style, options)
            blank = Strip.blank(lead.cell_length, style.rich_style)
            room = _room(lead, width)
            for strip in text.render_strips(room, None, style, options):
                strips.append(Strip.join([*(first or [blank]), strip]))
                first = []
        return strips[:height]

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        """Return the cells of the longest line that is not broken."""
        return max(
            (lead.cell_length + text.get_optimal_width(rules, container_width) for lead, text in self._parts),
            default=0,
        )

    def get_height(self, rules: RulesMap, width: int) -> int:
        """Return the lines that it has within `width` cells."""
        return sum(text.get_height(rules, _room(lead, width)) for lead, text in self._parts)


def _room(lead: Content, width: int) -> int:
    return max(1, width - lead.cell_length)
