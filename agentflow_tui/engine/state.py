"""The state that an agent works on: its own copy, made key by key when it looks (semantics §2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from enum import Enum
from typing import Any

from agentflow_tui.engine.errors import AgentError
from agentflow_tui.engine.json_value import (
    MAX_VALUES,
    checked_key,
    copy_json,
    copy_open,
    is_plain,
    same_json,
    thaw,
    thaw_object,
)
from agentflow_tui.engine.meta import checked_meta_value
from agentflow_tui.history.delta import EMPTY_DELTA, Delta

_EMPTY: Mapping[str, Any] = {}


class _Gone(Enum):
    """Stands for a key that was removed; stays itself in a copy of a state, however that was made."""

    GONE = "gone"


_GONE = _Gone.GONE
_new = object.__new__


class Layer(MutableMapping[str, Any]):
    """A mapping over a base that is never touched: what is written, or read and changeable, lies on top."""

    __slots__ = ("_base", "_over")

    def __init__(self, base: Mapping[str, Any], over: dict[str, Any] | None = None) -> None:
        """Lie over `base`, whose values nobody changes; `over` is taken as it is."""
        self._base = base
        self._over: dict[str, Any] = {} if over is None else over

    def __getitem__(self, key: str) -> Any:
        """The value of a key; a list or an object is this layer's own from then on."""
        value = self._over.get(key, self)
        if value is _GONE:
            raise KeyError(key)
        if value is not self:
            return value
        value = self._base[key]
        if type(value) is dict or type(value) is list:
            value = self._over[key] = thaw(value)
        return value

    def __setitem__(self, key: str, value: Any) -> None:
        """Set a key; the value is checked when the agent is done."""
        self._over[key] = value

    def __delitem__(self, key: str) -> None:
        """Remove a key; raises `KeyError` when it is not there."""
        if key not in self:
            raise KeyError(key)
        if key in self._base:
            self._over[key] = _GONE
        else:
            del self._over[key]

    def __contains__(self, key: object) -> bool:
        """Whether a key is there, without copying its value."""
        value = self._over.get(key, self)  # type: ignore[call-overload]
        return key in self._base if value is self else value is not _GONE

    def __iter__(self) -> Iterator[str]:
        """The keys: those of the base in its order, then the new ones."""
        for key in tuple(self._base):
            if self._over.get(key) is not _GONE:
                yield key
        for key, value in tuple(self._over.items()):
            if value is not _GONE and key not in self._base:
                yield key

    def __len__(self) -> int:
        """How many keys there are."""
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        """The whole mapping as a dict would show it."""
        return repr(self.snapshot())

    def snapshot(self) -> dict[str, Any]:
        """A plain dict of everything, a private copy."""
        return {key: thaw(self[key]) for key in self}


class State:
    """Data (JSON values) and meta (text) that one agent run may change as it likes.

    Nothing that is done to it, to values read from it or to values put into it reaches anybody else; what
    changed is found by comparing the keys that were touched, so the cost does not depend on the size of the
    state.
    """

    __slots__ = ("_base", "_data", "_meta", "_meta_base")

    def __init__(self, data: Mapping[str, Any] | None = None, meta: Mapping[str, str] | None = None) -> None:
        """A state of these values, as a handler makes it; they are checked when the engine takes it."""
        self._base = self._meta_base = _EMPTY
        self._data: Layer | None = Layer(_EMPTY, {} if data is None else dict(data))
        self._meta: Layer | None = Layer(_EMPTY, {} if meta is None else dict(meta))

    @classmethod
    def over(cls, data: Mapping[str, Any], meta: Mapping[str, str]) -> State:
        """A state over checked values that nobody changes in place; nothing is copied yet."""
        state = _new(cls)
        state._base, state._meta_base = data, meta
        state._data = state._meta = None
        return state

    @property
    def data(self) -> MutableMapping[str, Any]:
        """JSON values by key."""
        data = self._data
        if data is None:
            data = self._data = Layer(self._base)
        return data

    @property
    def meta(self) -> MutableMapping[str, str]:
        """Text by key."""
        meta = self._meta
        if meta is None:
            meta = self._meta = Layer(self._meta_base)
        return meta

    def fork(self) -> State:
        """A copy that shares nothing changeable with this one; raises `AgentError` as `delta` does."""
        fork = State.over(self._base, self._meta_base)
        delta = self.delta()
        if not delta.is_empty:
            fork._data = _laid(fork._base, delta.set, delta.removed)
            fork._meta = _laid(fork._meta_base, delta.meta_set, delta.meta_removed)
        return fork

    def is_over(self, other: State) -> bool:
        """Whether both lie over the same values, as a state does that an agent was given and returns."""
        return self._base is other._base and self._meta_base is other._meta_base

    def update(self, data: Mapping[Any, Any]) -> None:
        """Set these keys; raises `AgentError` when one is no text, or they do not end."""
        own = self.data
        for number, (key, value) in enumerate(data.items()):
            if number == MAX_VALUES:
                raise AgentError(f"the returned mapping: more than {MAX_VALUES} keys")
            own[checked_key(key, "the returned mapping")] = value

    def delta(self) -> Delta:
        """What changed, as private copies: keys that hold what they held before are not in it.

        Raises `AgentError` that names the path of a value that is no JSON value.
        """
        data, removed = _changed(self._data, copy_json)
        meta, meta_removed = _changed(self._meta, _copy_meta)
        return _delta(data, removed, meta, meta_removed)

    def __repr__(self) -> str:
        """Data and meta, for a person who debugs a handler."""
        return f"State(data={self.data!r}, meta={self.meta!r})"


def _copy_meta(value: Any, key: str) -> str:
    return checked_meta_value(key, value)


def delta_of(written: Mapping[Any, Any], base: Mapping[str, Any]) -> Delta:
    """What changes when these keys are set, as `State.update` and `State.delta` would say."""
    changed: dict[str, Any] = {}
    for key, value in written.items():
        if type(key) is not str or not key.isascii():
            key = checked_key(key, "the returned mapping")  # noqa: PLW2901 - as plain text
        kind = type(value)
        if (kind is str and value.isascii()) or is_plain(value):
            # Told apart by the type too: `true` is not 1.
            if key not in base or (old := base[key]) != value or type(old) is not kind:
                changed[key] = value
            continue
        own = copy_open(value, key)
        if key not in base or not same_json(own, base[key]):
            changed[key] = own
    return Delta.made(set=changed, meta_set=_EMPTY) if changed else EMPTY_DELTA


def _delta(
    data: Mapping[str, Any],
    removed: tuple[str, ...],
    meta: Mapping[str, str] = _EMPTY,
    meta_removed: tuple[str, ...] = (),
) -> Delta:
    if not (data or removed or meta or meta_removed):
        return EMPTY_DELTA
    return Delta(data, removed, meta, meta_removed)


def _changed(layer: Layer | None, copy: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
    if layer is None or not layer._over:
        return {}, ()
    changed: dict[str, Any] = {}
    gone: list[str] = []
    base = layer._base
    for key, value in layer._over.items():
        if value is _GONE:
            gone.append(key)
            continue
        own = copy(value, checked_key(key, "data"))
        if key not in base or not same_json(own, base[key]):
            changed[key] = own
    return changed, tuple(sorted(gone))


def _laid(base: Mapping[str, Any], written: Mapping[str, Any], removed: tuple[str, ...]) -> Layer:
    layer = Layer(base, thaw_object(written))
    for key in removed:
        layer._over[key] = _GONE
    return layer
