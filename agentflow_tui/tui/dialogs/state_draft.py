"""What a person is about to change in a state, as it is typed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from agentflow_tui.tui.event_input import InputError, parse_json, parse_object
from agentflow_tui.workbench.departure import REMOVED

_META = "meta."
_PARTS = ("data", "meta")


@dataclass(frozen=True, slots=True)
class Slot:
    """A key of data or of meta."""

    part: Literal["data", "meta"]
    key: str

    @classmethod
    def named(cls, name: str) -> Slot:
        """Read a key as people write it: `score`, or `meta.priority`."""
        if name.startswith(_META) and name != _META:
            return cls("meta", name.removeprefix(_META))
        return cls("data", name)

    @property
    def name(self) -> str:
        """The key as people write it."""
        return self.key if self.part == "data" else _META + self.key


@dataclass(frozen=True, slots=True)
class Draft:
    """A value as it is typed."""

    text: str = ""
    is_json: bool = False
    is_removed: bool = False

    @classmethod
    def of(cls, value: Any) -> Draft:
        """Show a value: text as it is, anything else as JSON."""
        if value is REMOVED:
            return cls(is_removed=True)
        if isinstance(value, str):
            return cls(value)
        return cls(json.dumps(value, ensure_ascii=False, indent=2), is_json=True)


@dataclass(frozen=True, slots=True)
class Pending:
    """One edit that is not made yet."""

    slot: Slot
    old: Any
    """`REMOVED` when the key is new."""
    new: Any
    """`REMOVED` when the key goes away."""

    @property
    def sign(self) -> str:
        """How the lists of changes write its kind."""
        return "+" if self.old is REMOVED else "-" if self.new is REMOVED else "~"


class StateDraft:
    """The values of one state, and what was typed over them; nothing of the state itself ever changes."""

    def __init__(self, data: Mapping[str, Any], meta: Mapping[str, str]) -> None:
        """Take the state as it is."""
        self._old = {Slot("data", key): value for key, value in data.items()}
        self._old |= {Slot("meta", key): value for key, value in meta.items()}
        self._typed: dict[Slot, Draft] = {}
        self.slots = list(self._old)
        """Keys of data, then of meta, then new ones as they were added."""

    def old(self, slot: Slot) -> Any:
        """Return the value as it is in the state; `REMOVED` when the key is new."""
        return self._old.get(slot, REMOVED)

    def add(self, slot: Slot) -> None:
        """Have a new key, which is empty at first."""
        if slot not in self.slots:
            self.slots.append(slot)
            self._typed[slot] = Draft()

    def draft(self, slot: Slot) -> Draft:
        """Return the value as it is typed now."""
        return self._typed.get(slot) or Draft.of(self._old.get(slot, ""))

    def put(self, slot: Slot, draft: Draft) -> None:
        """Keep what was typed."""
        if slot in self._old and draft == Draft.of(self._old[slot]):
            self._typed.pop(slot, None)
        else:
            self._typed[slot] = draft

    def take_back(self, slot: Slot) -> bool:
        """Forget what was typed over a key, and the key if it is new; false when there was nothing."""
        was_typed = self._typed.pop(slot, None) is not None
        if slot in self.slots and slot not in self._old:
            self.slots.remove(slot)
        return was_typed

    def value(self, slot: Slot) -> Any:
        """Return the value that is meant; `REMOVED` when the key goes away.

        Raises:
            InputError: It is no JSON although it should be; `field` is the key's name.
        """
        draft = self.draft(slot)
        if draft.is_removed:
            return REMOVED
        if not draft.is_json or slot.part == "meta":
            return draft.text
        try:
            return parse_json(draft.text, slot.name)
        except InputError as error:
            error.field = slot.name
            raise

    def pending(self) -> list[Pending]:
        """Return the edits in the order of the keys; raises `InputError` as `value` does."""
        return list(self._pending())

    def edits(self, part: Literal["data", "meta"]) -> dict[str, Any]:
        """Return the edits of data or of meta by key; raises `InputError` as `value` does."""
        return {each.slot.key: each.new for each in self._pending() if each.slot.part == part}

    def to_json(self) -> str:
        """Return the whole state as it would be; raises `InputError` as `value` does."""
        whole: dict[str, dict[str, Any]] = {part: {} for part in _PARTS}
        for slot in self.slots:
            value = self.value(slot)
            if value is not REMOVED:
                whole[slot.part][slot.key] = value
        return json.dumps(whole, ensure_ascii=False, indent=2)

    def take_json(self, text: str) -> None:
        """Take the whole state from a text as `to_json` gives it.

        Raises:
            InputError: It is no such JSON; the message gives line and column.
        """
        whole = parse_object(text, "the state")
        for part in whole:
            if part not in _PARTS:
                raise InputError(f"the state: '{part}' is neither data nor meta")
        given: dict[Slot, Any] = {}
        for part in _PARTS:
            values = whole.get(part, {})
            if not isinstance(values, dict):
                raise InputError(f"the state: {part} is an object of keys and values")
            for key, value in values.items():
                if part == "meta" and not isinstance(value, str):
                    raise InputError(f"the state: the value of meta.{key} must be text in quotes")
                given[Slot("data" if part == "data" else "meta", key)] = value
        self._typed.clear()
        self.slots = [*self._old, *(slot for slot in given if slot not in self._old)]
        for slot in self.slots:
            self.put(slot, Draft.of(given.get(slot, REMOVED)))

    def _pending(self) -> Iterator[Pending]:
        for slot in self.slots:
            if slot not in self._typed:
                continue
            old, new = self.old(slot), self.value(slot)
            if not (old is new is REMOVED or _same(old, new)):
                yield Pending(slot, old, new)


def _same(one: Any, other: Any) -> bool:
    if one is REMOVED or other is REMOVED:
        return False
    # To Python True equals 1; to a reader of JSON it does not.
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
