"""How two versions of a file differ: line by line, with what is inserted told from what is changed."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import cached_property

from textual.content import Content

from agentflow_tui.tui.panes.inspector.side_by_side import MIN_WIDTH, side_by_side
from agentflow_tui.tui.panes.row import Row
from agentflow_tui.tui.safe_text import clean, one_line, plain

_CONTEXT = 2
_LONGEST_LINE = 10_000
_MOST_ALIGNED = 20_000
"""Lines; longer texts are compared as blocks, which is quick."""
_STYLES = {"-": "$diff-removed", "+": "$diff-added", " ": "$muted"}


class Difference:
    """What is typed here against what is on disk: `-` is only here, `+` only on disk."""

    def __init__(self, here: str, on_disk: str | None) -> None:
        """Take both texts; `None` cannot be read."""
        self.here, self.on_disk = here, on_disk

    @cached_property
    def _blocks(self) -> list[list[tuple[str, int, int, int, int]]]:
        """What differs, with a few lines around, in order."""
        mine, theirs = _lines(self.here), _lines(self.on_disk or "")
        # Comparing takes long for what is alike and long; most of that is before and after the change.
        head = max(_alike(mine, theirs) - _CONTEXT, 0)
        most = min(len(mine), len(theirs)) - head
        tail = max(min(_alike(mine[::-1], theirs[::-1]), most) - _CONTEXT, 0)
        middle = mine[head : len(mine) - tail], theirs[head : len(theirs) - tail]
        is_long = sum(map(len, middle)) > _MOST_ALIGNED
        matcher = SequenceMatcher(None, *middle, autojunk=is_long)
        return [
            [(tag, i1 + head, i2 + head, j1 + head, j2 + head) for tag, i1, i2, j1, j2 in group]
            for group in matcher.get_grouped_opcodes(_CONTEXT)
        ]

    @property
    def can_be_shown(self) -> bool:
        """Whether there is anything to look at."""
        return self.on_disk is not None and bool(self._blocks)

    def summary(self) -> Content:
        """How long both are, and how many lines only one of them has."""
        mine = Content.assemble(("here     ", "$muted"), _counted(_lines(self.here)))
        if self.on_disk is None:
            return Content.assemble(mine, ("\non disk  ", "$muted"), "cannot be read")
        gone = sum(i2 - i1 for tag, i1, i2, _, _ in self._changes() if tag != "insert")
        come = sum(j2 - j1 for tag, _, _, j1, j2 in self._changes() if tag != "delete")
        theirs = Content.assemble(("on disk  ", "$muted"), _counted(_lines(self.on_disk)))
        if gone:
            mine = Content.assemble(mine, (f"   - {gone:d} only here", _STYLES["-"]))
        if come:
            theirs = Content.assemble(theirs, (f"   + {come:d} only on disk", _STYLES["+"]))
        if self._blocks:
            return Content.assemble(mine, "\n", theirs)
        return Content.assemble(mine, "\n", theirs, "\nAll lines are alike; only line breaks differ.")

    def unified(self) -> Iterator[Content]:
        """The lines that differ, one below the other, with their numbers and a few lines around."""
        mine, theirs = _lines(self.here), _lines(self.on_disk or "")
        digits = len(str(max(len(mine), len(theirs))))
        before = 0
        for group in self._blocks:
            if hidden := group[0][1] - before:
                yield Content.styled(f"⋯ {hidden:d} line{'s' * (hidden != 1)} alike", "$muted")
            for tag, i1, i2, j1, j2 in group:
                if tag == "equal":
                    yield from (_row(" ", number, mine[number], digits) for number in range(i1, i2))
                    continue
                yield from (_row("-", number, mine[number], digits) for number in range(i1, i2))
                yield from (_row("+", number, theirs[number], digits) for number in range(j1, j2))
            before = group[-1][2]
        if self._blocks and (hidden := len(mine) - before):
            yield Content.styled(f"⋯ {hidden:d} line{'s' * (hidden != 1)} alike", "$muted")

    def rows(self, width: int) -> list[Row]:
        """All of it for so many cells: side by side where there is room, else one below the other."""
        if width < MIN_WIDTH:
            return [Row(content) for content in self.unified()]
        column = (width - 3) // 2
        heading = Content.assemble(
            (clean("here".ljust(column)), "bold"), (" │ ", "$muted"), ("on disk", "bold")
        )
        shown = side_by_side(self.here, self.on_disk or "", width, value=None, key=())
        return [Row(heading, is_wrapped=False), *shown]

    def _changes(self) -> Iterator[tuple[str, int, int, int, int]]:
        return (step for group in self._blocks for step in group if step[0] != "equal")


def _lines(text: str) -> list[str]:
    # A text that ends with a line break has no line after it.
    lines = text.replace("\r\n", "\n").split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def _alike(mine: list[str], theirs: list[str]) -> int:
    """How many lines at the beginning are the same."""
    pairs = enumerate(zip(mine, theirs, strict=False))
    return next((place for place, (one, other) in pairs if one != other), min(len(mine), len(theirs)))


def _counted(lines: list[str]) -> Content:
    return Content(clean(f"{len(lines):d} line{'s' * (len(lines) != 1)}"))


def _row(sign: str, number: int, line: str, digits: int) -> Content:
    lead = f"{sign} {number + 1:>{digits}d}  "
    shown = plain(one_line(line, _LONGEST_LINE))
    return Content.assemble((clean(lead), _STYLES[sign]), shown.stylize(_STYLES[sign]))
