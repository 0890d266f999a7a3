"""What a user emits into a flow."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from agentflow_tui.engine.clock import utc_now
from agentflow_tui.engine.errors import a_kind_of
from agentflow_tui.engine.json_value import copy_open, thaw
from agentflow_tui.engine.meta import checked_meta
from agentflow_tui.engine.new_id import new_id
from agentflow_tui.history.quick_init import quick

_NO_MAPPING = "{0} must be a mapping, as in {2}{3}, and this is {1}"


class FrozenData(Mapping[str, Any]):
    """Data that cannot be changed: a list or an object inside is handed out as a private copy."""

    __slots__ = ("_data",)

    def __init__(self, data: dict[str, Any]) -> None:
        """Take over checked JSON data that nobody changes any more."""
        self._data = data

    def __getitem__(self, key: str) -> Any:
        """The value of a key."""
        return thaw(self._data[key])

    def __iter__(self) -> Iterator[str]:
        """The keys, in order."""
        return iter(self._data)

    def __len__(self) -> int:
        """How many keys there are."""
        return len(self._data)

    def __repr__(self) -> str:
        """The data as a dict would show it."""
        return f"FrozenData({self._data!r})"


@quick
@dataclass(frozen=True, slots=True)
class Event:
    """The input of a run (semantics §1)."""

    id: str
    data: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)
    target: str = ""
    timestamp: str = ""
    """Wall-clock time, ISO 8601, UTC."""
    made: ClassVar[Callable[..., Event]]
    """Makes one from its fields, faster than a call of the class does: see `quick`."""

    @classmethod
    def make(
        cls,
        data: Mapping[str, Any] | None = None,
        *,
        metadata: Mapping[str, str] | None = None,
        target: str = "",
        event_id: str | None = None,
        timestamp: str | None = None,
    ) -> Event:
        """An event with its own copy of everything, a new id and the time of now, where none is given.

        Raises `AgentError` that names the key when the data are no JSON or the metadata no text, and
        `TypeError` when they are no mappings.
        """
        if type(data) is not dict and data is not None and not isinstance(data, Mapping):
            raise TypeError(_NO_MAPPING.format("data", a_kind_of(data), 'run({"key": …})', ", or an Event"))
        if metadata is not None and not isinstance(metadata, Mapping):
            raise TypeError(_NO_MAPPING.format("metadata", a_kind_of(metadata), '{"key": "text"}', ""))
        return cls.made(
            id=event_id if event_id is not None else new_id(),
            data=FrozenData({} if data is None else copy_open(data, "data")),
            metadata=FrozenMeta(checked_meta(metadata)) if metadata else NO_META,
            target=target,
            timestamp=timestamp if timestamp is not None else utc_now(),
        )

    @property
    def session_id(self) -> str:
        """Metadata `session_id`; the event's id when there is none."""
        # Asked for first: a mapping of ours that lacks a key says so by an exception, which is dear.
        metadata = self.metadata
        if "session_id" not in metadata:
            return self.id
        return metadata["session_id"] or self.id

    def frozen(self) -> Event:
        """The same event with a copy of the data that no agent can change; raises as `make` does.

        One that `make` made is such an event already.
        """
        if isinstance(self.data, FrozenData) and isinstance(self.metadata, FrozenMeta):
            return self
        return Event(
            id=self.id,
            data=FrozenData(copy_open(self.data, "data")),
            metadata=FrozenMeta(checked_meta(self.metadata)),
            target=self.target,
            timestamp=self.timestamp,
        )


class FrozenMeta(Mapping[str, str]):
    """Metadata that cannot be changed."""

    __slots__ = ("_meta",)

    def __init__(self, meta: dict[str, str]) -> None:
        """Take over checked metadata that nobody changes any more."""
        self._meta = meta

    def __getitem__(self, key: str) -> str:
        """The text of a key."""
        return self._meta[key]

    def __contains__(self, key: object) -> bool:
        """Whether a key is there."""
        return key in self._meta

    def __iter__(self) -> Iterator[str]:
        """The keys, in order."""
        return iter(self._meta)

    def __len__(self) -> int:
        """How many keys there are."""
        return len(self._meta)


NO_META = FrozenMeta({})
"""The metadata of an event that was made with none."""


def facts_of(event: Event) -> dict[str, Any]:
    """An event as a plain dict, as conditions and the history see it; they change nothing in its data.

    No method, because agents are given the event.
    """
    data, metadata = event.data, event.metadata
    return {
        "id": event.id,
        "target": event.target,
        "data": data._data if isinstance(data, FrozenData) else dict(data),
        "metadata": metadata._meta.copy() if isinstance(metadata, FrozenMeta) else dict(metadata),
        "timestamp": event.timestamp,
    }
