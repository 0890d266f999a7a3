"""What the operators and functions of the language do; the walking is simpleeval's."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

from simpleeval import SimpleEval

from agentflow_tui.conditions.condition_error import ConditionError
from agentflow_tui.conditions.scope import Scope

MISSING = object()
"""What a path leads to where nothing is."""
_NUMBERS = (int, float)
# A float reaches about 1.8e308; larger whole numbers only serve to fill memory.
_MAX_BITS = 1024


class Path(ast.expr):
    """A dotted path: `root` is data, meta or event, `parts` the keys to follow through mappings."""

    _fields = ("root", "parts")

    def __init__(self, root: str, parts: tuple[str, ...]) -> None:
        """Take the two parts of the path."""
        super().__init__()
        self.root = root
        self.parts = parts


class Has(ast.expr):
    """The question whether the key at `path` is there, whatever its value."""

    _fields = ("path",)

    def __init__(self, path: Path) -> None:
        """Take the path that is asked for."""
        super().__init__()
        self.path = path


class Evaluator(SimpleEval):  # type: ignore[misc]
    """Evaluates a tree that `Grammar` let through, over one `Scope`."""

    def __init__(self, scope: Scope) -> None:
        """Bind the scope; the tables are shared, so that a new evaluator costs next to nothing."""
        self.operators = OPERATORS
        self.functions = FUNCTIONS
        self._scope = scope
        self.nodes = {
            Path: self._path,
            Has: self._has,
            ast.Constant: self._literal,
            ast.List: self._list,
            ast.BoolOp: self._eval_boolop,
            ast.UnaryOp: self._eval_unaryop,
            ast.BinOp: self._eval_binop,
            ast.Compare: self._eval_compare,
            ast.Call: self._named_call,
        }

    def _check_disallowed_items(self, item: object) -> None:
        """Skip simpleeval's walk through every value: state is JSON, and the walk grows with it."""

    def _path(self, node: Path) -> Any:
        value = find(node, self._scope)
        return None if value is MISSING else value

    def _has(self, node: Has) -> bool:
        return find(node.path, self._scope) is not MISSING

    @staticmethod
    def _literal(node: ast.Constant) -> Any:
        return node.value

    def _list(self, node: ast.List) -> list[Any]:
        return [self._eval(item) for item in node.elts]

    def _named_call(self, node: ast.Call) -> Any:
        if not isinstance(node.func, ast.Name):
            raise ConditionError("values have no methods to call")
        return FUNCTIONS[node.func.id](*[self._eval(argument) for argument in node.args])


def find(node: Path, scope: Scope) -> Any:
    """What a path leads to, or `MISSING`."""
    parts = node.parts
    if node.root == "data":
        if len(parts) == 1:
            if parts[0] == "iteration" and scope.iteration is not None:
                return scope.iteration
            if parts[0] == "elapsed_seconds" and scope.elapsed_seconds is not None:
                return scope.elapsed_seconds
        value: Any = scope.data
    else:
        value = scope.meta if node.root == "meta" else scope.event
    for part in parts:
        if not isinstance(value, Mapping) or part not in value:
            return MISSING
        value = value[part]
    return value


def _is_number(value: object) -> bool:
    return isinstance(value, _NUMBERS) and not isinstance(value, bool)


def _numeric(name: str, compute: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def calculate(left: Any, right: Any) -> Any:
        if left is None or right is None:
            return None
        for value in (left, right):
            if not _is_number(value):
                raise ConditionError(f"{_kind(value)} cannot be used with {name}, which works on numbers")
            if isinstance(value, int) and value.bit_length() > _MAX_BITS:
                raise ConditionError("a number is too large to calculate with")
        try:
            return compute(left, right)
        except ZeroDivisionError:
            raise ConditionError("division by zero") from None
        except OverflowError:
            raise ConditionError("a number is too large to calculate with") from None

    return calculate


def _ordering(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def ordered(left: Any, right: Any) -> bool:
        comparable = (_is_number(left) and _is_number(right)) or (
            isinstance(left, str) and isinstance(right, str)
        )
        return comparable and compare(left, right)

    return ordered


def _equal(left: Any, right: Any) -> bool:
    # In JSON true is not 1, though Python says so.
    if isinstance(left, bool) is not isinstance(right, bool):
        return False
    return bool(left == right)


def _within(item: Any, container: Any) -> bool:
    match container:
        case str():
            return isinstance(item, str) and item in container
        case list() | tuple():
            return any(_equal(item, member) for member in container)
        case Mapping():
            return isinstance(item, str) and item in container
    return False


def _signed(sign: int) -> Callable[[Any], Any]:
    def apply(value: Any) -> Any:
        return OPERATORS[ast.Mult](sign, value)

    return apply


def _length(value: Any) -> int:
    if value is None:
        return 0
    if isinstance(value, str | list | tuple | Mapping):
        return len(value)
    raise ConditionError(f"{_kind(value)} has no length")


def _lower(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return None if value is None else value.lower()
    raise ConditionError(f"lower works on text, not on {_kind(value)}")


def _startswith(text: Any, start: Any) -> bool:
    return isinstance(text, str) and isinstance(start, str) and text.startswith(start)


def _absolute(value: Any) -> Any:
    if value is None or _is_number(value):
        return None if value is None else abs(value)
    raise ConditionError(f"abs works on numbers, not on {_kind(value)}")


def _extreme(name: str, choose: Callable[[Any], Any]) -> Callable[..., Any]:
    def extreme(*values: Any) -> Any:
        numbers = values[0] if len(values) == 1 and isinstance(values[0], list | tuple) else values
        if not numbers or any(value is None for value in numbers):
            return None
        for value in numbers:
            if not _is_number(value):
                raise ConditionError(f"{name} works on numbers, not on {_kind(value)}")
        return choose(numbers)

    return extreme


def _kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case str():
            return "text"
        case int() | float():
            return "a number"
        case list() | tuple():
            return "a list"
    return "a table"


OF_SAME_KIND: dict[type[ast.AST], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
"""What compares two numbers, or two texts, of which it is known that they are such."""
OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: _numeric("+", operator.add),
    ast.Sub: _numeric("-", operator.sub),
    ast.Mult: _numeric("*", operator.mul),
    ast.Div: _numeric("/", operator.truediv),
    ast.FloorDiv: _numeric("//", operator.floordiv),
    ast.Mod: _numeric("%", operator.mod),
    ast.USub: _signed(-1),
    ast.UAdd: _signed(1),
    ast.Not: operator.not_,
    ast.Eq: _equal,
    ast.NotEq: lambda left, right: not _equal(left, right),
    **{kind: _ordering(OF_SAME_KIND[kind]) for kind in (ast.Lt, ast.LtE, ast.Gt, ast.GtE)},
    ast.In: _within,
    ast.NotIn: lambda left, right: not _within(left, right),
}
"""What each operator does with any values."""

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "len": _length,
    "lower": _lower,
    "contains": lambda container, item: _within(item, container),
    "startswith": _startswith,
    "abs": _absolute,
    "min": _extreme("min", min),
    "max": _extreme("max", max),
}
