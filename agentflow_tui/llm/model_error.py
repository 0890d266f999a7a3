"""The one exception that model back ends raise, with the way out."""

from __future__ import annotations

from typing import Literal

Category = Literal["timeout", "network", "llm", "rate_limit", "auth", "validation", "resource", "unknown"]


class ModelError(Exception):
    """A model could not be asked, or did not answer properly.

    `category` decides whether the engine retries (semantics §5), `hint` is what the user can do about it, with the
    exact command where there is one, and `retry_after` is the server's own wish in seconds.
    """

    def __init__(
        self, message: str, *, category: Category, hint: str, retry_after: float | None = None
    ) -> None:
        """Keep the text, which must hold no secret, and the three facts."""
        super().__init__(message)
        self.message = message
        self.category: Category = category
        self.hint = hint
        self.retry_after = retry_after
