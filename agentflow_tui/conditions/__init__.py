"""The small expression language of flows (semantics §4): parsed once, evaluated often, unable to run code."""

from __future__ import annotations

from agentflow_tui.conditions.condition import Condition, parse_condition
from agentflow_tui.conditions.condition_error import ConditionError, ConditionSyntaxError
from agentflow_tui.conditions.scope import Scope

__all__ = ["Condition", "ConditionError", "ConditionSyntaxError", "Scope", "parse_condition"]
