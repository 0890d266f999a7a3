"""Keeping secrets out of histories: nothing is shown, stored or printed before it went through here."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from agentflow_tui.history.event import HistoryEvent

MASK = "[secret]"
_SHORTEST = 8
"""Characters; replacing shorter values would tear ordinary words apart, and no real key is that short."""
_SECRET_ENDINGS = ("_API_KEY", "_TOKEN", "_SECRET", "_SECRET_KEY", "_PASSWORD", "_ACCESS_KEY")

_Event = TypeVar("_Event", bound=HistoryEvent)


class Redaction:
    """Replaces every occurrence of some secret values by a mask (design §4)."""

    def __init__(self, secrets: Iterable[str]) -> None:
        """Take the values; longer ones are replaced first, so that none shows a rest of another."""
        self._secrets = sorted(
            {secret for secret in secrets if len(secret) >= _SHORTEST}, key=len, reverse=True
        )

    @classmethod
    def of(cls, env: Mapping[str, str], more: Iterable[str] = ()) -> Redaction:
        """Take what the environment holds under names that end like a secret's, and `more`."""
        named = (value for name, value in env.items() if name.upper().endswith(_SECRET_ENDINGS))
        return cls((*named, *more))

    @property
    def is_idle(self) -> bool:
        """True when there is no value to hide."""
        return not self._secrets

    def text(self, text: str) -> str:
        """Return the text without any secret."""
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        return text

    def event(self, event: _Event) -> _Event:
        """Return the history event without any secret; the same object when it holds none."""
        if not self._secrets:
            return event
        changes = {}
        for field in dataclasses.fields(event):
            old = getattr(event, field.name)
            new = self._value(old)
            if new is not old:
                changes[field.name] = new
        return dataclasses.replace(event, **changes) if changes else event

    def _value(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(value) if any(secret in value for secret in self._secrets) else value
        if isinstance(value, Mapping):
            return _same_or(value, {self._value(key): self._value(item) for key, item in value.items()})
        if isinstance(value, list | tuple):
            return _same_or(value, type(value)(self._value(item) for item in value))
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            fields = {
                field.name: self._value(getattr(value, field.name)) for field in dataclasses.fields(value)
            }
            new = dataclasses.replace(value, **fields)
            return _same_or(value, new)
        return value


def _same_or(old: Any, new: Any) -> Any:
    return old if old == new else new
