"""Values that are no JSON, or only look like it: refused with their path, or taken as what they hold (§2)."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from typing import Any

import pytest

from agentflow_tui.engine import json_value
from agentflow_tui.engine import state as state_module
from agentflow_tui.history.event import AgentFailed
from tests.unit.engine.probe import Probe, chain, returning


class BadMapping(Mapping[str, Any]):
    def __getitem__(self, key: str) -> Any:
        raise OSError("no")

    def __iter__(self) -> Any:
        raise OSError("cannot be walked")

    def __len__(self) -> int:
        return 1


class Endless(Mapping[str, Any]):
    def __getitem__(self, key: str) -> Any:
        return 1

    def __iter__(self) -> Any:
        return map(str, itertools.count())

    def __len__(self) -> int:
        return 1


class EndlessList(list[Any]):
    def __iter__(self) -> Any:
        return itertools.repeat(1)


class NoNumber(float):
    def __float__(self) -> float:
        return math.nan


class Small(int):
    def bit_length(self) -> int:
        return 1


def _itself() -> dict[str, Any]:
    value: dict[str, Any] = {}
    value["me"] = value
    return {"loop": value}


def _laughs() -> dict[str, Any]:
    value: list[Any] = [1]
    for _ in range(60):
        value = [value, value, value]
    return {"laughs": value}


def _deep() -> dict[str, Any]:
    value: Any = 1
    for _ in range(500):
        value = [value]
    return {"deep": value}


RUBBISH: dict[str, tuple[Any, str]] = {
    "number": (42, "returned an int"),
    "text": ("done", "returned a str"),
    "list": ([1], "returned a list"),
    "tuple inside": ({"a": (1, 2)}, "a: a tuple is not a JSON value"),
    "bytes inside": ({"a": {"b": [0, b"x"]}}, "a.b[1]: a bytes is not a JSON value"),
    "nan": ({"a": [float("nan")]}, "a[0]: nan is not a JSON number"),
    "infinity": ({"a": float("-inf")}, "a: -inf is not a JSON number"),
    "key": ({1: "x"}, "the key 1 is an int"),
    "inner key": ({"a": {None: 1}}, "a: the key None"),
    "itself": (_itself(), "nested deeper than 100 levels, or containing itself"),
    "shared": (_laughs(), "more than 1000 values"),
    "deep": (_deep(), "nested deeper than 100 levels"),
    "half a character": ({"a": "\ud800"}, "a: the text holds half a character"),
    "half a character in an object": ({"a": {"b": "\ud800"}}, "a.b: the text holds half a character"),
    "half a character in a list": ({"a": [["\ud800"]]}, "a[0][0]: the text holds half a character"),
    "long number in an object": ({"a": {"b": 1 << 20_000}}, "a.b: the number has more than 14000 bits"),
    "long number in a list": ({"a": [1 << 20_000]}, "a[0]: the number has more than 14000 bits"),
    "endless number": ({"a": 10**5000}, "a: the number has more than"),
    "endless number that denies it": ({"a": Small(10**5000)}, "a: the number has more than"),
    "bad mapping": (BadMapping(), "cannot be walked"),
}


ENDLESS: dict[str, tuple[Any, str]] = {
    "mapping": (Endless(), "the returned mapping: more than 1000 keys"),
    "inner mapping": ({"a": Endless()}, "a: more than 1000 values"),
    "list": ({"a": EndlessList([1])}, "a: more than 1000 values"),
    "long list": ({"a": {"b": [0] * 1001}}, "a.b: more than 1000 values"),
    "long object": ({"a": {"b": {str(number): 0 for number in range(1001)}}}, "a.b: more than 1000 values"),
}


@pytest.fixture
def few_values(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a thousand values be too many: to count to a million takes seconds."""
    for module in (json_value, state_module):
        monkeypatch.setattr(module, "MAX_VALUES", 1000)


@pytest.mark.parametrize("name", ENDLESS)
async def test_what_has_no_end_is_refused(name: str, few_values: None) -> None:
    value, text = ENDLESS[name]
    result = await Probe(chain("odd"), {"odd": returning(value)}).run()
    assert result.error == f"agent 'odd' failed: {text}"


@pytest.mark.parametrize("name", RUBBISH)
async def test_rubbish_is_refused_with_its_path(name: str, few_values: None) -> None:
    value, text = RUBBISH[name]
    probe = Probe(chain("odd", "after"), {"odd": returning(value), "after": returning(None)})
    result = await probe.run({"kept": 1})
    assert result.status == "failed"
    assert text in result.error
    assert result.error.startswith("agent 'odd' failed: ")
    assert result.data == {"kept": 1, "pipeline_failed": True, "failed_stage": "odd"}
    assert len(probe.of_kind(AgentFailed)) == 1


async def test_a_number_of_a_class_of_the_users_is_what_it_holds() -> None:
    probe = Probe(chain("odd"), {"odd": returning({"a": NoNumber(1.5), "b": Small(7)})})
    result = await probe.run()
    assert (result.data, type(result.data["a"]), type(result.data["b"])) == ({"a": 1.5, "b": 7}, float, int)
