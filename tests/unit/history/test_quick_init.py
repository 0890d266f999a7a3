"""What `quick` must leave as it is: arguments, defaults, frozenness, equality, copies."""

from __future__ import annotations

import copy
import inspect
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, replace
from typing import Any

import pytest

from agentflow_tui.history.codec import KINDS
from agentflow_tui.history.event import HistoryEvent
from agentflow_tui.history.quick_init import quick


@dataclass(frozen=True, slots=True)
class _Plain:
    a: int
    b: list[int] = field(default_factory=list)
    c: str = "c"
    d: str = field(default="d", kw_only=True)


@quick
@dataclass(frozen=True, slots=True)
class _Quick:
    a: int
    b: list[int] = field(default_factory=list)
    c: str = "c"
    d: str = field(default="d", kw_only=True)


def test_arguments_and_defaults_are_those_of_the_dataclass() -> None:
    def names(cls: type) -> list[tuple[str, object]]:
        return [(one.name, one.kind) for one in inspect.signature(cls).parameters.values()]

    assert names(_Quick) == names(_Plain)
    one = _Quick(1, d="x")
    assert (one.a, one.b, one.c, one.d) == (1, [], "c", "x")
    assert _Quick(1).b is not _Quick(1).b
    with pytest.raises(TypeError, match="missing"):
        _Quick()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="unexpected"):
        _Quick(1, e=2)  # type: ignore[call-arg]


def test_it_stays_frozen_and_equal_and_can_be_copied() -> None:
    one = _Quick(1, [2])
    with pytest.raises(FrozenInstanceError):
        one.a = 2  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del one.a
    assert one == _Quick(1, [2]) and one != _Quick(1, [3])
    assert repr(one) == repr(_Plain(1, [2])).replace("Plain", "Quick")
    assert pickle.loads(pickle.dumps(one)) == copy.deepcopy(one) == replace(one, c="c") == one


@pytest.mark.parametrize("kind", KINDS.values(), ids=str)
def test_every_kind_of_event_is_frozen(kind: type[HistoryEvent]) -> None:
    event = kind.__new__(kind)
    with pytest.raises(FrozenInstanceError):
        event.seq = 1  # type: ignore[misc]
    assert not hasattr(event, "__dict__")


def test_what_is_made_by_name_is_the_same_and_as_frozen() -> None:
    made: Any = getattr(_Quick, "made")  # noqa: B009 - `quick` adds it, which the type checker cannot see
    assert made(a=1, d="x") == _Quick(1, d="x")
    assert type(made(a=1)) is _Quick
    assert made(a=1).b is not made(a=1).b
    with pytest.raises(FrozenInstanceError):
        made(a=1).a = 2
    with pytest.raises(TypeError, match="missing"):
        made(b=[])
    with pytest.raises(TypeError):
        made(1)
