"""The run state is a pure function of the events, wherever the history stops and however it is read."""

from __future__ import annotations

import time
import tracemalloc
from typing import Any

from agentflow_tui.history import RunFold, fold
from agentflow_tui.history import event as ev
from agentflow_tui.history.delta import Delta
from agentflow_tui.history.fan_event import FanEnded, FanStarted, MergeConflict
from agentflow_tui.history.stopped_by_hand import STOPPED_BY_PAUSE
from tests.story import Story


def test_before_the_first_event_nothing_runs() -> None:
    state = fold([])
    assert (state.status, state.cursor, state.agent_runs) == ("idle", -1, ())


def test_the_first_state_is_the_event() -> None:
    state = fold(Story({"message": "hi"}, {"session_id": "s"}).events)
    assert dict(state.state.data) == {"message": "hi"}
    assert dict(state.state.meta) == {"session_id": "s"}
    assert (state.status, state.flow, state.cursor) == ("running", "f", 0)


def test_an_agent_run_knows_before_and_after_for_ever() -> None:
    story = Story({"n": 0})
    story.agent("a", n=1)
    story.agent("b", n=2, extra=True)
    first, second = fold(story.events).agent_runs
    assert (dict(first.before.data), dict(first.after.data if first.after else {})) == ({"n": 0}, {"n": 1})
    assert dict(second.before.data) == {"n": 1}
    assert second.after is not None
    assert dict(second.after.data) == {"n": 2, "extra": True}
    assert second.delta == Delta(set={"n": 2, "extra": True})


def test_branches_have_their_own_state_until_the_merge() -> None:
    story = Story({"n": 0})
    story.add(FanStarted, path="fan", branches=("fan/a", "fan/b"))
    story.agent("fan/a", scope="fan/a", n=1)
    story.add(ev.AgentStarted, path="fan/b", agent="b", scope="fan/b")
    state = fold(story.events)
    assert dict(state.scopes["fan/a"].data) == {"n": 1}
    assert dict(state.agent_runs[1].before.data) == {"n": 0}
    assert dict(state.state.data) == {"n": 0}
    story.add(MergeConflict, path="fan", key="n", branches=("a", "b"), values=(1, 2))
    story.add(FanEnded, path="fan", status="completed", delta=Delta(set={"n": 2}, meta_set={"m": "x"}))
    state = fold(story.events)
    assert state.scopes == {}
    assert (dict(state.state.data), dict(state.state.meta)) == ({"n": 2}, {"m": "x"})
    assert state.conflicts == (("fan", "n", ("a", "b"), (1, 2)),)


def test_removed_keys_are_gone_and_may_come_back() -> None:
    story = Story({"k": 1, "stay": 0})
    story.add(ev.StateChanged, path="", delta=Delta(removed=("k",)))
    assert dict(fold(story.events).state.data) == {"stay": 0}
    story.add(ev.StateChanged, path="", delta=Delta(set={"k": 2}))
    assert dict(fold(story.events).state.data) == {"k": 2, "stay": 0}


def test_a_loop_shows_its_iteration_and_its_body_waits_again() -> None:
    story = Story()
    story.add(ev.NodeStarted, path="loop")
    story.add(ev.IterationStarted, path="loop", iteration=1)
    story.agent("loop/a", iteration=1)
    story.add(ev.IterationEnded, path="loop", iteration=1)
    story.add(ev.IterationStarted, path="loop", iteration=2)
    state = fold(story.events)
    assert (state.iteration, state.loop_path, state.nodes["loop"].iteration) == (2, "loop", 2)
    assert (state.nodes["loop/a"].status, state.nodes["loop/a"].runs) == ("waiting", 1)
    story.add(ev.LoopStalled, path="loop", iteration=2)
    story.add(ev.NodeEnded, path="loop", status="completed", reason="max_iterations")
    state = fold(story.events)
    assert (state.nodes["loop"].status, state.nodes["loop"].reason) == ("completed", "max_iterations")
    assert state.warnings == ("loop: iteration 2 and the one before changed nothing",)


def test_a_pause_marks_the_step_and_going_on_unmarks_it() -> None:
    story = Story()
    story.add(ev.RunPaused, path="a", reason="step")
    state = fold(story.events)
    assert (state.status, state.paused_path, state.nodes["a"].status) == ("paused", "a", "paused")
    story.add(ev.RunResumed)
    state = fold(story.events)
    assert (state.status, state.paused_path, dict(state.nodes)) == ("running", "", {})
    story.agent("a")
    assert fold(story.events).nodes["a"].runs == 1


def test_what_a_second_pause_stopped_waits_for_no_neighbour() -> None:
    story = Story()
    story.add(ev.NodeStarted, path="f")
    for path in ("f/a", "f/ab"):
        story.add(ev.AgentStarted, path=path, agent="x", scope=path)
    story.add(ev.AgentCancelled, path="f/ab", agent="x", scope="f/ab", duration=1.0, reason=STOPPED_BY_PAUSE)
    story.agent("f/a", scope="f/a")
    assert fold(story.events).nodes["f/ab"].status == "paused"
    story.add(ev.NodeEnded, path="f", status="completed")
    assert fold(story.events).nodes["f/ab"].status == "cancelled"


def test_what_was_stopped_without_ever_beginning_breaks_nothing() -> None:
    story = Story()
    story.add(ev.RunPaused, path="f/a")
    story.add(ev.AgentCancelled, path="f/a", agent="x", scope="", duration=1.0, reason=STOPPED_BY_PAUSE)
    story.add(ev.RunResumed)
    story.add(ev.NodeEnded, path="f", status="completed")
    assert fold(story.events).nodes["f/a"].status == "cancelled"


def test_streaming_text_grows_and_its_end_is_on_the_node() -> None:
    story = Story()
    story.add(ev.AgentStarted, path="a", agent="a")
    story.call("a", "c1", "Once\n", "upon ", "x" * 70)
    state = fold(story.events)
    assert state.calls["c1"].text == "Once\nupon " + "x" * 70
    assert state.nodes["a"].subtitle == "x" * 60
    assert state.agent_runs[0].calls == ("c1",)
    story.add(
        ev.ModelCallEnded,
        path="a",
        agent="a",
        call="c1",
        prompt_tokens=7,
        completion_tokens=5,
        first_token_after=0.5,
        duration=2.0,
        finish_reason="stop",
        response="Once upon a time",
    )
    state = fold(story.events)
    assert (state.calls["c1"].text, state.calls["c1"].status) == ("Once upon a time", "completed")
    assert (state.prompt_tokens, state.completion_tokens, state.nodes["a"].subtitle) == (7, 5, "")


def test_a_failed_call_keeps_the_text_that_came() -> None:
    story = Story()
    story.call("a", "c1", "half an ans")
    story.add(
        ev.ModelCallFailed,
        path="a",
        agent="a",
        call="c1",
        error="gone",
        category="network",
        hint="ollama serve",
    )
    shown = fold(story.events).calls["c1"]
    assert (shown.status, shown.text, shown.error, shown.hint) == (
        "failed",
        "half an ans",
        "gone",
        "ollama serve",
    )


def test_a_failed_run_shows_the_way_out_of_its_cause() -> None:
    story = Story()
    story.add(ev.AgentStarted, path="a", agent="a")
    story.add(
        ev.AgentFailed,
        path="a",
        agent="a",
        error="no server",
        category="network",
        duration=1.0,
        hint="ollama serve",
    )
    story.add(ev.RunEnded, status="failed", error="agent 'a': no server", category="network")
    state = fold(story.events)
    assert (state.status, state.hint, state.is_over) == ("failed", "ollama serve", True)
    assert (state.nodes["a"].status, state.nodes["a"].reason) == ("failed", "no server")
    story.events[-1] = ev.RunEnded(seq=9, at=9, status="failed", error="timed out", category="timeout")
    assert fold(story.events).hint == ""


def test_what_still_ran_at_the_end_was_cut_off() -> None:
    story = Story()
    story.add(ev.NodeStarted, path="chain")
    story.add(ev.AgentStarted, path="chain/a", agent="a")
    story.add(ev.RunEnded, status="cancelled")
    state = fold(story.events)
    assert {node.status for node in state.nodes.values()} == {"cancelled"}
    assert state.agent_runs[0].status == "cancelled"


def test_a_choice_and_a_hand_over_show_who_runs() -> None:
    story = Story()
    story.add(ev.NodeStarted, path="route")
    story.add(ev.ChoiceTaken, path="route", option="route/a", reason="default_agent")
    story.agent("route/a")
    assert fold(story.events).nodes["route"].taken == "route/a"
    story.add(ev.HandedOver, path="route", from_agent="a", to_agent="b", hop=1)
    story.agent("route/b")
    node = fold(story.events).nodes["route"]
    assert (node.taken, node.reason) == ("route/b", "a handed over to b")


def test_the_same_object_is_shown_while_nothing_happens() -> None:
    folded = RunFold()
    for event in Story().events:
        folded.apply(event)
    assert folded.snapshot() is folded.snapshot()


def test_ten_thousand_agent_runs_over_a_thousand_keys_stay_small() -> None:
    story = Story({f"key{n}": n for n in range(1000)})
    for n in range(10_000):
        changed: dict[str, Any] = {f"key{n % 1000}": -n}
        story.agent("loop/a", **changed)
    tracemalloc.start()
    state = fold(story.events)
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # Copies would take more than 300 MB.
    assert used < 20_000_000
    assert dict(state.agent_runs[5000].before.data)["key0"] == -4000


def test_a_long_streaming_run_can_be_looked_at_all_the_time() -> None:
    story = Story()
    for n in range(50):
        story.add(ev.AgentStarted, path="a", agent="a")
        story.call("a", f"c{n}", *["token "] * 1000)
    began = time.process_time()
    fold(story.events)
    whole = time.process_time() - began
    folded = RunFold()
    began = time.process_time()
    for number, event in enumerate(story.events):
        folded.apply(event)
        if number % 30 == 0:
            folded.snapshot()
    # 1 000 events/s and 30 looks/s are 1 700 looks here; they must not cost a multiple of the events.
    assert time.process_time() - began < 20 * whole + 0.5
