"""Where a model server listens, read from what people write into files and variables."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from agentflow_tui.llm.model_error import ModelError

_PORTS = {"http": 80, "https": 443}
# A server listens on these, but a client cannot portably connect to them.
_ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """A normalised http(s) address without user, password or trailing slash.

    Requests to a loopback address must not go through a proxy named in the environment: the proxy would look
    for the server on its own machine.
    """

    url: str
    is_loopback: bool

    @classmethod
    def parse(cls, text: str, *, bare_port: int, key: str) -> Self:
        """Read `host`, `host:port`, `::1`, `[::1]:port` or a whole http(s) URL.

        `bare_port` is used where neither scheme nor port is written, the scheme's own port where only the
        port is missing (the rules of `OLLAMA_HOST`). `key` names the setting in the `ModelError` otherwise.
        """
        scheme, _, rest = text.strip().rpartition("://")
        if _is_ipv6(rest):
            rest = f"[{rest}]"
        try:
            split = urlsplit(f"{scheme or 'http'}://{rest}")
            port = split.port or (_PORTS[split.scheme] if scheme else bare_port)
        except (ValueError, KeyError):
            raise _bad_address(key) from None
        host = split.hostname or "127.0.0.1"
        if any(character.isspace() for character in split.netloc) or split.query or split.fragment:
            raise _bad_address(key)
        # Where such a host ends, programs read differently.
        if "\\" in split.netloc or "]" in host:
            raise _bad_address(key)
        host = _ANY_ADDRESS.get(host, host)
        shown = f"[{host}]" if ":" in host else host
        return cls(f"{split.scheme}://{shown}:{port}{split.path.rstrip('/')}", _is_loopback(host))

    @property
    def origin(self) -> str:
        """Return scheme, host and port; letters that only look like others are written as their numbers."""
        split = urlsplit(self.url)
        return f"{split.scheme}://{split.netloc}".encode("ascii", "backslashreplace").decode()


def _bad_address(key: str) -> ModelError:
    # The text itself is not repeated: it can hold a password.
    return ModelError(
        f"{key} is not an http address",
        category="validation",
        hint=f"write {key} like http://127.0.0.1:11434",
    )


def _is_ipv6(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).version == 6  # noqa: PLR2004
    except ValueError:
        return False


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
