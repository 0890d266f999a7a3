"""How two texts differ, in a few lines for a dialog."""

from __future__ import annotations

from itertools import zip_longest

from textual.content import Content

from agentflow_tui.tui.safe_text import clean, one_line

_MOST = 3
_LONGEST = 44


def difference(here: str, on_disk: str | None) -> Content:
    """Return how many lines both texts have, and the first lines that differ; `None` cannot be read."""
    mine = here.split("\n")
    if on_disk is None:
        return Content.assemble(
            ("here     ", "$muted"), _lines(mine), ("\non disk  ", "$muted"), "cannot be read"
        )
    theirs = on_disk.split("\n")
    parts = [
        Content.assemble(("here     ", "$muted"), _lines(mine)),
        Content.assemble(("on disk  ", "$muted"), _lines(theirs)),
    ]
    differing = [
        (number, *pair) for number, pair in enumerate(zip_longest(mine, theirs), 1) if pair[0] != pair[1]
    ]
    for number, own, other in differing[:_MOST]:
        parts.append(Content.assemble((clean(f"line {number:d}"), "bold")))
        parts += [_line("here     ", own), _line("on disk  ", other)]
    if len(differing) > _MOST:
        parts.append(Content("… and more below"))
    return Content("\n").join(parts)


def _lines(lines: list[str]) -> Content:
    # A text that ends with a line break has no line after it.
    count = len(lines) - (lines[-1] == "")
    return Content(clean(f"{count:d} line{'s' * (count != 1)}"))


def _line(side: str, text: str | None) -> Content:
    shown = ("no such line", "$muted italic") if text is None else (one_line(text, _LONGEST) or "(empty)", "")
    return Content.assemble((clean(side), "$muted"), shown)
