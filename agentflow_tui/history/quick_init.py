"""Frozen dataclasses that are made as fast as ones that are not."""

from __future__ import annotations

from dataclasses import MISSING, Field, fields
from typing import Any, TypeVar

T = TypeVar("T", bound=type)

_DEFAULT = object()


def quick(cls: T) -> T:
    """Give a frozen dataclass with slots an `__init__` that fills the slots directly.

    The one that `dataclasses` writes goes through `object.__setattr__`, which looks every field up by its
    name and costs more than twice as much. Arguments, defaults and frozenness stay as they are.
    """
    known: dict[str, Any] = {"_DEFAULT": _DEFAULT}
    own = fields(cls)
    plain = [_argument(field, known) for field in own if not field.kw_only]
    named = [_argument(field, known) for field in own if field.kw_only]
    arguments = ", ".join(["self", *plain, *(["*", *named] if named else [])])
    body = [_assignment(cls, field, known) for field in own]
    exec(f"def __init__({arguments}):\n " + "\n ".join(body or ["pass"]), known)
    made, before = known["__init__"], vars(cls)["__init__"]
    made.__qualname__, made.__annotations__ = before.__qualname__, before.__annotations__
    setattr(cls, "__init__", made)  # noqa: B010 - the type checker forbids the plain way
    return cls


def _argument(field: Field[Any], known: dict[str, Any]) -> str:
    if field.default_factory is not MISSING:
        known[f"_make_{field.name}"] = field.default_factory
        return f"{field.name}=_DEFAULT"
    if field.default is MISSING:
        return field.name
    known[f"_default_{field.name}"] = field.default
    return f"{field.name}=_default_{field.name}"


def _assignment(cls: type, field: Field[Any], known: dict[str, Any]) -> str:
    name = field.name
    known[f"_set_{name}"] = getattr(cls, name).__set__
    if field.default_factory is MISSING:
        return f"_set_{name}(self, {name})"
    return f"_set_{name}(self, _make_{name}() if {name} is _DEFAULT else {name})"
