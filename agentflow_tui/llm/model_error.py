"""The one exception that model back ends raise, with the way out."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

Category = Literal["timeout", "network", "llm", "rate_limit", "auth", "validation", "resource", "unknown"]


_CATEGORIES: dict[int, Category] = {
    401: "auth",
    403: "auth",
    407: "auth",
    408: "timeout",
    429: "rate_limit",
    503: "rate_limit",
    504: "timeout",
}
_FIRST_CLIENT_ERROR, _FIRST_SERVER_ERROR = 400, 500


def category_of_status(status: int) -> Category:
    """Return the category of an HTTP status; 503 is a full server, which is worth another try like 429."""
    if status in _CATEGORIES:
        return _CATEGORIES[status]
    return "validation" if _FIRST_CLIENT_ERROR <= status < _FIRST_SERVER_ERROR else "llm"


def retry_after_seconds(header: str | None) -> float | None:
    """Read a `Retry-After` header, seconds or a date (RFC 9110 §10.2.3); `None` for anything else."""
    if not header:
        return None
    try:
        seconds = float(header)
    except ValueError:
        try:
            when = parsedate_to_datetime(header)
        except (ValueError, OverflowError):
            return None
        seconds = (when.replace(tzinfo=when.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    # "nan" and "inf" are numbers to float, but no time to wait.
    return max(0.0, seconds) if seconds < float("inf") else None


class ModelError(Exception):
    """A model could not be asked, or did not answer properly.

    `category` decides whether the engine retries (semantics §5), `hint` is what the user can do about it,
    with the exact command where there is one, and `retry_after` is the server's own wish in seconds.
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
