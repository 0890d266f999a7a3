"""Holding, stopping and stepping over parts of a live run, each with its key."""

from __future__ import annotations

from typing import Any

from textual.pilot import Pilot

from agentflow_tui.history import event as ev
from agentflow_tui.tui.panes.timeline.entry import entry_of
from tests.screen.desk import LOOP, SLOW_CHAIN, Desk, bench_of, run, settle, status

TEAM = """\
# Try it with: {"message": "hello"}

[llm]
provider = "scripted"

[orchestration]
mode = "mixed"
timeout_seconds = 300
collaborative_agents = ["left", "right"]
sequential_agents = ["writer"]

[agents.left]
prompt = "Left {message}"

[agents.right]
prompt = "Right {message}"

[agents.writer]
prompt = "Write {message}"

[providers.scripted]
answers = ["one two three", "four five six", "seven eight nine"]
seconds_per_word = 1
"""
STAGES = """\
# Try it with: {"message": "hello"}

[llm]
provider = "scripted"

[orchestration]
mode = "mixed"
timeout_seconds = 300

[[orchestration.mixed.stages]]
name = "first"
mode = "sequential"
agents = ["a", "b"]

[[orchestration.mixed.stages]]
name = "second"
mode = "sequential"
agents = ["c"]

[agents.a]
prompt = "A {message}"
[agents.b]
prompt = "B {message}"
[agents.c]
prompt = "C {message}"

[providers.scripted]
answers = ["one"]
"""
LEFT, RIGHT, WRITER = "mixed/collaborative/left", "mixed/collaborative/right", "mixed/sequential/writer"


def said(pilot: Pilot[Any]) -> str:
    return "\n".join(str(each.message) for each in pilot.app._notifications)


def started(pilot: Pilot[Any]) -> list[str]:
    return [each.agent for each in bench_of(pilot).bridge.view.history if isinstance(each, ev.AgentStarted)]


async def select(pilot: Pilot[Any], path: str) -> None:
    bench_of(pilot).graph.selected = path
    await settle(pilot)


async def test_a_parallel_phase_is_stepped_over(desk: Desk) -> None:
    async with desk.open(desk.write(TEAM), (140, 42)) as pilot:
        await run(pilot, "O")
        await desk.clock.advance(20)
        await status(pilot, "paused")
        assert started(pilot) == ["left", "right"]
        await pilot.press("O")
        await desk.clock.advance(20)
        await status(pilot, "completed")


async def test_a_stage_is_stepped_over_and_a_flow_without_stages_says_so(desk: Desk) -> None:
    async with desk.open(desk.write(STAGES), (140, 42)) as pilot:
        await run(pilot, "U")
        await status(pilot, "paused")
        assert started(pilot) == ["a", "b"]
        await pilot.press("U")
        await status(pilot, "completed")
    async with desk.open(desk.write(LOOP)) as pilot:
        await pilot.press("U")
        await settle(pilot)
        assert "no stages" in said(pilot)
        assert bench_of(pilot).desk.run is None


async def test_a_run_goes_to_the_selected_node(desk: Desk) -> None:
    async with desk.open(desk.write(TEAM), (140, 42)) as pilot:
        await pilot.press("greater_than_sign")
        await settle(pilot)
        assert "Select a node" in said(pilot)
        await select(pilot, WRITER)
        bench = await run(pilot, "greater_than_sign")
        await desk.clock.advance(20)
        await status(pilot, "paused")
        assert started(pilot) == ["left", "right"]
        assert bench.bridge.view.newest.paused_path == WRITER


async def test_a_new_run_goes_to_the_iteration_of_the_event_under_the_cursor(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP), (140, 42)) as pilot:
        bench = await run(pilot, "space")
        await status(pilot, "completed")
        first = bench.desk.run_id
        third = [each for each in bench.bridge.view.history if isinstance(each, ev.AgentStarted)][2]
        await pilot.press("4")
        bench.bridge.look_at(third.seq)
        await settle(pilot)
        await pilot.press("greater_than_sign")
        await status(pilot, "paused")
        assert bench.desk.run_id != first
        assert len(started(pilot)) == 2
        bench.bridge.look_at(0)
        await settle(pilot)
        await pilot.press("greater_than_sign")
        await settle(pilot)
        assert "belongs to no node" in said(pilot)


async def test_one_branch_is_held_and_released(desk: Desk) -> None:
    async with desk.open(desk.write(TEAM), (140, 42)) as pilot:
        await select(pilot, LEFT)
        await pilot.press("H")
        await settle(pilot)
        assert "Nothing runs" in said(pilot)
        bench = await run(pilot, "greater_than_sign")
        await status(pilot, "paused")
        await pilot.press("H")
        await settle(pilot)
        assert bench.graph.drawing.signs == {LEFT: "‖"}
        await pilot.press("space")
        await desk.clock.advance(20)
        await status(pilot, "paused")
        assert started(pilot) == ["right"]
        await pilot.press("space")
        await settle(pilot)
        assert "H on a node with ‖" in said(pilot)
        assert bench.bridge.view.newest.status == "paused"
        await pilot.press("H")
        await desk.clock.advance(40)
        await status(pilot, "completed")
        assert started(pilot) == ["right", "left", "writer"]
        assert bench.graph.drawing.signs == {}


async def test_one_agent_is_stopped_and_the_flow_goes_on(desk: Desk) -> None:
    async with desk.open(desk.write(TEAM), (140, 42)) as pilot:
        await pilot.press("K")
        await settle(pilot)
        assert "Nothing runs" in said(pilot)
        bench = await run(pilot, "space")
        await desk.clock.advance(1)
        await select(pilot, WRITER)
        await pilot.press("K")
        await settle(pilot)
        assert f"No agent runs in {WRITER}" in said(pilot)
        await select(pilot, RIGHT)
        await pilot.press("K")
        await settle(pilot)
        assert "stopped right" in said(pilot)
        await desk.clock.advance(40)
        await status(pilot, "completed")
        by_agent = {each.agent: each.status for each in bench.bridge.view.newest.agent_runs}
        assert by_agent == {"left": "completed", "right": "cancelled", "writer": "completed"}


async def test_a_second_pause_stops_the_call_keeps_its_words_and_says_so(desk: Desk) -> None:
    async with desk.open(desk.write(SLOW_CHAIN), (140, 42)) as pilot:
        bench = await run(pilot, "space")
        await desk.clock.advance(1.5)
        await pilot.press("space")
        await settle(pilot)
        assert bench.status.headline.word == "pausing"
        await pilot.press("space")
        await status(pilot, "paused")
        assert "its words are kept" in said(pilot)
        (call,) = bench.bridge.view.newest.calls.values()
        assert (call.status, call.text.split()) == ("cancelled", ["one"])
        await pilot.press("space")
        await desk.clock.advance(20)
        await status(pilot, "completed")
        assert started(pilot) == ["reader", "reader", "writer"]


async def test_all_agents_that_a_second_pause_stopped_read_alike(desk: Desk) -> None:
    async with desk.open(desk.write(TEAM), (140, 42)) as pilot:
        bench = await run(pilot, "space")
        await desk.clock.advance(1.5)
        await pilot.press("space")
        await settle(pilot)
        await pilot.press("space")
        await status(pilot, "paused")
        shown = "\n".join(bench.graph.render_line(y).text for y in range(bench.graph.size.height))
        assert (shown.count("─ paused · 1.5 s ─"), shown.count("cancelled")) == (2, 0)
        stops = [entry_of(each) for each in bench.bridge.view.history if isinstance(each, ev.AgentCancelled)]
        assert [(each.words, each.detail) for each in stops] == [
            ("agent cancelled", "stopped by a second pause")
        ] * 2
        await pilot.press("space")
        await desk.clock.advance(40)
        await status(pilot, "completed")
        assert started(pilot) == ["left", "right", "left", "right", "writer"]
