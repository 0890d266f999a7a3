"""What stands where the graph will be."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip

from agentflow_tui.tui.keymap.named_keys import with_keys
from agentflow_tui.tui.safe_text import clean

NO_PLAN = (
    "No graph yet",
    "",
    "Fix the problems to see the graph: {pane.editor} goes to the editor, {problem.next} to "
    "the next problem.",
)
NOT_RUN = ("Nothing ran yet", "", "Here is what ran, once something did; {graph.ran} goes back to the plan.")


def empty_line(words: Sequence[str], y: int, size: Size, style: Style) -> Strip:
    """One row of the text in the middle of a pane that has nothing to draw."""
    lines = [part for line in map(with_keys, words) for part in (wrap(line, max(1, size.width - 2)) or [""])]
    place = y - max(0, (size.height - len(lines)) // 2)
    text = lines[place].center(size.width) if 0 <= place < len(lines) else ""
    return Strip([Segment(clean(text), style)]).adjust_cell_length(size.width, style)
