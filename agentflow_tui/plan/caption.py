"""What a person reads about a node that holds others."""

from __future__ import annotations

from agentflow_tui.plan.node import Chain, Choice, Fan, Loop, Node, Stage, Step, children_of


def caption(node: Node, iteration: int | None = None) -> str:
    """The title for a node's frame; with `iteration`, a loop's says how far it is instead of its limit."""
    match node:
        case Step():
            return node.agent
        case Loop():
            parts = [node.title]
            if node.condition is not None:
                parts.append(f"until {node.condition.text}")
            limit = node.max_iterations
            parts.append(f"max {limit}" if iteration is None else f"iteration {iteration}/{limit}")
            return " · ".join(parts)
        case Stage():
            gate = f" · when {node.when.text}" if node.when is not None else ""
            return f"{node.index} {node.name} · {node.mode}{gate}"
        case Fan():
            limit = node.max_concurrency
            crowd = f" · {limit} at a time" if limit < len(node.children) else ""
            return f"{node.title}{crowd}"
        case Chain() | Choice():
            return node.title


def folded_caption(node: Node) -> str:
    """The title for a wide fan-out that is shown as one row per branch."""
    return f"{len(children_of(node))} folded · {caption(node)}"
