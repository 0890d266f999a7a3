"""The options of `fork` that change the state it goes on with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agentflow_tui.cli.exit_code import USAGE
from agentflow_tui.cli.printer import complain

if TYPE_CHECKING:
    from agentflow_tui.history.event import HistoryEvent
    from agentflow_tui.workbench.departure import Departure

SetOption = Annotated[
    list[str] | None, typer.Option("--set", help="key=value of the state there; may be repeated.")
]
SetMetaOption = Annotated[
    list[str] | None, typer.Option("--set-meta", help="key=value of its metadata; may be repeated.")
]
UnsetOption = Annotated[
    list[str] | None, typer.Option("--unset", help="A key to take away; may be repeated.")
]
BranchOption = Annotated[
    str, typer.Option("--branch", help="Whose state: the path of a branch of the open parallel phase.")
]


@dataclass(frozen=True, slots=True)
class StateEdits:
    """What a person changes of a state, and whose state it is."""

    data: dict[str, Any]
    """By key; `REMOVED` takes it away."""
    metadata: dict[str, str]
    branch: str

    @classmethod
    def read(
        cls, values: list[str] | None, metas: list[str] | None, removed: list[str] | None, branch: str
    ) -> StateEdits:
        """Read what was typed; ends the command when it cannot be read."""
        from agentflow_tui.cli.event_input import InputError, read_meta, read_pairs
        from agentflow_tui.workbench.departure import REMOVED

        try:
            data = read_pairs(values or (), "--set") | dict.fromkeys(removed or (), REMOVED)
            return cls(data, read_meta(metas or (), "--set-meta"), branch)
        except InputError as error:
            complain(f"✗ {error}")
            raise typer.Exit(USAGE) from error

    def departure(self, history: Sequence[HistoryEvent], at_seq: int) -> Departure:
        """Return where a run leaves a history with these edits.

        Raises:
            NotReadyError: As `Departure.make`.
        """
        from agentflow_tui.workbench.departure import Departure

        return Departure.make(history, at_seq, edits=self.data, meta_edits=self.metadata, branch=self.branch)
