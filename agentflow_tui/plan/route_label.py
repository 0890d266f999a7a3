"""What the line to a routed agent says."""

from __future__ import annotations

from agentflow_tui.plan.node import Routing, Rule


def route_label(agent: str, routing: Routing) -> str:
    """Give an agent's rules, `otherwise` for the default agent, else its name."""
    reasons = [_rule_label(rule) for rule in routing.rules if rule.agent == agent]
    if reasons:
        return " or ".join(reasons)
    return "otherwise" if agent == routing.default_agent else agent


def _rule_label(rule: Rule) -> str:
    return rule.when.text if rule.when is not None else f'contains "{rule.contains}"'
