"""Whole runs whose calls are recorded, and answered from what was recorded."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from agentflow_tui.engine import Clock, Event, SystemClock
from agentflow_tui.history import event as ev
from agentflow_tui.history.recording_shelf import RecordingShelf
from agentflow_tui.history.store import RunStore
from agentflow_tui.llm.model_error import ModelError
from agentflow_tui.llm.provider import ChatEnd
from agentflow_tui.llm.provider_pool import ProviderPool
from agentflow_tui.llm.recorded_provider import RecordedProvider
from agentflow_tui.llm.run_recordings import RunRecordings
from agentflow_tui.workbench import Workbench
from tests.fake_clock import FakeClock
from tests.unit.llm.test_recordings import ASK, Model, collect, recorded

FLOW = """
[agent_flow]
name = "twice"
[orchestration]
mode = "sequential"
sequential_agents = ["one", "two"]
[llm]
provider = "scripted"
model = "m"
[providers.scripted]
answers = ["A fox.", "A red fox."]
seconds_per_word = 0.5
[agents.one]
role = "r"
description = "d"
prompt = "Write about {message}"
[agents.two]
role = "r"
description = "d"
prompt = "Improve {one_response}"
"""
ANSWERS = ["A fox.", "A red fox."]


async def run_flow(
    folder: Path, recordings: RunRecordings | None, clock: Clock, seconds_per_word: float = 0.0
) -> list[ev.HistoryEvent]:
    tables = {"scripted": {"answers": ANSWERS, "seconds_per_word": seconds_per_word}}
    pool = ProviderPool(tables, {}, sleep=clock.sleep, recordings=recordings)
    bench = Workbench(env={}, clock=clock, providers=pool, store=RunStore(folder / "runs.sqlite3"))
    bench.check(FLOW)
    run = await bench.start(Event("e", {"message": "a fox"}, timestamp="2026-01-01T00:00:00+00:00"))
    await run.wait()
    await bench.aclose()
    return run.history


def _fields(each: ev.HistoryEvent) -> list[str]:
    return [field.name for field in dataclasses.fields(each)]


def told(history: list[ev.HistoryEvent]) -> list[Any]:
    """What a replay has to tell again: all but ids and where answers came from."""
    left_out = {"run_id", "source"}
    return [
        (each.kind, {name: getattr(each, name) for name in _fields(each) if name not in left_out}, each.at)
        for each in history
    ]


async def test_a_replayed_run_has_the_same_history_and_asks_nobody(tmp_path: Path) -> None:
    original = await run_flow(tmp_path, None, FakeClock(), 0.5)
    assert original[-1].kind == "run_ended"
    clock = FakeClock()
    recordings = RunRecordings(
        RecordingShelf(histories=[original]), mode="replay", speed="original", sleep=clock.sleep
    )
    replayed = await run_flow(tmp_path, recordings, clock)
    assert told(replayed) == told(original)
    assert (recordings.taken, recordings.asked) == (2, 0)
    assert {each.source for each in replayed if isinstance(each, ev.ModelCallEnded)} == {"recording"}


async def test_what_one_run_recorded_the_next_one_takes_from_the_store(tmp_path: Path) -> None:
    # Not the fake clock: to it, waiting for the database looks like waiting for a time limit.
    clock = SystemClock()
    first = RunRecordings(RecordingShelf(), mode="record")
    await run_flow(tmp_path, first, clock)
    private = RunRecordings(RecordingShelf(), mode="live")
    await run_flow(tmp_path / "other", private, clock)
    assert (first.asked, private.asked) == (2, 2)
    for folder, taken in ((tmp_path, 2), (tmp_path / "other", 0)):
        store = RunStore(folder / "runs.sqlite3")
        [run] = await store.runs()
        recordings = RunRecordings(RecordingShelf(store=store))
        history = await run_flow(folder / "again", recordings, clock)
        assert (recordings.taken, recordings.asked) == (taken, 2 - taken)
        assert history[-1].kind == "run_ended"
        # The run's own branches may take its answers, however it was recorded.
        recordings = RunRecordings(
            RecordingShelf(store=store, runs=await store.ancestry(await store.fork(run.run_id, 0)))
        )
        await run_flow(folder / "branch", recordings, clock)
        assert (recordings.taken, recordings.asked) == (2, 0)
        await store.aclose()


async def test_recordings_that_cannot_be_read_stop_a_replay_and_nothing_else(tmp_path: Path) -> None:
    broken = tmp_path / "runs.sqlite3"
    broken.write_bytes(b"no store" * 100)
    for mode in ("auto", "replay"):
        recordings = RunRecordings(RecordingShelf(store=RunStore(broken)), mode=mode)
        asked = RecordedProvider("ollama", recordings, Model())
        if mode == "auto":
            assert (await collect(asked))[0] == ["live 1"]
            continue
        with pytest.raises(ModelError, match="recordings cannot be read") as caught:
            await collect(asked)
        assert caught.value.category == "resource"


async def test_what_was_recorded_with_auto_is_replayed_when_nothing_answers() -> None:
    recordings = RunRecordings(RecordingShelf(histories=[recorded("yes")]), mode="replay")
    pool = ProviderPool({}, {"OLLAMA_HOST": "127.0.0.1:9"}, recordings=recordings)
    chosen = await pool.provider_for(None, "other", "a")
    assert (chosen.name, chosen.model) == ("ollama", "gemma3:1b")
    assert "recordings of ollama" in chosen.label
    items = [item async for item in chosen.stream(ASK)]
    assert items[-1] == ChatEnd(12, 40, "stop", "gemma3:1b", "recording")
    await pool.aclose()


async def test_a_replay_needs_no_key() -> None:
    recordings = RunRecordings(RecordingShelf(histories=[recorded("yes")]), mode="replay")
    pool = ProviderPool({}, {}, recordings=recordings)
    chosen = await pool.provider_for("openai", None, "a")
    assert (chosen.name, chosen.model) == ("openai", "gemma3:1b")
    await pool.aclose()
