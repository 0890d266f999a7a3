"""Events as rows of the store: big values go into shared blobs or become the difference to the value before.

A row is the event's JSON with `null` in the place of each big value, and a list of parts that say where they
are: `[pointer, "b", hash]` names a blob, `[pointer, "s", [start, removed, text]]` splices the JSON text that
stood last in the same slot, `[pointer, "p", patch]` is an RFC 6902 patch of its value. Unpacking the
rows of a run in order gives exactly the same events back.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import jsonpatch

from agentflow_tui.history.codec import HistoryFormatError, decode, encode_briefly
from agentflow_tui.history.event import HistoryEvent
from agentflow_tui.history.quick_init import quick

BIG = 2048
"""Characters of JSON from which on a value leaves its row."""
_VALUE_DEPTH = 3
"""How deep values of the state lie in an event's JSON (`delta.set.key`); nothing below is taken apart."""
_PATCHED_UP_TO = 2_000_000
_WORTH = 4
"""A difference is kept when it is so many times smaller than the value."""

_Pointer = tuple[str | int, ...]


@quick
@dataclass(frozen=True, slots=True)
class PackedEvent:
    """One row, and the blobs that it is the first to need."""

    data: str
    parts: str | None
    blobs: Mapping[str, bytes] = field(default_factory=dict)
    """SHA-256 (hex) of the JSON text to the compressed text."""
    uses: tuple[str, ...] = ()
    """Hashes of all blobs that it names."""
    made: ClassVar[Callable[..., PackedEvent]]
    """Makes one from its fields, faster than a call of the class does: see `quick`."""

    @property
    def size(self) -> int:
        """Bytes that it adds to the store, about."""
        if self.parts is None:
            return len(self.data)
        return len(self.data) + len(self.parts) + sum(map(len, self.blobs.values()))


class Packer:
    """Packs the events of one run in order. A new one can go on at any event: it refers only to its own."""

    def __init__(self) -> None:
        """Begin without anything to refer to."""
        self._last: dict[str, str] = {}
        self._known: set[str] = set()

    def pack(self, event: HistoryEvent) -> PackedEvent:
        """Return the event as a row.

        Raises:
            TypeError, ValueError: a value is not JSON.
        """
        record = encode_briefly(event)
        whole = _text_of_plain(record)
        if whole is not None and len(whole) < BIG:
            # No value in it can be big.
            return PackedEvent.made(data=whole, parts=None)
        parts: list[list[Any]] = []
        blobs: dict[str, bytes] = {}
        path = str(getattr(event, "path", ""))

        def reduced(value: Any, pointer: _Pointer) -> Any:
            if isinstance(value, Mapping) and len(pointer) < _VALUE_DEPTH:
                return {key: reduced(item, (*pointer, key)) for key, item in value.items()}
            if isinstance(value, list | tuple) and len(pointer) < _VALUE_DEPTH:
                return [reduced(item, (*pointer, index)) for index, item in enumerate(value)]
            if not isinstance(value, str | Mapping | list | tuple) or (
                isinstance(value, str) and len(value) < BIG
            ):
                return value
            text = _text(value)
            if len(text) < BIG:
                return value
            code, payload = self._part(value, text, _slot(pointer, path), blobs)
            parts.append([pointer, code, payload])
            return None

        data = _text(reduced(record, ()))
        uses = tuple(part[2] for part in parts if part[1] == "b")
        return PackedEvent(data, _text(parts) if parts else None, blobs, uses)

    def _part(self, value: Any, text: str, slot: str, blobs: dict[str, bytes]) -> tuple[str, Any]:
        before = self._last.get(slot)
        self._last[slot] = text
        name = blob_name(text)
        if name in self._known:
            return "b", name
        if before is not None:
            code, payload = _difference(before, text, value)
            if code:
                return code, payload
        self._known.add(name)
        blobs[name] = compressed(text)
        return "b", name


class Unpacker:
    """Gives back the events of one run from its rows, all of them, in order."""

    def __init__(self, blob: Callable[[str], bytes | None]) -> None:
        """Take what finds a blob's bytes by its hash."""
        self._blob = blob
        self._last: dict[str, str] = {}
        self._texts: dict[str, str] = {}

    def unpack(self, data: str, parts: str | None, *, line: int) -> HistoryEvent:
        """Return the event of a row; `line` is its number, from 1.

        Raises:
            HistoryFormatError: the row, or a blob that it names, is damaged.
        """
        try:
            record = json.loads(data)
            for pointer, code, payload in json.loads(parts) if parts else ():
                text = self._value(code, payload, _slot(tuple(pointer), str(record.get("path", ""))))
                _put(record, pointer, json.loads(text))
        except HistoryFormatError as error:
            raise HistoryFormatError(str(error), line=line) from None
        except (
            ValueError,
            KeyError,
            TypeError,
            IndexError,
            AttributeError,
            RecursionError,
            jsonpatch.JsonPatchException,
            jsonpatch.JsonPointerException,
        ) as error:
            raise HistoryFormatError(f"damaged: {error}", line=line) from None
        return decode(record, line=line)

    def _value(self, code: str, payload: Any, slot: str) -> str:
        match code:
            case "b":
                text = self._blob_text(payload)
            case "s":
                before, (start, removed, inserted) = self._last[slot], payload
                text = before[:start] + inserted + before[start + removed :]
            case "p":
                text = _text(jsonpatch.JsonPatch(payload).apply(json.loads(self._last[slot]), in_place=True))
            case _:
                raise HistoryFormatError(f"unknown way of packing: {code!r}")
        self._last[slot] = text
        return text

    def _blob_text(self, name: str) -> str:
        if name not in self._texts:
            data = self._blob(name)
            if data is None:
                raise HistoryFormatError("a value of it is missing")
            self._texts[name] = decompressed(name, data)
        return self._texts[name]


def blob_name(text: str) -> str:
    """Return the hash (hex) that names a text."""
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def compressed(text: str) -> bytes:
    """Return an ASCII text as the bytes of a blob."""
    return zlib.compress(text.encode("ascii"), 6)


def decompressed(name: str, data: bytes) -> str:
    """Return the text of a blob; raises `HistoryFormatError` when it is not the one of that name."""
    try:
        text = zlib.decompress(data).decode("ascii")
    except (zlib.error, UnicodeDecodeError) as error:
        raise HistoryFormatError(f"a value of it is damaged: {error}") from None
    if blob_name(text) != name:
        raise HistoryFormatError("a value of it was changed")
    return text


def _quick_encoder() -> Callable[[Any], str]:
    """What writes JSON without spaces; `JSONEncoder` would set itself up again for every value."""
    plain = json.JSONEncoder(separators=(",", ":"))
    make = getattr(json.encoder, "c_make_encoder", None)
    if make is None:
        return plain.encode
    pieces = make(
        None, plain.default, json.encoder.encode_basestring_ascii, None, ":", ",", False, False, True
    )
    return lambda value: "".join(pieces(value, 0))


_text = _quick_encoder()


def _text_of_plain(record: dict[str, Any]) -> str | None:
    try:
        return _text(record)
    except TypeError:
        # A mapping that is no dict, which only the walk through it takes.
        return None


def _slot(pointer: _Pointer, path: str) -> str:
    # A key of the state is compared with itself whoever set it; a prompt with the step's prompt before.
    if pointer[:2] in (("delta", "set"), ("event", "data")):
        return f"data {pointer[-1]}"
    return _text([path, *pointer])


def _difference(before: str, text: str, value: Any) -> tuple[str, Any]:
    limit = len(text) // _WORTH
    splice = _splice(before, text)
    if len(splice[2]) * _WORTH <= limit or isinstance(value, str) or len(text) > _PATCHED_UP_TO:
        return ("s", splice) if len(splice[2]) <= limit else ("", None)
    patch = _patch(before, text)
    size = len(_text(patch)) if patch is not None else limit + 1
    if size <= min(limit, len(splice[2])):
        return "p", patch
    return ("s", splice) if len(splice[2]) <= limit else ("", None)


def _patch(before: str, text: str) -> list[Any] | None:
    old = json.loads(before)
    patch = jsonpatch.make_patch(old, json.loads(text))
    # What it makes must be the same to the letter: 1 is no True, and the order of keys is kept.
    found: list[Any] = patch.patch
    return found if _text(patch.apply(old, in_place=True)) == text else None


def _splice(before: str, text: str) -> tuple[int, int, str]:
    shorter = min(len(before), len(text))
    head = _common(lambda n: before[:n] == text[:n], shorter)
    tail = _common(lambda n: n == 0 or before[-n:] == text[-n:], shorter - head)
    return head, len(before) - head - tail, text[head : len(text) - tail]


def _common(is_same: Callable[[int], bool], longest: int) -> int:
    low, high = 0, longest
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if is_same(middle) else (low, middle - 1)
    return low


def _put(record: Any, pointer: list[str | int], value: Any) -> None:
    *parents, last = pointer
    for step in parents:
        record = record[step]
    record[last] = value
