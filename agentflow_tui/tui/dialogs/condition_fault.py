"""What is wrong with a condition while it is typed."""

from __future__ import annotations

from agentflow_tui.conditions import ConditionSyntaxError, parse_condition


def condition_fault(text: str) -> str:
    """Return the fault of a condition with its column and the way out; empty for a good one, and for none."""
    if not text.strip():
        return ""
    try:
        parse_condition(text)
    except ConditionSyntaxError as error:
        way_out = f" → {error.hint}" if error.hint else ""
        return f"column {error.column}: {error.message}{way_out}"
    return ""
