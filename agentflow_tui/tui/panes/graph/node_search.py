"""Looking for a node by its name."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.events import Key
from textual.strip import Strip

from agentflow_tui.plan.caption import caption
from agentflow_tui.plan.node import Plan, walk
from agentflow_tui.tui.keymap.named_keys import with_keys
from agentflow_tui.tui.safe_text import one_line

_LONGEST = 60


class NodeSearch:
    """A line to type in, and the nodes that match what was typed, in declared order."""

    def __init__(self) -> None:
        """Start closed."""
        self.is_open = False
        self.is_typing = False
        self.needle = ""
        self.found: tuple[str, ...] = ()
        self._place = 0

    def open(self) -> None:
        """Begin to type; what was looked for before is gone."""
        self.is_open = self.is_typing = True
        self.needle, self.found, self._place = "", (), 0

    def close(self) -> None:
        """Look for nothing any more."""
        self.is_open = self.is_typing = False

    def take(self, event: Key, plan: Plan) -> bool:
        """Use a key while one types; true when it was used."""
        if event.key == "escape":
            self.close()
        elif not self.is_typing:
            return False
        elif event.key == "enter":
            self.is_typing = False
        elif event.key in ("backspace", "ctrl+h"):
            self._look_for(self.needle[:-1], plan)
        elif event.is_printable and event.character is not None:
            self._look_for((self.needle + event.character)[:_LONGEST], plan)
        return True

    def move(self, step: int) -> None:
        """Go to the next match or the one before, round and round."""
        if self.found:
            self._place = (self._place + step) % len(self.found)

    @property
    def current(self) -> str:
        """Path of the match that one is at, or empty."""
        return self.found[self._place] if self.found else ""

    def line(self, width: int, style: Style) -> Strip:
        """The line at the bottom of the pane."""
        count = f"{self._place + 1}/{len(self.found)}" if self.found else "no match" if self.needle else ""
        keys = (
            "enter · esc"
            if self.is_typing
            else with_keys("{graph.next_match} {graph.previous_match} next/previous · esc")
        )
        text = one_line(f"/{self.needle}{'▏' if self.is_typing else ''}  {count}  {keys}", width)
        return Strip([Segment(text, style)]).adjust_cell_length(width, style)

    def _look_for(self, needle: str, plan: Plan) -> None:
        self.needle, self._place = needle, 0
        folded = needle.casefold()
        names = ((node.path, caption(node).casefold()) for node in walk(plan.root))
        self.found = tuple(path for path, name in names if needle and folded in name)
