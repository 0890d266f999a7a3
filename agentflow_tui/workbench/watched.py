"""An expression that is looked at wherever the cursor is."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agentflow_tui.conditions import ConditionError, ConditionSyntaxError, Scope, parse_condition
from agentflow_tui.history.run_state import RunState


@dataclass(frozen=True, slots=True)
class Watched:
    """What an expression gives, or why it gives nothing."""

    expression: str
    value: Any = None
    error: str = ""

    @classmethod
    def at(cls, expression: str, state: RunState, scope: str = "") -> Watched:
        """Evaluate at a position of a run; `scope` is the path of a branch whose state is meant.

        Besides what conditions know, `tokens` and `calls` count the run's. Never raises.
        """
        view = state.scopes.get(scope, state.state)
        counts: dict[str, Any] = {
            "tokens": state.prompt_tokens + state.completion_tokens,
            "calls": state.answered_calls,
        }
        data: Mapping[str, Any] = ChainMap({}, dict(view.data), counts)
        try:
            where = Scope(data, view.meta, state.event, state.iteration, state.elapsed)
            return cls(expression, parse_condition(expression).evaluate(where))
        except (ConditionSyntaxError, ConditionError) as error:
            # Whoever shows it shows the expression too.
            return cls(expression, error=str(error).removeprefix(f"condition {expression!r}: "))
