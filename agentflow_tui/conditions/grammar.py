"""The whitelist: which of Python's expressions belong to the language (semantics §4)."""

from __future__ import annotations

import ast
import math
from dataclasses import dataclass
from typing import NoReturn

from agentflow_tui.conditions.condition_error import ConditionSyntaxError
from agentflow_tui.conditions.evaluator import FUNCTIONS, Has, Path

MAX_DEPTH = 60
_ARGUMENTS = {
    "has": (1, 1),
    "len": (1, 1),
    "lower": (1, 1),
    "contains": (2, 2),
    "startswith": (2, 2),
    "abs": (1, 1),
    "min": (1, 20),
    "max": (1, 20),
}
_WORDS = {"true": True, "false": False, "null": None}
_ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod)
_COMPARISONS = (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn)
_OPERATORS = {
    ast.Pow: "**",
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.BitOr: "|",
    ast.BitAnd: "&",
    ast.BitXor: "^",
    ast.MatMult: "@",
}
_WHAT = {
    ast.Lambda: "lambda",
    ast.IfExp: "if … else",
    ast.Dict: "a table literal",
    ast.Set: "a set literal",
    ast.Tuple: "a comma outside a list",
    ast.ListComp: "a comprehension",
    ast.SetComp: "a comprehension",
    ast.DictComp: "a comprehension",
    ast.GeneratorExp: "a comprehension",
    ast.Await: "await",
    ast.Yield: "yield",
    ast.YieldFrom: "yield",
    ast.JoinedStr: "text with f'…'",
    ast.NamedExpr: "assignment with :=",
    ast.Starred: "unpacking with *",
    ast.Slice: "a slice",
}


@dataclass(frozen=True, slots=True)
class NameUse:
    """One place where a condition names a data key; columns count characters from 1, the end is exclusive."""

    name: str
    column: int
    end_column: int


class Grammar:
    """Checks a parsed text against the whitelist and rewrites it into the evaluator's few nodes."""

    def __init__(self, text: str, indent: int = 0) -> None:
        """Take the text that was parsed and how many characters were cut off before it."""
        self.uses: list[NameUse] = []
        self.tested: set[str] = set()
        """Names whose absence the text asks for."""
        self._bytes = text.encode()
        self._indent = indent

    def checked(self, node: ast.expr, depth: int = 0) -> ast.expr:
        """Rewrite `node` for the evaluator; raises `ConditionSyntaxError` for what the language lacks."""
        if depth > MAX_DEPTH:
            self._refuse(node, "the condition is nested too deeply", "split it into several conditions")
        below = depth + 1
        match node:
            case ast.Constant():
                return self._constant(node)
            case ast.Name() | ast.Attribute() | ast.Subscript():
                return self._path(node, below)
            case ast.BoolOp():
                node.values = [self.checked(value, below) for value in node.values]
            case ast.UnaryOp():
                self._unary(node, below)
            case ast.BinOp():
                self._arithmetic(node, below)
            case ast.Compare():
                self._comparison(node, below)
            case ast.List():
                node.elts = [self.checked(item, below) for item in node.elts]
            case ast.Call():
                return self._call(node, below)
            case _:
                what = _WHAT.get(type(node), "this expression")
                self._refuse(node, f"{what} is not part of the language", _LANGUAGE)
        return node

    def _constant(self, node: ast.Constant) -> ast.expr:
        value = node.value
        if not (value is None or isinstance(value, bool | int | float | str)):
            self._refuse(node, "only numbers, text, true, false, null and lists are literals")
        if isinstance(value, int | float) and not isinstance(value, bool) and not _is_moderate(value):
            self._refuse(node, "the number is too large")
        return node

    def _path(self, node: ast.expr, depth: int) -> ast.expr:
        if isinstance(node, ast.Name) and node.id in _WORDS:
            return ast.copy_location(ast.Constant(_WORDS[node.id]), node)
        parts = tuple(self._parts(node, depth))
        root = "data"
        if parts[0] in ("data", "meta", "event"):
            root, parts = parts[0], parts[1:]
        if root == "data" and parts and parts[0] not in ("iteration", "elapsed_seconds"):
            self.uses.append(NameUse(parts[0], self._column(node), self._end(node)))
        return ast.copy_location(Path(root=root, parts=parts), node)

    def _parts(self, node: ast.expr, depth: int) -> list[str]:
        if depth > MAX_DEPTH:
            self._refuse(node, "the path is too long")
        match node:
            case ast.Name(id=name) if name not in _WORDS:
                if self._source(node) != name:
                    self._refuse(
                        node, "this name is written with look-alike characters", 'write data["…"] instead'
                    )
                return [name]
            case ast.Attribute(value=value, attr=name):
                if not self._source(node).endswith(name):
                    self._refuse(
                        node, "this name is written with look-alike characters", 'write data["…"] instead'
                    )
                return [*self._parts(value, depth + 1), name]
            case ast.Subscript(value=value, slice=ast.Constant(value=str(key))):
                return [*self._parts(value, depth + 1), key]
            case ast.Subscript():
                self._refuse(node, "only text may stand in [ ]", 'write data["any-key"]')
        return self._refuse(node, "a path starts with the name of a data key", "write it like report.score")

    def _unary(self, node: ast.UnaryOp, depth: int) -> None:
        if isinstance(node.op, ast.Invert):
            self._refuse(node, "'~' is not part of the language", "write not")
        if not isinstance(node.op, ast.Not):
            self._refuse_no_number(node.operand)
        node.operand = self.checked(node.operand, depth)

    def _arithmetic(self, node: ast.BinOp, depth: int) -> None:
        if not isinstance(node.op, _ARITHMETIC):
            sign = _OPERATORS[type(node.op)]
            self._refuse(node, f"'{sign}' is not part of the language", "arithmetic has + - * / // %")
        self._refuse_no_number(node.left)
        self._refuse_no_number(node.right)
        node.left = self.checked(node.left, depth)
        node.right = self.checked(node.right, depth)

    def _refuse_no_number(self, node: ast.expr) -> None:
        literal = isinstance(node, ast.List) or (
            isinstance(node, ast.Constant)
            and (isinstance(node.value, bool) or not isinstance(node.value, int | float))
        )
        if literal:
            self._refuse(node, "arithmetic works on numbers only")

    def _comparison(self, node: ast.Compare, depth: int) -> None:
        for operation in node.ops:
            if not isinstance(operation, _COMPARISONS):
                self._refuse(node, "'is' is not part of the language", "write == or !=")
        node.left = self.checked(node.left, depth)
        node.comparators = [self.checked(value, depth) for value in node.comparators]

    def _call(self, node: ast.Call, depth: int) -> ast.expr:
        if not isinstance(node.func, ast.Name):
            self._refuse(node.func, "values have no methods to call", _CALLS)
        name = node.func.id
        if name not in _ARGUMENTS or self._source(node.func) != name:
            self._refuse(node.func, f"there is no function '{name[:40]}'", _CALLS)
        if node.keywords:
            self._refuse(node.keywords[0], "arguments have no names")
        fewest, most = _ARGUMENTS[name]
        if not fewest <= len(node.args) <= most:
            self._refuse(node, f"{name} takes {fewest} argument{'s' * (fewest > 1)}, not {len(node.args)}")
        arguments = [self.checked(argument, depth) for argument in node.args]
        if name != "has":
            node.args = arguments
            return node
        if not isinstance(arguments[0], Path):
            self._refuse(
                node.args[0], "has asks for a key, not for a value", 'write has(key) or has(data["any-key"])'
            )
        if arguments[0].root == "data":
            self.tested.add(arguments[0].parts[0])
        return ast.copy_location(Has(path=arguments[0]), node)

    def _source(self, node: ast.expr) -> str:
        return self._bytes[node.col_offset : node.end_col_offset].decode()

    def _column(self, node: ast.expr | ast.keyword) -> int:
        # Python counts bytes of UTF-8 here, people count characters.
        return self._indent + len(self._bytes[: node.col_offset].decode()) + 1

    def _end(self, node: ast.expr | ast.keyword) -> int:
        return self._indent + len(self._bytes[: node.end_col_offset].decode()) + 1

    def _refuse(self, node: ast.expr | ast.keyword, message: str, hint: str = "") -> NoReturn:
        raise ConditionSyntaxError(message, self._column(node), self._end(node), hint)


_CALLS = "the functions are " + ", ".join(["has", *FUNCTIONS])
_LANGUAGE = "write comparisons, and, or, not, in, arithmetic, literals, names and functions"


def _is_moderate(value: float) -> bool:
    try:
        return math.isfinite(float(value))
    except OverflowError:
        return False
