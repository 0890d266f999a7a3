"""No condition runs code, fills memory or takes long; what could is refused when parsed."""

from __future__ import annotations

import time

import pytest

from agentflow_tui.conditions import ConditionError, ConditionSyntaxError, Scope, parse_condition

REFUSED = {
    "import": "__import__('os').system('ls')",
    "open": "open('/etc/passwd')",
    "exec": "exec('1')",
    "getattr": "getattr(message, '__class__')",
    "method": "message.upper()",
    "format": "'{0.__class__}'.format(message)",
    "percent": "'%s' % message",
    "class of a literal": "().__class__.__bases__[0].__subclasses__()",
    "attribute of text": "'a'.__class__",
    "attribute of a list": "[1].append",
    "attribute of a call": "len(message).real",
    "power": "9**9**9",
    "text times number": "'a' * 10000000000",
    "number times text": "10000000000 * 'a'",
    "list times number": "[0] * 10000000000",
    "shift left": "1 << 1000000000",
    "shift right": "1 >> 1",
    "bit or": "1 | 2",
    "bit and": "a & b",
    "bit xor": "a ^ b",
    "matrix": "a @ b",
    "invert": "~a",
    "list comprehension": "[x for x in items]",
    "set comprehension": "{x for x in items}",
    "dict comprehension": "{x: 1 for x in items}",
    "generator": "max(x for x in items)",
    "lambda": "lambda: 1",
    "called lambda": "(lambda: 1)()",
    "f-string": "f'{message}'",
    "walrus": "(a := 1)",
    "await": "await a",
    "yield": "(yield a)",
    "if else": "1 if a else 2",
    "call of a call": "len(message)(1)",
    "call of a subscript": "data['open']('x')",
    "subscript with a number": "items[0]",
    "subscript with a name": "data[message]",
    "subscript of text": "'abc'['a']",
    "slice": "items[0:1]",
    "double subscript": "[].__class__['a']",
    "keyword argument": "len(obj=message)",
    "double star": "len(**data)",
    "star": "max(*items)",
    "starred list": "[*items]",
    "tuple": "1, 2",
    "dict": "{'a': 1}",
    "set": "{1}",
    "bytes": "b'a'",
    "complex": "1j",
    "ellipsis": "...",
    "is": "a is null",
    "assignment": "a = 1",
    "statement": "import os",
    "two statements": "a; b",
    "two lines": "a\nb",
    "carriage return": "a\rb",
    "backslash line": "a \\\n and b",
    "NUL": "a\x00b",
    "escape": "a\x1b[31m",
    "C1": "a\x9bb",
    "half pair": "a == '\ud800'",
    "empty": "",
    "blank": "   ",
    "comment only": "# a",
    "closing first": ") or (1",
    "number too big": "a > " + "9" * 400,
    "infinite": "a > 1e999",
    "look-alike function": "l\u0435n(items) > 1",
    "full-width function": "\uff4cen(items) > 1",
    "full-width name": "\uff41 > 1",
    "unknown function": "eval('1')",
    "has of a value": "has('a')",
    "has of two": "has(a, b)",
    "has of nothing": "has()",
    "len of two": "len(a, b)",
    "contains of one": "contains(a)",
    "too many arguments": "min(" + ", ".join("a" * 21) + ")",
    "word with a path": "true.real",
    "called word": "null()",
    "deep parentheses": "(" * 240 + "a" + ")" * 240,
    "deep not": "not " * 120 + "a",
    "deep minus": "-" * 490 + "1",
    "deep lists": "[" * 180 + "]" * 180,
    "deep path": "a" + ".b" * 200,
    "deep calls": "abs(" * 90 + "1" + ")" * 90,
    "long": "a == 1 or " * 60 + "a",
    "a megabyte": "a" * 1_000_000,
    "a megabyte of brackets": "(" * 1_000_000,
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED.keys())
def test_refused_when_parsed_and_at_once(text: str) -> None:
    start = time.process_time()
    with pytest.raises(ConditionSyntaxError) as refused:
        parse_condition(text)
    assert time.process_time() - start < 0.5
    error = refused.value
    assert error.line == 1
    assert 1 <= error.column <= len(text) + 1
    assert error.end_column > error.column
    assert 0 < len(error.message) < 200


HARMLESS = {
    "dunder of data": "message.__class__",
    "dunder name": "__builtins__",
    "dunder key": 'data["__class__"]',
    "method as a path": "items.append",
    "mapping's method": "event.items",
    "private": "_scope",
    "self": "self",
    "evaluator's parts": "Evaluator.scope",
}


@pytest.mark.parametrize("text", HARMLESS.values(), ids=HARMLESS.keys())
def test_paths_reach_nothing_but_keys(text: str) -> None:
    scope = Scope({"message": "x", "items": [1]}, event={"target": "t"})
    assert parse_condition(text).evaluate(scope) is None


def test_text_is_never_multiplied() -> None:
    condition = parse_condition("message * 10000000000 == 1")
    with pytest.raises(ConditionError, match="works on numbers"):
        condition.evaluate(Scope({"message": "a"}))


@pytest.mark.parametrize("value", [10**4000, -(10**4000)])
def test_huge_numbers_are_not_calculated_with(value: int) -> None:
    with pytest.raises(ConditionError, match="too large"):
        parse_condition("n * n * n * n").evaluate(Scope({"n": value}))


def test_a_chain_of_products_stays_small() -> None:
    condition = parse_condition("*".join(["n"] * 60))
    start = time.process_time()
    with pytest.raises(ConditionError, match="too large"):
        condition.evaluate(Scope({"n": 10**300}))
    assert time.process_time() - start < 0.1


def test_a_large_state_does_not_slow_a_condition() -> None:
    small, large = Scope({"items": [1], "n": 1}), Scope({"items": [[i] for i in range(300_000)], "n": 1})
    condition = parse_condition("len(items) > 0 and n == 1")

    def best(scope: Scope) -> float:
        times = []
        for _ in range(50):
            start = time.process_time()
            assert condition.holds(scope)
            times.append(time.process_time() - start)
        return min(times)

    assert best(large) < 20 * best(small)
