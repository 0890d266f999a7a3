"""A comparison of one path with one literal, as nearly all conditions are: answered without a walk."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

from agentflow_tui.conditions.evaluator import MISSING, OF_SAME_KIND, OPERATORS, Path, find
from agentflow_tui.conditions.scope import Scope

_KINDS: dict[type, tuple[type, ...]] = {str: (str,), int: (int, float), float: (int, float)}
"""With values of which types a literal of a type is compared in the quicker way."""


def compare_data(tree: ast.expr) -> Callable[[Mapping[str, Any]], bool] | None:
    """Give what compares one key of the data with a literal, as `Evaluator` would; else there is none."""
    match tree:
        case ast.Compare(
            left=Path(root="data", parts=(name,)),
            ops=[operation],
            comparators=[ast.Constant(value=literal)],
        ) if name not in ("iteration", "elapsed_seconds"):
            pass
        case _:
            return None
    if type(operation) is ast.Eq and type(literal) is str:
        # What is no text is no such text either: to look at the type of a value would only cost more.
        return lambda data: data.get(name) == literal
    compare, kinds, compare_alike = _ways(operation, literal)

    def holds(data: Mapping[str, Any]) -> bool:
        value = data.get(name)
        return compare_alike(value, literal) if type(value) in kinds else bool(compare(value, literal))

    return holds


def compare_path(tree: ast.expr) -> Callable[[Scope], bool] | None:
    """Give what compares what a path leads to with a literal, as `Evaluator` would; else there is none."""
    match tree:
        case ast.Compare(left=Path() as path, ops=[operation], comparators=[ast.Constant(value=literal)]):
            compare, kinds, compare_alike = _ways(operation, literal)
        case _:
            return None

    def holds(scope: Scope) -> bool:
        found = find(path, scope)
        value = None if found is MISSING else found
        return compare_alike(value, literal) if type(value) in kinds else bool(compare(value, literal))

    return holds


def _ways(
    operation: ast.cmpop, literal: object
) -> tuple[Callable[[Any, Any], Any], tuple[type, ...], Callable[[Any, Any], bool]]:
    """What compares any value with a literal; then values of which types are compared quicker, and how."""
    compare = OPERATORS[type(operation)]
    return compare, _KINDS.get(type(literal), ()), OF_SAME_KIND.get(type(operation), compare)
