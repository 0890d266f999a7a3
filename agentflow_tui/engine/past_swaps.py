"""The configs that a run went over to, taken over again where it did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from agentflow_tui.engine.swap import Swap
from agentflow_tui.history.event import HistoryEvent
from agentflow_tui.history.resume import EDIT_PATH, told_before
from agentflow_tui.history.swap_event import FlowSwapped

if TYPE_CHECKING:
    from agentflow_tui.engine.control import Control


class PastSwaps:
    """Hands each config to the control when the run stands before the iteration that began with it."""

    def __init__(self, past: Sequence[HistoryEvent], swaps: Sequence[Swap]) -> None:
        """Take a history and its configs, one for each time that a loop went over to one.

        Raises:
            ValueError: There are more of the one than of the other.
        """
        due = (
            after
            for event, after in zip(past, told_before(past), strict=True)
            if isinstance(event, FlowSwapped) and event.path != EDIT_PATH
        )
        self._due = list(zip(due, swaps, strict=True))

    def hand_over(self, told: int, control: Control) -> None:
        """Go on to the next config when so many events were told again."""
        while self._due and told >= self._due[0][0]:
            control.swap = self._due.pop(0)[1]
