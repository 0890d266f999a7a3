"""The longest answer that is taken from a model server: a broken one must not fill the memory."""

from __future__ import annotations

from agentflow_tui.llm.model_error import ModelError

MAX_CHARACTERS = 10_000_000
"""Of one answer's text; no model writes a tenth of it."""
MAX_PIECE_BYTES = 10_000_000
"""Of one line or event of a stream, which clients read whole before they give a part of it."""


class AnswerLimit:
    """Counts one answer's text."""

    def __init__(self, who: str) -> None:
        """`who` names the server in the error."""
        self._who = who
        self._characters = 0

    def take(self, text: str) -> str:
        """Return the text; raises `ModelError` (resource) when the answer has grown too long."""
        self._characters += len(text)
        if self._characters > MAX_CHARACTERS:
            raise ModelError(
                f"{self._who} answered with more than {MAX_CHARACTERS:,} characters",
                category="resource",
                hint="set max_tokens in [llm], or ask for a shorter answer",
            )
        return text


def piece_error(who: str) -> ModelError:
    """Return the error for a line of a stream that does not end."""
    return ModelError(
        f"{who} sent more than {MAX_PIECE_BYTES // 1_000_000} MB without the end of a line",
        category="resource",
        hint="check base_url: is it a model server that answers there?",
    )
