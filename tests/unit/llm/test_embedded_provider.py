"""One embedded model for several runs, with a server that stands in for the engine's."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import pytest

from agentflow_tui.agents.provider_pools import ProviderPools
from agentflow_tui.config import Flow, check_text
from agentflow_tui.llm import embedded_provider
from agentflow_tui.llm.embedded_provider import EmbeddedProvider
from agentflow_tui.llm.provider import ChatRequest, Message
from agentflow_tui.llm.weights import Weights

ASK = ChatRequest("smollm2:135m", (Message("user", "Hi"),))
FLOWS = [
    '[llm]\nprovider = "embedded"\n[agents.a]\n',
    '[llm]\nprovider = "embedded"\n[agents.a]\n[providers.embedded]\nmodel = "smollm2:135m"\n',
]


class Processes:
    """Stands in for `EmbeddedProcess`; counts what begins and ends."""

    def __init__(self, server: Any) -> None:
        self.server = server
        self.url = server.url
        self.key = "key"
        self.is_guided = True
        self.begun = self.ended = 0

    @property
    def is_alive(self) -> bool:
        return self.begun > self.ended

    async def start(self, *_: object, **__: object) -> Processes:
        self.begun += 1
        return self

    async def stop(self) -> None:
        self.ended += 1


@pytest.fixture
async def processes(
    start_server: Any, respond: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch
) -> Processes:
    chunk = {"choices": [{"delta": {"content": "hello"}, "finish_reason": "stop"}]}
    body = f"data: {json.dumps(chunk)}\n\ndata: [DONE]\n\n".encode()
    server = await start_server(respond(200, body, "text/event-stream"))
    processes = Processes(server)
    monkeypatch.setattr(embedded_provider, "EmbeddedProcess", processes)
    monkeypatch.setattr(Weights, "are_present", lambda *_: True)
    return processes


def flow(text: str) -> Flow:
    checked = check_text(text, env={})
    assert checked.flow is not None, checked.problems
    return checked.flow


def pools(shared: EmbeddedProvider | None, *texts: str) -> ProviderPools:
    flows = {str(number): flow(text) for number, text in enumerate(texts)}
    return ProviderPools(flows, {}, sleep=asyncio.sleep, embedded=shared)


async def ask(pools: ProviderPools, file: str = "0") -> None:
    chosen = await pools.by_file[file].provider_for("embedded", None, "a")
    async with aclosing(chosen.stream(ASK)) as answer:
        assert [item async for item in answer]


async def test_runs_that_share_a_model_use_one_server_until_the_last_is_over(processes: Processes) -> None:
    shared = EmbeddedProvider()
    lanes = [pools(shared, FLOWS[0]) for _ in range(5)]
    await asyncio.gather(*map(ask, lanes))
    assert (processes.begun, processes.ended) == (1, 0)
    for lane in lanes[:-1]:
        await lane.aclose()
    await ask(lanes[-1])
    assert (processes.begun, processes.ended) == (1, 0)
    await lanes[-1].aclose()
    assert (processes.begun, processes.ended) == (1, 1)


async def test_a_run_after_the_last_one_starts_the_server_anew(processes: Processes) -> None:
    shared = EmbeddedProvider()
    for number in (1, 2):
        run = pools(shared, FLOWS[0])
        await ask(run)
        await run.aclose()
        assert (processes.begun, processes.ended) == (number, number)


async def test_a_run_that_never_asked_stops_nothing(processes: Processes) -> None:
    shared = EmbeddedProvider()
    asking, idle = pools(shared, FLOWS[0]), pools(shared, FLOWS[0])
    await ask(asking)
    await idle.aclose()
    await ask(asking)
    assert (processes.begun, processes.ended) == (1, 0)
    await asking.aclose()
    assert (processes.begun, processes.ended) == (1, 1)


async def test_flows_inside_one_another_share_one_too(processes: Processes) -> None:
    run = pools(None, *FLOWS)
    await ask(run)
    await ask(run, "1")
    assert (processes.begun, processes.ended) == (1, 0)
    await run.aclose()
    assert (processes.begun, processes.ended) == (1, 1)


@pytest.mark.parametrize("is_guided", [True, False])
async def test_a_schema_is_sent_as_a_grammar_to_an_engine_that_knows_it(
    processes: Processes, is_guided: bool
) -> None:
    processes.is_guided = is_guided
    schema = {"type": "object", "properties": {"score": {"type": "integer"}}, "additionalProperties": False}
    provider = EmbeddedProvider()
    async with aclosing(provider.stream(replace(ASK, schema=schema))) as answer:
        assert [item async for item in answer]
    await provider.aclose()
    body = processes.server.body()
    if is_guided:
        head, _, dense = body["grammar"].partition("start: %json ")
        assert head == "%llguidance {}\n"
        sent = json.loads(dense)
        score = sent["properties"].pop("score")
        assert score.keys() == {"type", "minimum", "maximum"}
        blanks = {"whitespace_flexible": False, "key_separator": ": ", "item_separator": ", "}
        assert sent == {**schema, "properties": {}, "x-guidance": blanks}
        assert "response_format" not in body
    else:
        assert body["response_format"]["json_schema"]["schema"] == schema
        assert "grammar" not in body
