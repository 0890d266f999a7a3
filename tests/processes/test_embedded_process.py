"""The embedded model's process with a stand-in for the engine; the real engine runs in tests/live."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from agentflow_tui.llm.embedded_process import EmbeddedProcess
from agentflow_tui.llm.embedded_provider import EmbeddedProvider
from agentflow_tui.llm.model_error import ModelError
from agentflow_tui.llm.provider import ChatRequest, Message
from agentflow_tui.llm.weights import SMOLLM2

PARAMS = """
class Bag:
    def __getattr__(self, name):
        self.__dict__[name] = Bag()
        return self.__dict__[name]
CommonParams = Bag
"""

# Noise on both outputs, then a server that says what it was given.
SERVING = (
    PARAMS
    + """
import os
class Server:
    def __init__(self, p):
        print("noise", flush=True)
        os.write(1, b"noise")
        self.listening_address = f"http://{p.hostnames[0]}:{p.port}/{p.n_ctx}/{p.n_parallel}/{p.cpuparams.n_threads}"
def json_schema_to_grammar(schema):
    return "%llguidance {}\\nstart: %json " + schema
"""
)

Install = Callable[[str], None]


@dataclass
class Lifeline:
    port: int
    arrived: asyncio.Future[tuple[asyncio.StreamReader, asyncio.StreamWriter]]

    async def wait_for_process(self) -> None:
        await asyncio.wait_for(asyncio.shield(self.arrived), 60)

    async def wait_for_end(self) -> None:
        assert await asyncio.wait_for(self.arrived.result()[0].read(), 30) == b""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Put a stand-in for xllamacpp on the child's path."""

    def write(source: str) -> None:
        (tmp_path / "xllamacpp.py").write_text(source)
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    return write


async def start(tmp_path: Path) -> EmbeddedProcess:
    return await EmbeddedProcess.start(tmp_path / "m.gguf", "m", slots=4, context_tokens=2048)


async def test_reports_its_address_and_ends_when_told(install: Install, tmp_path: Path) -> None:
    install(SERVING)
    process = await start(tmp_path)
    host, context, slots, threads = process.url.removeprefix("http://").split("/")
    assert (host, context, slots) == ("127.0.0.1:0", "8192", "4")
    assert int(threads) >= 1
    assert len(process.key) == 32
    assert process.is_guided
    assert process.is_alive
    await process.stop()
    assert await process.exit_status(0) == 0
    assert not process.is_alive


async def test_an_engine_with_grammars_of_its_own_is_not_guided(install: Install, tmp_path: Path) -> None:
    install(SERVING.replace("%llguidance {}", "root ::= object"))
    process = await start(tmp_path)
    assert not process.is_guided
    await process.stop()


STARTS = {
    "not installed": ("raise ImportError('no')", "not installed", "pip install 'agentflow-tui[embedded]'"),
    "refused": (PARAMS + "def Server(p): raise RuntimeError('bad model')", "bad model", "model get"),
    "aborted": ("import os; os.abort()", f"-{int(signal.SIGABRT)}", "memory"),
    "left": ("import os; os._exit(3)", "ended with 3", "memory"),
}


@pytest.mark.parametrize("case", STARTS)
async def test_a_failed_start_has_a_way_out(case: str, install: Install, tmp_path: Path) -> None:
    source, message, hint = STARTS[case]
    install(source)
    with pytest.raises(ModelError) as caught:
        await start(tmp_path)
    assert caught.value.category == "resource"
    assert message in caught.value.message
    assert hint in caught.value.hint


@pytest.fixture
async def lifeline() -> AsyncIterator[Lifeline]:
    """Listen for one process that connects; its connection ends when the process does."""
    arrived: asyncio.Future[tuple[asyncio.StreamReader, asyncio.StreamWriter]]
    arrived = asyncio.get_running_loop().create_future()
    server = await asyncio.start_server(lambda *both: arrived.set_result(both), "127.0.0.1", 0)
    yield Lifeline(server.sockets[0].getsockname()[1], arrived)
    if arrived.done():
        arrived.result()[1].close()
    server.close()


async def test_cancelling_a_start_ends_the_process(
    install: Install, tmp_path: Path, lifeline: Lifeline
) -> None:
    install(
        f"import socket, time\ns = socket.create_connection(('127.0.0.1', {lifeline.port}))\ntime.sleep(600)"
    )
    task = asyncio.create_task(start(tmp_path))
    await lifeline.wait_for_process()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await lifeline.wait_for_end()


async def test_no_orphan_when_the_parent_is_killed(
    install: Install, tmp_path: Path, lifeline: Lifeline
) -> None:
    install(SERVING + f"\nimport socket\ns = socket.create_connection(('127.0.0.1', {lifeline.port}))\n")
    script = tmp_path / "parent.py"
    script.write_text(
        "import asyncio, pathlib\n"
        "from agentflow_tui.llm.embedded_process import EmbeddedProcess\n"
        "async def main():\n"
        "    await EmbeddedProcess.start(pathlib.Path('m'), 'm', slots=1, context_tokens=1)\n"
        "    print('up', flush=True)\n"
        "    await asyncio.sleep(600)\n"
        "asyncio.run(main())\n"
    )
    parent = await asyncio.create_subprocess_exec(sys.executable, str(script), stdout=subprocess.PIPE)
    assert parent.stdout is not None
    assert await parent.stdout.readline() == b"up\n"
    await lifeline.wait_for_process()
    parent.kill()
    await parent.wait()
    await lifeline.wait_for_end()


async def test_the_current_folder_is_never_imported(
    tmp_path: Path, install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stranger's flow folder may hold a json.py."""
    install(SERVING)
    flow = tmp_path / "flow"
    flow.mkdir()
    (flow / "json.py").write_text("raise SystemExit('imported from the flow')")
    monkeypatch.chdir(flow)
    process = await start(tmp_path)
    await process.stop()


ASK = ChatRequest("smollm2:135m", (Message("user", "Hi"),))


async def ask(provider: EmbeddedProvider, request: ChatRequest) -> ModelError:
    with pytest.raises(ModelError) as caught:
        async for _ in provider.stream(request):
            pass
    await provider.aclose()
    return caught.value


async def test_missing_weights_name_the_command(tmp_path: Path) -> None:
    error = await ask(EmbeddedProvider(folder=tmp_path), ASK)
    assert error.category == "resource"
    assert "agentflow-tui model get" in error.hint
    assert not SMOLLM2.are_present(tmp_path), "nothing is fetched unasked"


async def test_another_models_name_is_refused(tmp_path: Path) -> None:
    error = await ask(EmbeddedProvider(folder=tmp_path), ChatRequest("gemma3:1b", ASK.messages))
    assert error.category == "validation"
    assert "smollm2:135m" in error.hint
