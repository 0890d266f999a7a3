"""Texts that are not for reading: encoded files and bytes."""

from __future__ import annotations

import re

_SAMPLE = 4_096
_SHORTEST = 256
_NOISE = 0.1
_DATA = re.compile(r"data:([\w.+-]+/[\w.+-]+)?(?:;[\w.=-]+)*;base64,")
_BASE64 = re.compile(r"[A-Za-z0-9+/_\r\n-]+={0,2}\s*")


def binary_kind(text: str) -> str:
    """Return what a text holds when it is not for reading, in words; empty for any other text."""
    sample = text[:_SAMPLE]
    if found := _DATA.match(sample):
        return f"{found[1] or 'data'} in base64, about {_size((len(text) - found.end()) * 3 // 4)}"
    noise = sum(1 for char in sample if (char < " " and char not in "\t\n\r\f\x1b") or char == "\ufffd")
    if "\0" in sample or noise > _NOISE * len(sample):
        return f"binary, {_size(len(text))}"
    if len(text) >= _SHORTEST and _BASE64.fullmatch(sample) and _is_mixed(sample):
        return f"base64, about {_size(len(text) * 3 // 4)}"
    return ""


def _is_mixed(sample: str) -> bool:
    # A long word or a line of dashes is made of the same characters.
    tests = (str.isupper, str.islower, str.isdecimal)
    return all(any(map(test, sample)) for test in tests) and len(set(sample)) > len("0123456789abcdef")


def _size(count: int) -> str:
    for unit in ("bytes", "kB"):
        if count < 1_000:  # noqa: PLR2004
            return f"{count} {unit}"
        count //= 1_000
    return f"{count} MB"
