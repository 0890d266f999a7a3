"""The bytes of a response, as long as each piece of it is of moderate size."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Protocol

from agentflow_tui.llm import answer_limit

_TAIL_BYTES = 3
LINES = (b"\n", b"\r")
"""What ends a piece of Ollama's stream."""
EVENTS = (b"\n\n", b"\r\n\r\n", b"\r\r")
"""What ends a server-sent event."""


class ByteStream(Protocol):
    """The body of a response in httpx or in httpx2; one model client uses the one, another the other."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield the bytes as they come."""

    async def aclose(self) -> None:
        """Drop the connection."""


class LimitedStream:
    """Passes a stream on until a piece is longer than `answer_limit.MAX_PIECE_BYTES`."""

    def __init__(self, stream: ByteStream, ends: tuple[bytes, ...], who: str) -> None:
        """Take the stream of a response, what ends a piece in it, and the server's name for the error."""
        self._stream = stream
        self._ends = ends
        self._who = who

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield the bytes; raises `ModelError` (resource)."""
        size, tail = 0, b""
        async for chunk in self._stream:
            # An end may lie across two chunks.
            data = tail + chunk
            last = max(data.rfind(end) for end in self._ends)
            size = len(data) - last if last >= 0 else size + len(chunk)
            if size > answer_limit.MAX_PIECE_BYTES:
                raise answer_limit.piece_error(self._who)
            tail = data[-_TAIL_BYTES:]
            yield chunk

    async def aclose(self) -> None:
        """Drop the connection."""
        await self._stream.aclose()


def limiting(ends: tuple[bytes, ...], who: str) -> Callable[[Any], Awaitable[None]]:
    """Return the response hook that puts a `LimitedStream` around each body."""

    async def limit(response: Any) -> None:
        # A response takes only a stream that is of its own library's kind.
        kinds = type(response.stream).__mro__
        kind = next(kind for kind in kinds if kind.__name__ == "AsyncByteStream")
        response.stream = type("LimitedBody", (LimitedStream, kind), {})(response.stream, ends, who)

    return limit
