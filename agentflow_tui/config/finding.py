"""A fault in the document before it has a place in the text."""

from __future__ import annotations

from dataclasses import dataclass

from agentflow_tui.config.problem import KeyPath, Severity


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong at a key path; `columns` narrow it to characters of a text, from 1, end exclusive.

    `at_key` marks the key itself as the fault, such as an unknown key, instead of its value.
    """

    severity: Severity
    path: KeyPath
    message: str
    hint: str = ""
    columns: tuple[int, int] | None = None
    at_key: bool = False
