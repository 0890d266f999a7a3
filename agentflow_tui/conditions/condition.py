"""A condition: text of the small language, parsed once and asked often."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from agentflow_tui.conditions.comparison import compare_data, compare_path
from agentflow_tui.conditions.condition_error import ConditionError, ConditionSyntaxError
from agentflow_tui.conditions.evaluator import Evaluator
from agentflow_tui.conditions.grammar import Grammar, NameUse
from agentflow_tui.conditions.scope import Scope
from agentflow_tui.conditions.syntax_fault import explain_syntax_error

MAX_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Condition:
    """A parsed condition (semantics §4, §9); equal to another one with the same text.

    `names` are the top-level data names that it uses, `uses` the same with their places in the text; it asks
    with `has` whether the `tested` ones, or parts of them, are there.
    """

    text: str
    names: frozenset[str] = field(compare=False)
    uses: tuple[NameUse, ...] = field(compare=False, repr=False)
    tree: ast.expr = field(compare=False, repr=False)
    holds: Callable[[Scope], bool] = field(compare=False, repr=False)
    """Tell whether the value counts as true (semantics §9: truthiness); raises as `evaluate`."""
    of_data: Callable[[Mapping[str, Any]], bool] | None = field(default=None, compare=False, repr=False)
    """The same as `holds` for the data of a scope, where they are all that is asked; raises nothing."""
    tested: frozenset[str] = field(default=frozenset(), compare=False, repr=False)

    def evaluate(self, scope: Scope) -> Any:
        """Give the condition's value for `scope`: a JSON value.

        Raises `ConditionError` for a division by zero, arithmetic on anything but numbers, and numbers beyond
        what a float can hold (semantics §9).
        """
        return _value(self.text, self.tree, scope)


def parse_condition(text: str) -> Condition:
    """Parse `text`, or raise `ConditionSyntaxError` with the column of the fault (semantics §4).

    Everything that the language lacks is refused here, so that evaluating can neither run code nor explode.
    """
    _refuse_bad_text(text)
    stripped = text.lstrip()
    indent = len(text) - len(stripped)
    grammar = Grammar(stripped, indent)
    try:
        with warnings.catch_warnings():
            # Python warns about odd literals such as '\d', which would end up in the middle of the screen.
            warnings.simplefilter("ignore")
            parsed = ast.parse(stripped.rstrip(), mode="eval")
    except SyntaxError as error:
        raise explain_syntax_error(error, stripped, indent) from None
    except (RecursionError, MemoryError):
        raise ConditionSyntaxError("the condition is nested too deeply", 1, len(text) + 1) from None
    except ValueError as error:
        raise ConditionSyntaxError(f"not a condition: {error}", 1, len(text) + 1) from None
    tree = grammar.checked(parsed.body)
    uses = tuple(grammar.uses)
    names, tested = frozenset(use.name for use in uses), frozenset(grammar.tested)
    of_data = compare_data(tree)
    if of_data is not None:
        return Condition(text, names, uses, tree, lambda scope: of_data(scope.data), of_data, tested)
    holds = compare_path(tree) or (lambda scope: bool(_value(text, tree, scope)))
    return Condition(text, names, uses, tree, holds, None, tested)


def _value(text: str, tree: ast.expr, scope: Scope) -> Any:
    try:
        return Evaluator(scope).eval(text, previously_parsed=tree)
    except ConditionError as error:
        raise ConditionError(f"condition {text!r}: {error}") from error


def _refuse_bad_text(text: str) -> None:
    if len(text) > MAX_LENGTH:
        raise ConditionSyntaxError(
            f"the condition has {len(text)} characters; at most {MAX_LENGTH} are allowed",
            MAX_LENGTH + 1,
            hint="let an agent set a data key and ask for that key",
        )
    if not text.strip():
        raise ConditionSyntaxError(
            "the condition is empty", 1, hint='write one such as "quality_score >= 0.9"'
        )
    for column, character in enumerate(text.rstrip(), start=1):
        if character != "\t" and (ord(character) < ord(" ") or "\x7f" <= character <= "\x9f"):
            what = "a condition is one line" if character in "\r\n" else "control characters are not allowed"
            raise ConditionSyntaxError(what, column, hint="write the condition on one line")
        if "\ud800" <= character <= "\udfff":
            raise ConditionSyntaxError("half of a character pair is not text", column)
