"""Keeping secrets out of histories: nothing is shown, stored or printed before it went through here."""

from __future__ import annotations

import base64
import dataclasses
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar
from urllib.parse import quote, quote_plus

from agentflow_tui.config.secrets import is_secret_name
from agentflow_tui.history.event import HistoryEvent

MASK = "[secret]"
_SHORTEST = 8
"""Characters; replacing shorter values would tear ordinary words apart, and no real key is that short."""
_PERCENT = re.compile(r"%[0-9A-F]{2}")
_BASE64_BITS, _BASE64_BYTES = 6, 3

_Event = TypeVar("_Event", bound=HistoryEvent)


class Redaction:
    """Replaces every occurrence of some secret values by a mask (design §4)."""

    def __init__(self, secrets: Iterable[str]) -> None:
        """Take the values; longer ones are replaced first, so that none shows a rest of another.

        Each is known escaped, too: as `repr` and JSON write it, in an address, and in base64.
        """
        forms = {form for secret in secrets if len(secret) >= _SHORTEST for form in _forms(secret)}
        self._secrets = sorted(forms, key=lambda form: (len(form), form), reverse=True)
        self.is_idle = not self._secrets
        """Whether there is no value to hide."""

    @classmethod
    def of(cls, env: Mapping[str, str], more: Iterable[str] = ()) -> Redaction:
        """Take what the environment holds under names that end like a secret's, and `more`."""
        named = (value for name, value in env.items() if is_secret_name(name))
        return cls((*named, *more))

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
            new = self.value(old)
            if new is not old:
                changes[field.name] = new
        return dataclasses.replace(event, **changes) if changes else event

    def value(self, value: Any) -> Any:
        """Return JSON data, or a dataclass of them, without any secret."""
        if not self._secrets:
            return value
        if isinstance(value, str):
            return self.text(value) if any(secret in value for secret in self._secrets) else value
        if isinstance(value, Mapping):
            return _same_or(value, {self.value(key): self.value(item) for key, item in value.items()})
        if isinstance(value, list | tuple):
            return _same_or(value, type(value)(self.value(item) for item in value))
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            fields = {
                field.name: self.value(getattr(value, field.name)) for field in dataclasses.fields(value)
            }
            new = dataclasses.replace(value, **fields)
            return _same_or(value, new)
        return value


def masked_in(value: Any, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield the places, dotted, of the texts in JSON data that hold the mask; `path` stands before each."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from masked_in(inner, (*path, str(key)))
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            yield from masked_in(inner, (*path, str(number)))
    elif isinstance(value, str) and MASK in value:
        yield ".".join(path)


def _forms(secret: str) -> Iterator[str]:
    yield secret
    written = (repr(secret), json.dumps(secret), json.dumps(secret, ensure_ascii=False))
    yield from (text[1:-1] for text in written)
    # Between double quotes `repr` leaves a single one as it is, and the other way round.
    yield repr(f"{secret}'\"")[1:-4]
    data = secret.encode("utf-8", "surrogateescape")
    for text in (quote(data), quote(data, safe=""), quote_plus(data)):
        yield text
        yield _PERCENT.sub(lambda found: found[0].lower(), text)
    for before in range(_BASE64_BYTES):
        # The characters that hold nothing but the secret, when so many other bytes stand in front of it.
        whole = base64.b64encode(b"\0" * before + data).decode()
        first = -(-before * 8 // _BASE64_BITS)
        text = whole[first : (before + len(data)) * 8 // _BASE64_BITS]
        yield from (text, text.translate({ord("+"): "-", ord("/"): "_"}))


def _same_or(old: Any, new: Any) -> Any:
    return old if old == new else new
