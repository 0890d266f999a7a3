"""A raw loopback server that says exactly what a test wants, and notices when its client hangs up."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest


class RawServer:
    """Answers with the same bytes, or those of the path; with `hang` it then keeps the connection open."""

    def __init__(self, answer: bytes, *, hang: bool = False, paths: dict[str, bytes] | None = None) -> None:
        self.answer = answer
        self.paths = paths or {}
        self.hang = hang
        self.requests: list[bytes] = []
        self.asked = asyncio.Event()
        self.dropped = asyncio.Event()
        self.url = ""
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    def body(self, index: int = -1) -> dict[str, Any]:
        """Return the JSON body of a request."""
        parsed: dict[str, Any] = json.loads(self.requests[index].partition(b"\r\n\r\n")[2])
        return parsed

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            writer.close()
            return
        length = next(
            (int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if b"content-length" in line), 0
        )
        self.requests.append(head + await reader.readexactly(length))
        self.asked.set()
        writer.write(self.paths.get(head.split(b" ")[1].decode(), self.answer))
        await writer.drain()
        if self.hang:
            await reader.read()
            self.dropped.set()
        writer.close()


StartServer = Callable[..., Awaitable[RawServer]]


@pytest.fixture
async def start_server() -> AsyncIterator[StartServer]:
    started: list[RawServer] = []

    async def start(answer: bytes, *, hang: bool = False, paths: dict[str, bytes] | None = None) -> RawServer:
        server = RawServer(answer, hang=hang, paths=paths)
        await server.start()
        started.append(server)
        return server

    yield start
    for server in started:
        await server.stop()


@pytest.fixture
def refused_url() -> str:
    """Return the address of a port where nothing listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


@pytest.fixture
def respond() -> Callable[..., bytes]:
    """Build a whole HTTP answer."""

    def build(status: int, body: bytes, content_type: str = "application/json", extra: str = "") -> bytes:
        head = f"HTTP/1.1 {status} X\r\ncontent-type: {content_type}\r\ncontent-length: {len(body)}\r\n"
        return (head + extra + "connection: close\r\n\r\n").encode() + body

    return build


@pytest.fixture
def respond_in_chunks() -> Callable[..., bytes]:
    """Build a streamed HTTP answer; without `end` the connection breaks in the middle."""

    def build(*parts: bytes, content_type: str = "application/x-ndjson", end: bool = True) -> bytes:
        head = (
            f"HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\ntransfer-encoding: chunked\r\n\r\n".encode()
        )
        body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
        return head + body + (b"0\r\n\r\n" if end else b"")

    return build
