"""History events to JSON and back, without loss and without reviving anything but the known kinds.

The fields of the event classes are the format; a record with an unknown kind, an unknown field, a missing
field or a value of the wrong type is refused (design §4).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from agentflow_tui.history import event as events
from agentflow_tui.history import fan_event as fan_events
from agentflow_tui.history import policy_event as policy_events
from agentflow_tui.history import swap_event as swap_events
from agentflow_tui.history.delta import Delta
from agentflow_tui.history.event import HistoryEvent

_JSON_NAMES = {
    str: "text",
    int: "a whole number",
    float: "a number",
    dict: "an object",
    tuple: "a list",
    bool: "true or false",
}


class HistoryFormatError(ValueError):
    """A record that is no history event of this format; the text names the line and the field."""

    def __init__(self, message: str, *, line: int | None = None) -> None:
        """Make the error; `line` counts from 1 in the file or the stored run."""
        self.line = line
        super().__init__(message if line is None else f"line {line}: {message}")


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    is_required: bool
    default: Any
    """What it is without being told; nothing that can be told for a field that is required."""
    read: Callable[[Any, str], Any]
    write: Callable[[Any], Any]


_Tellable = tuple[tuple[str, Any, Callable[[Any], Any]], ...]
"""Name, default and writer of each field."""


def encode(event: HistoryEvent) -> dict[str, Any]:
    """Return the event as a JSON object: `kind`, then every field."""
    record: dict[str, Any] = {"kind": event.kind}
    for each in _FIELDS[type(event)]:
        record[each.name] = each.write(getattr(event, each.name))
    return record


def encode_briefly(event: HistoryEvent) -> dict[str, Any]:
    """Return what `encode` does without the fields that `decode` knows without being told."""
    return _told(event, _TELLABLE[type(event)], {"kind": event.kind})


def decode(record: object, *, line: int | None = None) -> HistoryEvent:
    """Return the event that `encode` made the record from.

    Raises:
        HistoryFormatError: the record is not an event of this format.
    """
    try:
        if not isinstance(record, Mapping):
            raise HistoryFormatError("a history event is a JSON object")
        kind = record.get("kind")
        cls = KINDS.get(kind) if isinstance(kind, str) else None
        if cls is None:
            raise HistoryFormatError(f"unknown kind of event: {kind!r}")
        values = _read_fields(_FIELDS[cls], {k: v for k, v in record.items() if k != "kind"}, f"{kind}: ")
        return cls(**values)
    except HistoryFormatError as error:
        if line is None:
            raise
        raise HistoryFormatError(str(error), line=line) from None


def to_line(event: HistoryEvent) -> str:
    """Return the event as one line of JSON, without the line break, in ASCII."""
    return json.dumps(encode(event), separators=(",", ":"))


def _read_fields(known: tuple[_Field, ...], record: Mapping[str, Any], where: str) -> dict[str, Any]:
    values = {}
    for each in known:
        if each.name in record:
            values[each.name] = each.read(record[each.name], where + each.name)
        elif each.is_required:
            raise HistoryFormatError(f"{where}field '{each.name}' is missing")
    unknown = sorted(set(record) - {each.name for each in known})
    if unknown:
        raise HistoryFormatError(f"{where}unknown field '{unknown[0]}'")
    return values


def _same(value: Any) -> Any:
    return value


def _reader(hint: Any) -> Callable[[Any, str], Any]:
    if hint is Any:
        return lambda value, _: value
    if hint is Delta:
        return _read_delta
    if isinstance(hint, UnionType):
        inner = _reader(next(part for part in get_args(hint) if part is not type(None)))
        return lambda value, where: None if value is None else inner(value, where)
    origin = get_origin(hint) or hint
    if origin is tuple:
        item = _reader(get_args(hint)[0])
        return lambda value, where: tuple(item(v, where) for v in _typed(value, (list,), tuple, where))
    if origin in (dict, Mapping):
        item = _reader(get_args(hint)[1])
        return lambda value, where: {
            k: item(v, where) for k, v in _typed(value, (dict,), dict, where).items()
        }
    allowed = (int, float) if origin is float else (origin,)
    return lambda value, where: _typed(value, allowed, origin, where)


def _typed(value: Any, allowed: tuple[type, ...], expected: type, where: str) -> Any:
    # True is an int to Python, but not to the format.
    if not isinstance(value, allowed) or isinstance(value, bool) is not (expected is bool):
        raise HistoryFormatError(f"{where}: expected {_JSON_NAMES[expected]}, found {type(value).__name__}")
    return value


def _read_delta(value: Any, where: str) -> Delta:
    return Delta(**_read_fields(_DELTA, _typed(value, (dict,), dict, where), f"{where}."))


def _told(value: Any, known: _Tellable, told: dict[str, Any]) -> dict[str, Any]:
    for name, default, write in known:
        own = getattr(value, name)
        if own is not default and (own != default or type(own) is not type(default)):
            told[name] = own if write is _same else write(own)
    return told


def _tell_delta(value: Delta) -> dict[str, Any]:
    return _told(value, _TELLABLE_DELTA, {})


def _tellable(known: tuple[_Field, ...]) -> _Tellable:
    return tuple(
        (each.name, each.default, _tell_delta if each.write is _write_delta else each.write) for each in known
    )


def _write_delta(value: Delta) -> dict[str, Any]:
    return {each.name: each.write(getattr(value, each.name)) for each in _DELTA}


def _writer(hint: Any) -> Callable[[Any], Any]:
    if hint is Delta:
        return _write_delta
    origin = get_origin(hint)
    if origin is tuple:
        return list
    return dict if origin is Mapping else _same


def _fields_of(cls: type[Any]) -> tuple[_Field, ...]:
    hints = get_type_hints(cls)
    return tuple(
        _Field(
            each.name,
            each.default is MISSING and each.default_factory is MISSING,
            each.default if each.default_factory is MISSING else each.default_factory(),
            _reader(hints[each.name]),
            _writer(hints[each.name]),
        )
        for each in fields(cls)
    )


KINDS: dict[str, type[HistoryEvent]] = {
    cls.kind: cls
    for cls in {**vars(events), **vars(fan_events), **vars(policy_events), **vars(swap_events)}.values()
    if isinstance(cls, type) and issubclass(cls, HistoryEvent) and cls is not HistoryEvent
}
"""Every kind of history event by its name in the format."""

_DELTA = _fields_of(Delta)
_FIELDS = {cls: _fields_of(cls) for cls in KINDS.values()}
_TELLABLE_DELTA = _tellable(_DELTA)
_TELLABLE = {cls: _tellable(known) for cls, known in _FIELDS.items()}
