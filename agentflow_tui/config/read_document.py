"""A parsed document made into a `Flow`, and what does not fit."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from agentflow_tui.conditions import parse_condition
from agentflow_tui.config.finding import Finding
from agentflow_tui.config.flow import Flow
from agentflow_tui.config.problem import KeyPath
from agentflow_tui.config.type_finding import type_finding, unknown_key

_ROUNDS = 12
_NEVER = parse_condition("false")


def read_document(document: dict[str, Any]) -> tuple[Flow | None, list[Finding]]:
    """Read a document into a `Flow`, leaving out what is unknown or wrong, with a finding for each of these.

    So the rest can be checked and drawn although a part is wrong; the flow is fit to run only without an
    error among the findings. No flow comes back when nothing sensible is left.
    """
    findings: list[Finding] = []
    left_out: list[KeyPath] = []
    is_copied = False
    for _ in range(_ROUNDS):
        try:
            return Flow.model_validate(document), findings
        except ValidationError as invalid:
            errors = invalid.errors(include_url=False)
        if not is_copied:
            document, is_copied = copy.deepcopy(document), True
        here: list[KeyPath] = []
        # First, while all tables are there: what is left out takes what is in it along.
        for error in filter(_is_condition, errors):
            _stand_in(document, error)
        for error in errors:
            if not _is_consequence(error["loc"], left_out):
                findings.append(unknown_key(error) if _is_unknown(error) else type_finding(error))
            if _is_condition(error):
                continue
            if not _is_unknown(error):
                here.append(error["loc"])
            _leave_out(document, error["loc"])
        left_out += here
    return None, findings


def _is_unknown(error: ErrorDetails) -> bool:
    return error["type"] == "extra_forbidden"


def _is_condition(error: ErrorDetails) -> bool:
    return error["type"] in ("condition", "condition_type")


def _is_consequence(path: KeyPath, left_out: list[KeyPath]) -> bool:
    """Tell whether a table complains only because something was taken out of it."""
    return any(gone[: len(path)] == path for gone in left_out)


def _stand_in(document: dict[str, Any], error: ErrorDetails) -> None:
    """Put a condition with the same text where one is that cannot be read: without one, a rule is no rule."""
    *above, key = error["loc"]
    holder: Any = document
    for part in above:
        holder = holder[part]
    holder[key] = replace(_NEVER, text=str(error["input"]))


def _leave_out(document: dict[str, Any], path: KeyPath) -> None:
    """Remove the value at `path`, or the nearest thing around it that can go without moving a list."""
    holder: Any = document
    removable: tuple[dict[str, Any], str] | None = None
    for part in path:
        if isinstance(holder, dict) and isinstance(part, str) and part in holder:
            removable = (holder, part)
        elif not (isinstance(holder, list) and isinstance(part, int) and part < len(holder)):
            break
        holder = holder[part]
    if removable is not None:
        removable[0].pop(removable[1])
