"""Categories of failures (semantics §5, §9)."""

from __future__ import annotations

import pytest

from agentflow_tui.engine.errors import AgentError, AgentRateLimitError, categorize, error_hint, error_text

CASES: dict[str, tuple[BaseException, str]] = {
    "own": (AgentError("timeout", category="auth"), "auth"),
    "subclass": (AgentRateLimitError("network"), "rate_limit"),
    "type before words": (ConnectionResetError("timeout"), "network"),
    "timeout type": (TimeoutError("validation"), "timeout"),
    "permission": (PermissionError("x"), "auth"),
    "memory": (MemoryError(), "resource"),
    "value": (ValueError("network"), "validation"),
    "words": (RuntimeError("Rate Limit reached"), "rate_limit"),
    "auth words": (RuntimeError("401 Unauthorized"), "auth"),
    "disk": (OSError("No space left on device"), "resource"),
    "nothing": (RuntimeError("hm"), "unknown"),
}


@pytest.mark.parametrize("name", CASES)
def test_category(name: str) -> None:
    error, category = CASES[name]
    assert categorize(error) == category


def test_a_category_that_does_not_exist_does_not_count() -> None:
    error = RuntimeError("network is down")
    error.category = "weather"  # type: ignore[attr-defined]
    assert categorize(error) == "network"


class _Text(str):
    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        raise ValueError("no comparing")

    def __hash__(self) -> int:
        raise ValueError("no looking up")


def test_texts_of_a_class_of_the_users_become_plain() -> None:
    error = RuntimeError("x")
    error.category, error.hint = _Text("llm"), _Text("ask \ud800")  # type: ignore[attr-defined]
    assert categorize(error) == "llm"
    assert error_hint(error) == "ask ?"
    assert [type(error_hint(error)), type(error_text(RuntimeError(_Text("y"))))] == [str, str]
