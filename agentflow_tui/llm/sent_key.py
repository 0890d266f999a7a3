"""A key of the user's that a flow sends to an address which only its file names."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SentKey:
    """What a person allows or not: which variable's value goes where."""

    variable: str
    """The environment variable that holds the key."""
    origin: str
    """Scheme, host and port, as `ServerAddress.origin` writes them."""


class UntrustedAddressError(Exception):
    """The flow would send a key to an address that the user has not allowed for it."""

    def __init__(self, key: SentKey, file: str = "") -> None:
        """Take the key, and the file that names the address: relative, empty for the flow's own."""
        self.key = key
        self.file = file
        super().__init__(f"this flow sends the key in {key.variable} to {key.origin}")
