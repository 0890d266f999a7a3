"""What can go wrong in an agent run, sorted into the categories of semantics §5 and §9."""

from __future__ import annotations

CATEGORIES = ("validation", "timeout", "network", "llm", "rate_limit", "auth", "resource", "unknown")


class AgentError(Exception):
    """An agent did not do what an agent does, or said itself that it failed.

    `category` is one of `CATEGORIES`; `hint` is the way out, when one is known; `retry_after` is how long
    the other side wants to be left alone, in seconds. A Python handler may raise it, or one of its
    subclasses, to say what kind of failure it is.
    """

    category = "validation"

    def __init__(
        self,
        message: str,
        *,
        category: str | None = None,
        hint: str = "",
        retry_after: float | None = None,
    ) -> None:
        """Keep the text, and the category when it differs from the class's own."""
        super().__init__(message)
        if category is not None:
            self.category = category
        self.hint = hint
        self.retry_after = retry_after


class AgentTimeoutError(AgentError):
    """An agent took longer than it may."""

    category = "timeout"


class AgentNetworkError(AgentError):
    """Something on the network was not reached."""

    category = "network"


class AgentModelError(AgentError):
    """A language model failed or answered with nonsense."""

    category = "llm"


class AgentRateLimitError(AgentError):
    """A service asked for fewer requests."""

    category = "rate_limit"


class AgentAuthError(AgentError):
    """A key or a permission is missing or wrong."""

    category = "auth"


class AgentResourceError(AgentError):
    """Memory, disk or another resource ran out."""

    category = "resource"


class HookNameError(ValueError):
    """A callback needs a name of its own on its hook (semantics §6)."""


class NodeFailed(Exception):  # the way out of a plan, caught by whoever tolerates it
    """A node of the plan ended badly; its text is for a person."""

    def __init__(
        self, message: str, *, category: str, hint: str = "", agent: str = "", cause: str = ""
    ) -> None:
        """Keep the text and the facts; `agent` is who failed, `cause` its own words."""
        super().__init__(message)
        self.message = message
        self.category = category
        self.hint = hint
        self.agent = agent
        self.cause = cause or message


_BY_TYPE: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((TimeoutError,), "timeout"),
    ((PermissionError,), "auth"),
    ((ConnectionError,), "network"),
    ((MemoryError, RecursionError), "resource"),
    ((ValueError, TypeError, KeyError), "validation"),
)

_BY_WORDS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("rate limit", "rate_limit", "ratelimit", "too many requests", "429"), "rate_limit"),
    (("timeout", "timed out", "deadline exceeded"), "timeout"),
    (("unauthorized", "unauthorised", "forbidden", "authentication", "api key", "401", "403"), "auth"),
    (("network", "connection", "unreachable", "dns", "refused"), "network"),
    (("validation", "invalid"), "validation"),
    (("llm", "language model"), "llm"),
    (("out of memory", "no space left", "disk full", "quota"), "resource"),
)


def categorize(error: BaseException) -> str:
    """The category of an exception: what it says itself, then its type, then the words of its text.

    One of `CATEGORIES`; words count in any case; `unknown` when nothing fits (semantics §5).
    """
    own = said_by(error, "category")
    if isinstance(own, str) and (own := plain_text(own)) in CATEGORIES:
        return own
    kind = type(error)
    for types, category in _BY_TYPE:
        if issubclass(kind, types):
            return category
    text = error_text(error).lower()
    for words, category in _BY_WORDS:
        if any(word in text for word in words):
            return category
    return "unknown"


MAX_TEXT = 100_000
"""So many characters of an exception's text are kept: it is in the history several times."""


def error_text(error: BaseException) -> str:
    """The text of an exception, or its type's name when it has none; never raises.

    What is longer than `MAX_TEXT` is cut, and says so.
    """
    try:
        text = str.__str__(str(error))
        if len(text) > MAX_TEXT:
            text = f"{text[:MAX_TEXT]}… ({len(text)} characters)"
        text = plain_text(text)
    except BaseException:  # a hostile __str__ may raise anything at all
        text = ""
    return text or plain_text(type(error).__name__)


def error_hint(error: BaseException) -> str:
    """The way out that an exception carries, or an empty text; never raises."""
    hint = said_by(error, "hint")
    return plain_text(hint) if isinstance(hint, str) else ""


def said_by(error: BaseException, name: str) -> object:
    """What an exception carries under a name, or none; never raises."""
    try:
        return getattr(error, name, None)
    except BaseException:  # a property of the user's may raise anything at all
        return None


def a_kind_of(value: object) -> str:
    """The type of a value in words: `a str`, `an int`."""
    name = type(value).__name__
    return f"an {name}" if name[:1] in "aeioAEIO" else f"a {name}"


def plain_text(text: str) -> str:
    """The same text as one that can be kept: of no class of the user's, with no half characters."""
    return str.encode(text, "utf-8", "replace").decode()
