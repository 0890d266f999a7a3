"""JSON values: checked, copied, and compared by JSON's rules and not by Python's."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import chain, islice
from typing import Any

from agentflow_tui.engine.errors import AgentError, a_kind_of

MAX_DEPTH = 100
"""How deep lists and objects may be nested."""
MAX_VALUES = 2_000_000
"""How many values one key may hold in all; shared parts count each time, as they would in JSON text."""
MAX_INT_BITS = 14_000
"""Python refuses to read longer numbers back from text (4300 digits)."""
_SAFE = 1 << 64
_CHANGEABLE = frozenset({dict, list})
_OBJECTS = frozenset({dict})
_MANY = 8
"""So many values in a list are quicker looked at all at once."""
_OPEN = (list, Mapping)


def copy_json(value: Any, path: str) -> Any:
    """A private copy of a value, checked on the way (semantics §2).

    Raises `AgentError` that names the path of the first value that is no JSON value: a number that is not
    finite, a key that is no text, text that is no Unicode, an object that contains itself, anything that is
    no null, boolean, number, text, list or object.
    """
    kind = type(value)
    if kind is not dict and kind is not list and is_plain(value):
        return value
    return copy_open(value, path)


def copy_open(value: Any, path: str) -> Any:
    """Do what `copy_json` does with a value that is not plain."""
    kind = type(value)
    try:
        if kind is dict:
            return _quick_dict(value, 0, [MAX_VALUES])
        if kind is list:
            return _quick_list(value, 0, [MAX_VALUES])
        if kind is str:
            value.encode()
            return value
    except (_OddError, UnicodeEncodeError):
        # It is refused, and the error has to name the place; or it is odd and still JSON.
        pass
    return _Copier().copy(value, path, 0)


def is_plain(value: Any) -> bool:
    """Whether a value is beyond doubt JSON and needs no copy: most are, and this is quick."""
    kind = type(value)
    if kind is str:
        return bool(value.isascii())
    if kind is int:
        return bool(-_SAFE < value < _SAFE)
    if kind is float:
        return math.isfinite(value)
    return value is None or kind is bool


class _OddError(Exception):
    """Found something that is not what nearly all values are."""


def _quick_dict(value: dict[Any, Any], depth: int, left: list[int]) -> dict[str, Any]:
    """A copy of a dict of plain values, as nearly all are, with few calls and no names.

    `left` holds one number, how many values there may still be.
    """
    copied = value.copy()
    left[0] = rest = left[0] - len(copied)
    if depth >= MAX_DEPTH or rest < 0:
        raise _OddError
    for key, item in copied.items():
        if type(key) is not str or not key.isascii():
            raise _OddError
        # What is plain is in the copy already; asked in the order of how often it comes. Kept in line, here
        # and below: a call for each value would take twice as long.
        kind = type(item)
        if kind is str:
            if not item.isascii():
                item.encode()
        elif kind is int:
            if not -_SAFE < item < _SAFE:
                raise _OddError
        elif item is None or item is True or item is False:
            continue
        elif kind is list:
            copied[key] = _quick_list(item, depth + 1, left)
        elif kind is dict:
            copied[key] = _quick_dict(item, depth + 1, left)
        elif kind is not float or not math.isfinite(item):
            raise _OddError
    return copied


def _quick_list(value: list[Any], depth: int, left: list[int]) -> list[Any]:
    """Do what `_quick_dict` does with a list, in which objects come most often."""
    copied = value.copy()
    left[0] = rest = left[0] - len(copied)
    if depth >= MAX_DEPTH or rest < 0:
        raise _OddError
    for place, item in enumerate(copied):
        kind = type(item)
        if kind is dict:
            copied[place] = _quick_dict(item, depth + 1, left)
        elif kind is str:
            if not item.isascii():
                item.encode()
        elif kind is int:
            if not -_SAFE < item < _SAFE:
                raise _OddError
        elif item is None or item is True or item is False:
            continue
        elif kind is list:
            copied[place] = _quick_list(item, depth + 1, left)
        elif kind is not float or not math.isfinite(item):
            raise _OddError
    return copied


class _Copier:
    """One copy in progress."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = MAX_VALUES

    def copy(self, value: Any, path: str, depth: int) -> Any:
        kind = type(value)
        if kind is float or not (kind is dict or isinstance(value, _OPEN)):
            return _checked_atom(value, path)
        # A class of the user's may hand out values without end, whatever it says of its length.
        if isinstance(value, list):
            items = list(islice(value, self.left + 1))
            self._count(len(items), path, depth)
            return [
                item if is_plain(item) else self.copy(item, f"{path}[{i}]", depth + 1)
                for i, item in enumerate(items)
            ]
        pairs = list(islice(value.items(), self.left + 1))
        self._count(len(pairs), path, depth)
        return {checked_key(key, path): self.copy(item, f"{path}.{key}", depth + 1) for key, item in pairs}

    def _count(self, size: int, path: str, depth: int) -> None:
        self.left -= size
        if depth >= MAX_DEPTH:
            raise AgentError(f"{path[:80]}…: nested deeper than {MAX_DEPTH} levels, or containing itself")
        if self.left < 0:
            raise AgentError(f"{path}: more than {MAX_VALUES} values")


def _checked_atom(value: Any, path: str) -> Any:
    if value is None or type(value) is bool:
        return value
    if isinstance(value, str):
        return _checked_text(value, path)
    if isinstance(value, int):
        return _checked_int(value, path)
    if isinstance(value, float):
        # By the method of the type itself, here and below: one of the user's may give something else.
        number = float.__float__(value)
        if math.isfinite(number):
            return number
        raise AgentError(f"{path}: {number} is not a JSON number")
    raise AgentError(f"{path}: {a_kind_of(value)} is not a JSON value")


def checked_key(key: Any, path: str) -> str:
    """The key of an object as plain text; raises `AgentError` for anything else."""
    if type(key) is str and key.isascii():
        return key
    if not isinstance(key, str):
        raise AgentError(f"{path}: the key {key!r} is {a_kind_of(key)}, and only text can be a key")
    return _checked_text(key, path)


def _checked_text(value: str, path: str) -> str:
    text = str.__str__(value)
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise AgentError(f"{path}: the text holds half a character at position {error.start}") from None
    return text


def _checked_int(value: int, path: str) -> int:
    number = int.__int__(value)
    if number.bit_length() > MAX_INT_BITS:
        raise AgentError(f"{path}: the number has more than {MAX_INT_BITS} bits")
    return number


def thaw(value: Any) -> Any:
    """A private copy of a value that is known to be JSON."""
    kind = type(value)
    if kind is list:
        if len(value) >= _MANY and _are_flat_objects(value):
            return [*map(dict.copy, value)]
        return [thaw(item) if type(item) in _CHANGEABLE else item for item in value]
    if kind is not dict:
        return value
    copied = value.copy()
    for key, item in value.items():
        if type(item) in _CHANGEABLE:
            copied[key] = thaw(item)
    return copied


def _are_flat_objects(values: list[Any]) -> bool:
    """Whether all are objects of plain values, as in many long lists."""
    if not _OBJECTS.issuperset(map(type, values)):
        return False
    return _CHANGEABLE.isdisjoint(map(type, chain.from_iterable(map(dict.values, values))))


def thaw_object(value: Mapping[str, Any]) -> dict[str, Any]:
    """A private copy of an object that is known to be JSON."""
    copied = dict(value)
    for key, item in copied.items():
        kind = type(item)
        if kind is list or kind is dict:
            copied[key] = thaw(item) if item else kind()
    return copied


def same_json(left: Any, right: Any) -> bool:
    """Whether two JSON values are the same, where `true`, `1` and `1.0` are three values.

    Objects are the same whatever the order of their keys.
    """
    if type(left) is not type(right):
        return False
    if type(left) is dict:
        return left.keys() == right.keys() and all(same_json(left[key], right[key]) for key in left)
    if type(left) is list:
        return len(left) == len(right) and all(map(same_json, left, right))
    return bool(left == right)
