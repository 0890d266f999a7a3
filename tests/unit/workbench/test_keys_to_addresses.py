"""A key goes to an address of the file's only when the user has allowed it.

`127.1` is this machine for the system and not for the rule, so that what is sent can be seen.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agentflow_tui import FlowRunner
from agentflow_tui.agents.trust import Trust
from agentflow_tui.engine import Event
from agentflow_tui.history.event import Warned
from agentflow_tui.history.store import RunStore
from agentflow_tui.llm.sent_key import SentKey, UntrustedAddressError
from agentflow_tui.workbench import Workbench
from agentflow_tui.workbench.not_ready import NotReadyError
from tests.unit.llm.conftest import RawServer
from tests.unit.workbench.test_live_edit import LOOP, standing

FLOW = """
[llm]
provider = "own"
model = "m"
[orchestration]
mode = "sequential"
sequential_agents = ["writer"]
[agents.writer]
prompt = "Write"
[providers.own]
base_url = "{address}/v1"
api_key_env = "MY_SECRET"
"""
OUTER = """
[orchestration]
mode = "sequential"
sequential_agents = ["whole"]
[agents.whole]
flow = "inner.toml"
"""
SECRET = "sk-of-the-environment"


def _answer() -> bytes:
    delta = {"index": 0, "delta": {"content": "hello"}, "finish_reason": "stop"}
    chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [delta]}
    body = f"data: {json.dumps(chunk)}\n\ndata: [DONE]\n\n".encode()
    head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n"
    return f"{head}content-length: {len(body)}\r\n\r\n".encode() + body


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.fixture
async def server() -> AsyncIterator[RawServer]:
    server = RawServer(_answer())
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def keyed(tmp_path: Path) -> AsyncIterator[Workbench]:
    """A workbench whose environment has a key."""
    bench = Workbench(
        env={"MY_SECRET": SECRET},
        store=RunStore(tmp_path / "runs.sqlite3"),
        trust=Trust(tmp_path / "trust.json"),
    )
    yield bench
    await bench.aclose()


def elsewhere(server: RawServer) -> str:
    return server.url.replace("127.0.0.1", "127.1")


def write(folder: Path, server: RawServer, name: str = "flow.toml") -> Path:
    file = folder / name
    file.write_text(FLOW.replace("{address}", elsewhere(server)), encoding="utf-8")
    return file


async def refused(bench: Workbench) -> NotReadyError:
    with pytest.raises(NotReadyError) as error:
        await bench.start(Event.make({}))
    assert isinstance(error.value.__cause__, UntrustedAddressError)
    return error.value


async def test_nothing_is_sent_before_it_is_allowed(
    keyed: Workbench, tmp_path: Path, server: RawServer
) -> None:
    file, key = write(tmp_path, server), SentKey("MY_SECRET", elsewhere(server))
    keyed.open(file)
    error = await refused(keyed)
    assert all(part in error.message for part in ("MY_SECRET", key.origin, "flow.toml"))
    assert f"agentflow-tui trust {file}" in error.hints
    assert server.requests == []
    assert keyed.grant_keys() == (key,)
    run = await keyed.start(Event.make({}))
    assert (await run.wait()).data["response"] == "hello"
    assert SECRET.encode() in server.requests[0]
    assert SECRET not in repr(run.history)


async def test_what_was_refused_can_be_allowed_by_itself(
    keyed: Workbench, tmp_path: Path, server: RawServer
) -> None:
    keyed.open(write(tmp_path, server))
    cause = (await refused(keyed)).__cause__
    assert isinstance(cause, UntrustedAddressError)
    keyed.allow(cause)
    assert (await (await keyed.start(Event.make({}))).wait()).status == "completed"


async def test_no_key_needs_no_question(bench: Workbench, tmp_path: Path, server: RawServer) -> None:
    file = write(tmp_path, server)
    file.write_text(
        file.read_text(encoding="utf-8").replace('api_key_env = "MY_SECRET"', ""), encoding="utf-8"
    )
    bench.open(file)
    assert (await (await bench.start(Event.make({}))).wait()).status == "completed"


async def test_headers_that_a_client_sends_by_itself_are_asked_about(
    tmp_path: Path, server: RawServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", f"x-key: {SECRET}")
    bench = Workbench(store=RunStore(tmp_path / "runs.sqlite3"), trust=Trust(tmp_path / "trust.json"))
    file = write(tmp_path, server)
    file.write_text(
        file.read_text(encoding="utf-8").replace('api_key_env = "MY_SECRET"', ""), encoding="utf-8"
    )
    bench.open(file)
    assert "OPENAI_CUSTOM_HEADERS" in (await refused(bench)).message
    assert server.requests == []
    assert bench.grant_keys() == (SentKey("OPENAI_CUSTOM_HEADERS", elsewhere(server)),)
    assert (await (await bench.start(Event.make({}))).wait()).status == "completed"
    assert SECRET.encode() in server.requests[0]
    await bench.aclose()


async def test_a_key_of_the_file_needs_no_question_and_sets_no_address(
    keyed: Workbench, tmp_path: Path, server: RawServer
) -> None:
    file = write(tmp_path, server)
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('api_key_env = "MY_SECRET"', 'api_key = "sk-of-the-file"'), encoding="utf-8")
    keyed.open(file)
    assert (await (await keyed.start(Event.make({}))).wait()).status == "completed"
    assert b"sk-of-the-file" in server.requests[0]
    for variable in ("AGENTFLOW_LLM_BASE_URL", "OPENAI_BASE_URL"):
        trick = f'[providers.trick]\napi_key_env = "{variable}"\napi_key = "{elsewhere(server)}/v1"\n'
        file.write_text(text + trick, encoding="utf-8")
        keyed.open(file)
        await refused(keyed)
    assert len(server.requests) == 1


async def test_a_key_of_the_file_is_not_where_the_users_key_goes(
    tmp_path: Path, server: RawServer, bench: Workbench
) -> None:
    text = f"""
[llm]
provider = "openai"
model = "m"
[orchestration]
mode = "sequential"
sequential_agents = ["writer"]
[agents.writer]
prompt = "Write"
[providers.trick]
api_key_env = "OPENAI_BASE_URL"
api_key = "{elsewhere(server)}/v1"
"""
    bench.check(text)
    with pytest.raises(NotReadyError, match="OPENAI_API_KEY is not set"):
        await bench.start(Event.make({}))


async def test_a_flow_inside_is_asked_about_and_named(
    keyed: Workbench, tmp_path: Path, server: RawServer
) -> None:
    write(tmp_path, server, "inner.toml")
    (tmp_path / "flow.toml").write_text(OUTER, encoding="utf-8")
    keyed.open(tmp_path / "flow.toml")
    assert "which inner.toml names" in (await refused(keyed)).message
    assert keyed.grant_keys() == (SentKey("MY_SECRET", elsewhere(server)),)
    assert (await (await keyed.start(Event.make({}))).wait()).status == "completed"


async def test_a_live_run_takes_over_no_address_that_is_not_allowed(
    keyed: Workbench, server: RawServer
) -> None:
    run = await standing(keyed)
    own = f'[providers.own]\nbase_url = "{elsewhere(server)}/v1"\napi_key_env = "MY_SECRET"\n'
    keyed.check(LOOP.replace('provider = "scripted"', 'provider = "own"') + own)
    with pytest.raises(NotReadyError, match="MY_SECRET") as error:
        await keyed.swap(run)
    assert isinstance(error.value.__cause__, UntrustedAddressError)
    assert run.control.swap is None
    keyed.allow(error.value.__cause__)
    await keyed.swap(run)
    assert run.control.swap is not None
    run.control.cancel()
    await run.wait()
    assert server.requests == []


async def test_a_fork_is_asked_about_and_a_replay_is_not(
    keyed: Workbench, tmp_path: Path, server: RawServer
) -> None:
    keyed.open(write(tmp_path, server))
    keyed.grant_keys()
    run = await keyed.start(Event.make({}))
    await run.wait()
    (tmp_path / "trust.json").unlink()
    for mode in ("record", "auto"):
        with pytest.raises(NotReadyError, match="MY_SECRET"):
            await keyed.rerun(run.run_id, 0, mode=mode)
    assert (await keyed.replay(run.run_id)).is_exact
    again = await keyed.rerun(run.run_id, 0, mode="replay")
    assert (await again.wait()).status == "completed"
    assert len(server.requests) == 1


async def test_a_program_gives_consent_with_trust(
    tmp_path: Path, server: RawServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    file, env = write(tmp_path, server), {"MY_SECRET": SECRET}
    with pytest.raises(NotReadyError, match="MY_SECRET") as caught:
        await FlowRunner.from_file(file, env=env).run({})
    assert f"agentflow-tui trust {file}" in caught.value.hints
    assert server.requests == []
    result = await FlowRunner.from_file(file, env=env, trust=True).run({})
    assert result.status == "completed"


async def test_headers_for_telemetry_stay_here_until_they_are_allowed(
    tmp_path: Path, server: RawServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", f"x-key={SECRET}")
    table = f'[telemetry]\nenabled = true\nexporter = "otlp"\nendpoint = "{elsewhere(server)}"\n'
    answers = '[providers.scripted]\nanswers = ["hello"]\n'
    file = tmp_path / "flow.toml"
    file.write_text(FLOW.replace('"own"', '"scripted"') + answers + table, encoding="utf-8")
    for is_allowed in (False, True):
        bench = Workbench(store=RunStore(tmp_path / "runs.sqlite3"), trust=Trust(tmp_path / "trust.json"))
        bench.open(file)
        if is_allowed:
            assert server.requests == []
            assert bench.grant_keys() == (SentKey("OTEL_EXPORTER_OTLP_HEADERS", elsewhere(server)),)
        run = await bench.start(Event.make({}))
        result = await run.wait()
        await bench.aclose()
        assert result.status == "completed"
        (warning,) = (event.message for event in run.history if isinstance(event, Warned))
        assert ("is off: OTEL_EXPORTER_OTLP_HEADERS" in warning) is not is_allowed
        assert ("of this run go to" in warning) is is_allowed
