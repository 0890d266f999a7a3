"""A person's change of the state of one branch of a parallel phase, in the middle of the phase."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from agentflow_tui.engine import Agent, Event
from agentflow_tui.engine.past import Past
from agentflow_tui.engine.past_moments import lived
from agentflow_tui.engine.run_result import RunResult
from agentflow_tui.history import event as ev
from agentflow_tui.history import fold
from agentflow_tui.history.compare import first_divergence
from agentflow_tui.history.delta import Delta
from agentflow_tui.history.fan_event import FanEnded, FanStarted, MergeConflict
from agentflow_tui.history.open_scopes import OpenScopes
from agentflow_tui.plan.node import Chain, Fan, Node, Step
from tests.unit.engine.probe import Probe, counting, raising, sleeping
from tests.unit.engine.test_any_plan import agents_of_all_kinds, plans
from tests.unit.engine.test_past import DATA, EVENT, ROUTES, again, lived_once, refusing

TEAM = Fan("f", "team", (Step("f/fast", "fast"), Step("f/slow", "slow")), 1.0, 2)


async def forked(
    root: Node,
    agents: Mapping[str, Agent],
    history: Sequence[ev.HistoryEvent],
    n: int,
    scope: str,
    edit: Delta,
) -> tuple[list[ev.HistoryEvent], RunResult]:
    """Go on after event `n` with an edit of a branch; give the whole history of the fork and its result."""
    past = Past(history, n, edit=edit, scope=scope)
    probe = Probe(root, agents, past=past, timeout=600.0, routes=ROUTES)
    result = await probe.engine.run(Event.make(DATA, **EVENT))
    assert past.drift == ""
    whole = [*history[: n + 1], *probe.history]
    return [replace(event, seq=seq) for seq, event in enumerate(whole)], result


async def replayed(root: Node, history: Sequence[ev.HistoryEvent]) -> None:
    nobody = dict.fromkeys((*agents_of_all_kinds(), "fast", "slow"), refusing())
    then = lived(history)
    probe = await again(root, nobody, Past(then, len(then) - 1, is_replay=True))
    assert first_divergence(then, probe.history) is None


def seq(history: Sequence[ev.HistoryEvent], kind: type[ev.HistoryEvent], path: str) -> int:
    return next(each.seq for each in history if isinstance(each, kind) and getattr(each, "path", "") == path)


async def first(root: Node, agents: Mapping[str, Agent]) -> list[ev.HistoryEvent]:
    probe = Probe(root, agents, timeout=600.0, routes=ROUTES)
    await probe.run(DATA, **EVENT)
    return probe.history


async def test_an_agent_in_flight_runs_again_with_the_edited_state_and_the_other_keeps_its_result() -> None:
    agents = {"fast": sleeping(1, {"fast": 1}), "slow": counting("n")}
    slow = {**agents, "slow": sleeping(9, {"n": 5})}
    history = await first(TEAM, slow)
    n = seq(history, ev.AgentCompleted, "f/fast")
    assert OpenScopes.at(history, n).scopes == ("f/fast", "f/slow")
    calls = {"fast": refusing(), "slow": counting("n")}
    whole, result = await forked(TEAM, calls, history, n, "f/slow", Delta(set={"n": 40, "note": "x"}))
    assert (result.data["n"], result.data["note"], result.data["fast"]) == (41, "x", 1)
    assert dict(fold(whole).state.data) == result.data
    await replayed(TEAM, whole)


async def test_the_result_of_an_agent_that_is_done_can_be_changed_before_the_merge() -> None:
    agents = {"fast": sleeping(1, {"fast": 1, "gone": 1}), "slow": sleeping(9, {"slow": 1})}
    history = await first(TEAM, agents)
    n = seq(history, ev.AgentCompleted, "f/fast")
    edit = Delta(set={"fast": 2}, removed=("gone",), meta_set={"why": "checked"})
    whole, result = await forked(TEAM, {**agents, "fast": refusing()}, history, n, "f/fast", edit)
    assert (result.data["fast"], result.data["slow"]) == (2, 1)
    assert "gone" not in result.data
    assert result.meta["why"] == "checked"
    await replayed(TEAM, whole)


async def test_an_edit_counts_as_written_by_its_branch() -> None:
    agents = {"fast": sleeping(1, {"k": 1}), "slow": sleeping(9, {"k": 2})}
    history = await first(TEAM, agents)
    n = seq(history, ev.AgentCompleted, "f/fast")
    whole, result = await forked(TEAM, agents, history, n, "f/fast", Delta(set={"k": 7}))
    conflict = next(each for each in whole if isinstance(each, MergeConflict))
    assert (conflict.values, result.data["k"]) == ((7, 2), 2)


async def test_a_branch_that_waits_for_room_begins_with_the_edited_state() -> None:
    root = replace(TEAM, max_concurrency=1)
    agents = {"fast": sleeping(1, {"fast": 1}), "slow": counting("n")}
    history = await first(root, agents)
    n = seq(history, ev.AgentStarted, "f/fast")
    whole, result = await forked(root, agents, history, n, "f/slow", Delta(set={"n": 7}))
    assert result.data["n"] == 8
    await replayed(root, whole)


async def test_a_chain_in_a_branch_goes_on_with_the_edited_state() -> None:
    branch = Chain("f/b", "b", (Step("f/b/one", "one"), Step("f/b/two", "two")))
    root = Fan("f", "parallel", (branch, Step("f/other", "other")), is_parallel=True)
    agents = {"one": counting("n"), "two": counting("n"), "other": sleeping(9, {"o": 1})}
    history = await first(root, agents)
    n = seq(history, ev.AgentCompleted, "f/b/one")
    calls = {**agents, "one": refusing()}
    whole, result = await forked(root, calls, history, n, "f/b", Delta(set={"n": 10}))
    assert (result.data["n"], result.data["o"]) == (11, 1)
    assert fold(whole[: n + 1]).scopes["f/b"].data["n"] == 1
    fork_of_the_fork, _ = await forked(root, calls, whole, len(whole) - 2, "", Delta())
    assert dict(fold(fork_of_the_fork).state.data) == result.data


def test_only_states_that_somebody_will_look_at_can_be_changed() -> None:
    inner = Fan("f/a", "inner", (Step("f/a/x", "slow"), Step("f/a/y", "bad")), 1.0, 2)
    root = Fan("f", "outer", (inner, Step("f/b", "slow")), 1.0, 2)
    agents = {"slow": sleeping(9, {"k": 1}), "bad": raising(ValueError("no"))}
    history = asyncio.run(first(root, agents))
    outer = seq(history, FanStarted, "f")
    assert OpenScopes.at(history, -1).scopes == ("",)
    assert OpenScopes.at(history, outer).scopes == ("f/a", "f/b")
    failed = seq(history, ev.AgentFailed, "f/a/y")
    found = OpenScopes.at(history, failed)
    assert (found.scopes, found.before, found.phase) == (("f/b", "f/a/x"), outer - 1, "f")
    closed = seq(history, FanEnded, "f/a")
    assert OpenScopes.at(history, closed).scopes == ("f/a", "f/b")
    assert OpenScopes.at(history, seq(history, FanEnded, "f")).scopes == ("",)


@settings(max_examples=250, deadline=None)
@given(plans(without=("deaf",)), st.data())
def test_any_state_of_any_plan_can_be_edited_anywhere_and_the_fork_is_replayed_exactly(
    root: Node, data: Any
) -> None:
    async def check() -> None:
        history = (await lived_once(root)).history
        inside = [n for n in range(len(history) - 1) if OpenScopes.at(history, n).scopes != ("",)]
        n = data.draw(st.sampled_from(inside) if inside else st.integers(0, len(history) - 2))
        scopes = OpenScopes.at(history, n).scopes
        assume(scopes)
        scope = data.draw(st.sampled_from(scopes))
        edit = Delta(set={"edited": [scope], "v": 99}, removed=("list",))
        whole, result = await forked(root, agents_of_all_kinds(), history, n, scope, edit)
        told = next(each for each in whole if isinstance(each, ev.StateChanged) and each.path == "(edit)")
        there = fold(whole[: told.seq + 1])
        shown = (there.scopes[scope] if scope else there.state).data
        assert (shown["edited"], shown["v"], "list" in shown) == ([scope], 99, False)
        state = fold(whole)
        assert dict(state.state.data) == result.data
        assert dict(state.state.meta) == result.meta
        assert state.scopes == {}
        await replayed(root, whole)

    asyncio.run(check())
