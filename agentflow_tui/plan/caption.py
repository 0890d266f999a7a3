"""What a person reads about a node that holds others."""

from __future__ import annotations

from collections.abc import Sequence

from agentflow_tui.plan.cell_text import cell_width, fit
from agentflow_tui.plan.node import Chain, Choice, Fan, Loop, Node, Stage, Step, children_of

_CONDITION_LEAST = 6


def marks_of(node: Node) -> dict[str, str]:
    """Whether each branch of a parallel phase is `required` or `optional`, by path (semantics §3)."""
    if not isinstance(node, Fan) or not node.is_parallel:
        return {}
    return {child.path: "optional" if child.path in node.optional else "required" for child in node.children}


def caption(node: Node, iteration: int | None = None, width: int | None = None) -> str:
    """The title for a node's frame; with `iteration`, a loop's says how far it is instead of its limit.

    Within `width` cells a loop's condition is cut before its name is left out, and its count comes last.
    """
    match node:
        case Step():
            return node.agent
        case Loop():
            return _loop_caption(node, iteration, width)
        case Stage():
            return f"{node.index} {node.name} · {node.mode}"
        case Fan():
            limit = node.max_concurrency
            crowd = f" · {limit} at a time" if limit < len(node.children) else ""
            return f"{node.title}{crowd}"
        case Chain() | Choice():
            return node.title


def _loop_caption(loop: Loop, iteration: int | None, width: int | None) -> str:
    limit = loop.max_iterations
    count = f"max {limit}" if iteration is None else f"iteration {iteration}/{limit}"
    until = "" if loop.condition is None else loop.condition.text
    if until and width is not None:
        room = width - cell_width(f"{loop.title} · until  · {count}")
        until = fit(until, room) if room >= _CONDITION_LEAST else ""
    shown = " · ".join([loop.title, *([f"until {until}"] if until else []), count])
    if width is None or cell_width(shown) <= width:
        return shown
    return widest_of((count, count.replace("iteration", "it.")), width)


def folded_caption(node: Node, counts: Sequence[str] = (), width: int = 60) -> str:
    """The title within `width` cells for a wide fan-out that is shown as one row per branch.

    `counts` says how many branches stand how, `12 done` or `3 running`, the most telling first.
    """
    many = f"{len(children_of(node))} branches"
    longer = [" · ".join([many, *counts[:kept]]) for kept in range(len(counts), 0, -1)]
    return widest_of((f"{longer[0] if longer else many} · {caption(node)}", *longer, many), width)


def widest_of(texts: Sequence[str], width: int) -> str:
    """The first text that fits into so many cells, or the last one cut."""
    return next((text for text in texts if cell_width(text) <= width), None) or fit(texts[-1], width)
