"""The text of a flow as it was kept with a run: without its secrets."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from agentflow_tui.config.flow_text import FlowTextError, parse_flow_text
from agentflow_tui.workbench.not_ready import NotReadyError
from agentflow_tui.workbench.redaction import MASK, masked_in


@dataclass(frozen=True, slots=True)
class StoredText:
    """May hold the mask in place of keys that stood in the file."""

    text: str

    @property
    def missing(self) -> tuple[str, ...]:
        """The keys, dotted, whose values are masked."""
        if MASK not in self.text:
            return ()
        try:
            return tuple(masked_in(parse_flow_text(self.text)))
        except FlowTextError:
            # Whoever checks the text says what is wrong with it.
            return ()

    def whole(self, others: Iterable[str], redacted: Callable[[str], str]) -> str:
        """Return the text with its secrets, from the first of `others` that is the same text but for them.

        `redacted` takes the secrets out of one of those, as it was done before this text was kept.

        Raises:
            NotReadyError: None of them is; a mask is never sent to a model in place of a key.
        """
        missing = self.missing
        if not missing:
            return self.text
        for other in others:
            if other == self.text or redacted(other) == self.text:
                return other
        raise NotReadyError(
            f"the text kept with this run is without its secrets: {', '.join(missing)}",
            hints=(
                "open the flow's file as it was: its secrets are taken from there",
                "or go on with another text (R on the screen, --flow FILE) that has them,",
                'best by a variable: api_key_env = "OPENAI_API_KEY"',
            ),
        )
