"""Any plan of all kinds of node, of agents that ask a model: scrubbed, forked, answered from recordings."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from agentflow_tui.agents.llm_agent import LlmAgent, ModelSettings
from agentflow_tui.agents.structured_output import StructuredOutput
from agentflow_tui.engine import Agent, Event
from agentflow_tui.engine.past_moments import lived
from agentflow_tui.history import event as ev
from agentflow_tui.history import fold
from agentflow_tui.history.compare import first_divergence
from agentflow_tui.history.fan_event import FanEnded
from agentflow_tui.history.recording_shelf import RecordingShelf
from agentflow_tui.history.scrub import Scrubber
from agentflow_tui.llm.recorded_provider import RecordedProvider
from agentflow_tui.llm.run_recordings import RunRecordings
from agentflow_tui.llm.scripted_provider import ScriptedProvider
from agentflow_tui.plan.node import Chain, Choice, Fan, Loop, Node, Stage, Step, walk
from agentflow_tui.workbench.departure import Departure
from tests.unit.engine.probe import Probe
from tests.unit.engine.test_any_plan import AGENTS, plans

INPUT: dict[str, Any] = {"n": 0, "message": "go"}
EVENT: dict[str, Any] = {"event_id": "e", "timestamp": "t"}
ANSWERS = st.lists(
    st.sampled_from(
        (
            '{"n": 1, "flag": false, "loop_completed": false, "v": "x"}',
            '{"n": 2, "flag": true, "loop_completed": false, "v": "y"}',
            '{"n": 3, "flag": false, "loop_completed": true, "v": "x"}',
            "this is no JSON",
        )
    ),
    min_size=1,
    max_size=5,
)
OUTPUT = StructuredOutput({"n": "integer", "flag": "boolean", "loop_completed": "boolean", "v": "string"})


def asking(provider: Any) -> dict[str, Agent]:
    """Every agent asks this one; several ask the very same, so that only order tells their answers apart."""
    agents: dict[str, Agent] = {}
    for number, name in enumerate(AGENTS):
        prompt = "n is {n}" if number % 2 else f"{name}: {{n}}"
        agents[name] = LlmAgent(name, ModelSettings(provider, "m"), prompt=prompt, output=OUTPUT)
    return agents


def bare(node: Node) -> Node:
    """The same plan without retries: an agent that is cut off while it waits would wait anew."""
    match node:
        case Step():
            return replace(node, policies=None)
        case Chain() | Fan():
            return replace(node, children=tuple(bare(child) for child in node.children))
        case Loop() | Stage():
            return replace(node, body=bare(node.body))
        case Choice():
            return replace(node, options=tuple(replace(each, body=bare(each.body)) for each in node.options))


async def ran(
    root: Node, agents: Mapping[str, Agent], past: Departure | None = None
) -> list[ev.HistoryEvent]:
    probe = Probe(root, agents, past=past.past() if past is not None else None)
    await probe.engine.run(Event.make(INPUT, **EVENT))
    return probe.history


@settings(max_examples=200, deadline=None)
@given(plans(), ANSWERS, st.data())
def test_a_fork_without_edits_answered_from_recordings_is_the_original(
    root: Node, answers: list[str], data: Any
) -> None:
    root = bare(root)

    async def check() -> None:
        live = ScriptedProvider(answers)
        whole = await ran(root, asking(live))
        # How far the others come before a failing branch stops them is a matter of speed, not of answers.
        assume(not any(isinstance(event, FanEnded) and event.status == "failed" for event in whole))
        n = data.draw(st.integers(-1, len(whole) - 1))
        departure = Departure.make(whole, n)
        recordings = RunRecordings(RecordingShelf(histories=(whole,), is_closed=True), mode="replay")
        recordings.skip(departure.done(), whole)
        new = await ran(root, asking(RecordedProvider("scripted", recordings, None)), departure)
        fork = numbered((*whole[: departure.at_seq + 1], *new))
        assert first_divergence(lived(whole), lived(fork)) is None
        assert fold(fork).state == fold(whole).state
        assert recordings.asked == 0

    asyncio.run(check())


class _Killed(Exception):
    """What `emit` raises in place of a process that dies: nothing is written after it."""


@settings(max_examples=200, deadline=None)
@given(plans(without=("deaf",)), ANSWERS, st.data())
def test_scrubbing_to_an_event_shows_what_a_run_that_was_stopped_there_shows(
    root: Node, answers: list[str], data: Any
) -> None:
    async def check() -> None:
        whole = await ran(root, asking(ScriptedProvider(answers)))
        n = data.draw(st.integers(0, len(whole) - 1))
        stopped = Probe(root, asking(ScriptedProvider(answers)))
        kept: list[ev.HistoryEvent] = []

        def emit(event: ev.HistoryEvent) -> None:
            if len(kept) > n:
                raise _Killed
            kept.append(event)

        stopped.engine._emit = emit
        with suppress(_Killed):
            await stopped.engine.run(Event.make(INPUT, **EVENT))
        assert len(kept) == n + 1
        assert Scrubber(whole).at(n) == fold(kept)

    asyncio.run(check())


def numbered(history: Iterable[ev.HistoryEvent]) -> list[ev.HistoryEvent]:
    return [replace(event, seq=seq) for seq, event in enumerate(history)]


def test_the_plans_are_of_all_six_kinds() -> None:
    seen: set[type] = set()

    @settings(max_examples=60, deadline=None, database=None)
    @given(plans())
    def look(root: Node) -> None:
        seen.update(type(node) for node in walk(root))

    look()
    assert seen >= {Step, Chain, Fan, Loop, Choice, Stage}
