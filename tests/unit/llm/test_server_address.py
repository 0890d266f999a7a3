from __future__ import annotations

import pytest

from agentflow_tui.llm.model_error import ModelError, category_of_status, retry_after_seconds
from agentflow_tui.llm.server_address import ServerAddress

LOCAL = "http://127.0.0.1:11434"


@pytest.mark.parametrize(
    ("text", "url", "is_loopback"),
    [
        ("127.0.0.1", LOCAL, True),
        ("  127.0.0.1 ", LOCAL, True),
        ("0.0.0.0", LOCAL, True),
        ("0.0.0.0:8080", "http://127.0.0.1:8080", True),
        (":5678", "http://127.0.0.1:5678", True),
        ("localhost", "http://localhost:11434", True),
        ("::1", "http://[::1]:11434", True),
        ("[::1]", "http://[::1]:11434", True),
        ("[::]:80", "http://[::1]:80", True),
        ("http://gpu", "http://gpu:80", False),
        ("https://gpu", "https://gpu:443", False),
        ("https://gpu:1/", "https://gpu:1", False),
        ("gpu.example:8080/ollama/", "http://gpu.example:8080/ollama", False),
        ("http://user:secret@gpu:1", "http://gpu:1", False),
        ("10.0.0.1", "http://10.0.0.1:11434", False),
    ],
)
def test_addresses_are_read_as_people_write_them(text: str, url: str, is_loopback: bool) -> None:
    assert ServerAddress.parse(text, bare_port=11434, key="x") == ServerAddress(url, is_loopback)


@pytest.mark.parametrize(
    "text",
    [
        "1.2.3.4:99999",
        "ftp://gpu",
        "a b",
        "http://h?x=1",
        "[::1",
        "gpu:port",
        "http://[::]@]",
        r"https://gpu\.openai.azure.com",
        r"http://gpu\[::1]",
    ],
)
def test_anything_else_names_the_setting_and_not_the_text(text: str) -> None:
    with pytest.raises(ModelError) as caught:
        ServerAddress.parse(text, bare_port=1, key="OLLAMA_HOST")
    assert caught.value.category == "validation"
    assert "OLLAMA_HOST" in caught.value.message
    assert text not in caught.value.message


@pytest.mark.parametrize(
    ("status", "category"),
    [
        (400, "validation"),
        (401, "auth"),
        (404, "validation"),
        (429, "rate_limit"),
        (500, "llm"),
        (503, "rate_limit"),
    ],
)
def test_statuses_have_categories(status: int, category: str) -> None:
    assert category_of_status(status) == category


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("3", 3.0),
        ("0.5", 0.5),
        ("-1", 0.0),
        (None, None),
        ("", None),
        ("soon", None),
        ("nan", None),
        ("inf", None),
        ("Mon, 01 Jan 99999999999999999999 00:00:00 GMT", None),
    ],
)
def test_retry_after(header: str | None, seconds: float | None) -> None:
    assert retry_after_seconds(header) == seconds


def test_retry_after_as_a_date() -> None:
    assert retry_after_seconds("Wed, 21 Oct 2015 07:28:00 GMT") == 0.0
    distant = retry_after_seconds("Fri, 31 Dec 9999 23:59:59 GMT")
    assert distant is not None and distant > 1e9
