from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentflow_tui.engine import AgentContext, Event, State
from agentflow_tui.history import event as ev
from agentflow_tui.history import policy_event as pol
from agentflow_tui.history.fan_event import BranchFailed, FanStarted, MergeConflict
from agentflow_tui.plan.node import Chain, ErrorRoutes, Fan, Loop, Node, Step
from agentflow_tui.telemetry import gen_ai
from agentflow_tui.telemetry.span import Span
from agentflow_tui.telemetry.span_fold import LONGEST_TEXT, MOST_NOTES, SpanFold
from tests.unit.engine.probe import Doing, Probe, raising, returning
from tests.unit.engine.test_any_plan import agents_of_all_kinds, plans
from tests.unit.telemetry.script import ORIGIN, RUN_ID, SECRET_WORDS, Script, parents, spans_of

SECOND = 1_000_000_000


def one_call() -> Script:
    script = Script().add(1, ev.NodeStarted, path="sequential")
    script.starts(2, "sequential/a", stage="draft").asks(3, "sequential/a", "c1", temperature=0.5, schema={})
    script.answers(4, "sequential/a", "c1", 12, 40).completes(5, "sequential/a", 3.0)
    return script.add(6, ev.NodeEnded, path="sequential", status="completed").ends(7)


def named(spans: list[Span], name: str) -> Span:
    (span,) = (span for span in spans if span.name == name)
    return span


def test_run_node_agent_and_call_are_nested_with_the_times_of_the_events() -> None:
    spans = spans_of(one_call().events)
    assert parents(spans) == [
        ("invoke_workflow polish", ""),
        ("sequential", "invoke_workflow polish"),
        ("invoke_agent a", "sequential"),
        ("chat gpt-x", "invoke_agent a"),
    ]
    times = [(span.name, span.start - ORIGIN, span.end - ORIGIN) for span in spans]
    assert times == [
        ("chat gpt-x", 3 * SECOND, 4 * SECOND),
        ("invoke_agent a", 2 * SECOND, 5 * SECOND),
        ("sequential", 1 * SECOND, 6 * SECOND),
        ("invoke_workflow polish", 0, 7 * SECOND),
    ]
    assert {span.status for span in spans} == {"ok"}


def test_the_run_id_is_the_trace_id_and_ids_depend_on_the_history_alone() -> None:
    first, second = spans_of(one_call().events), spans_of(one_call().events)
    assert first == second
    assert {f"{span.trace_id:032x}" for span in first} == {RUN_ID.replace("-", "")}
    assert all(0 < span.span_id < 2**64 for span in first)
    other = spans_of(Script(run_id="no uuid").ends(1).events)
    assert 0 < other[0].trace_id < 2**128


def test_calls_carry_the_names_of_the_conventions() -> None:
    call = named(spans_of(one_call().events), "chat gpt-x")
    assert call.is_client
    assert call.attributes == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "azure.ai.openai",
        "gen_ai.request.model": "gpt-x",
        "gen_ai.agent.name": "a",
        "gen_ai.request.temperature": 0.5,
        "gen_ai.usage.input_tokens": 12,
        "gen_ai.usage.output_tokens": 40,
        "gen_ai.response.time_to_first_chunk": 0.25,
        "gen_ai.response.finish_reasons": ("stop",),
        "agentflow.node.path": "sequential/a",
        "agentflow.status": "completed",
    }


def test_nothing_anyone_wrote_is_exported_without_content() -> None:
    spans = spans_of(everything().events)
    assert "zanzibar" not in repr(spans)
    assert {note.name for span in spans for note in span.notes} >= {"attempt_failed", "warned"}


def everything() -> Script:
    """One of every kind of event that holds text, with the words that must not leave."""
    script = Script().starts(1, "x/a").asks(2, "x/a", "c1").breaks(3, "x/a", "c1").retries(3, "x/a", 1)
    script.asks(4, "x/a", "c2").answers(5, "x/a", "c2", 1, 1)
    script.add(5, ev.Warned, message=SECRET_WORDS, path="x/a")
    script.add(5, ev.CallbackFailed, hook="AfterAgentRun", name="n", error=SECRET_WORDS, agent="a")
    script.add(5, MergeConflict, path="x", key="k", branches=("a", "b"), values=(SECRET_WORDS, 2))
    script.add(5, BranchFailed, path="x", branch="a", error=SECRET_WORDS)
    script.add(5, ev.ChoiceTaken, path="x", option="x/a", reason=SECRET_WORDS)
    facts = {"error": SECRET_WORDS, "category": "llm", "severity": "high", "chosen_by": "default"}
    script.add(5, pol.ErrorRouted, path="x/h", handler="h", **facts)
    script.fails(6, "x/a", 5.0)
    script.add(6, ev.NodeStarted, path="y").add(
        7, ev.NodeEnded, path="y", status="failed", reason=SECRET_WORDS
    )
    return script.ends(8, "failed", "llm", SECRET_WORDS)


def test_with_content_prompt_answer_and_errors_are_there() -> None:
    spans = spans_of(everything().events, content=True)
    calls = [span for span in spans if span.name.startswith("chat")]
    asked = json.loads(str(calls[1].attributes[gen_ai.INPUT_MESSAGES]))
    assert asked == [{"role": "user", "parts": [{"type": "text", "content": SECRET_WORDS}]}]
    answered = json.loads(str(calls[1].attributes[gen_ai.OUTPUT_MESSAGES]))
    assert answered == [{"role": "assistant", "parts": [{"type": "text", "content": SECRET_WORDS}]}]
    assert {span.description for span in spans if span.status == "error"} == {SECRET_WORDS}
    notes = {note.name: note.attributes for span in spans for note in span.notes}
    assert notes["warned"] == {"agentflow.message": SECRET_WORDS}


def test_a_megabyte_of_text_is_cut() -> None:
    script = (
        Script()
        .starts(0, "a")
        .add(
            0,
            ev.ModelCallStarted,
            path="a",
            agent="a",
            call="c",
            provider="p",
            model="m",
            messages=({"role": "user", "content": "x" * 1_000_000},),
        )
    )
    span = named(spans_of(script.events, content=True), "chat m")
    assert len(str(span.attributes[gen_ai.INPUT_MESSAGES])) < LONGEST_TEXT + 200


def test_failures_carry_their_category() -> None:
    spans = spans_of(everything().events)
    agent = named(spans, "invoke_agent a")
    assert (agent.status, agent.description, agent.attributes[gen_ai.ERROR_TYPE]) == ("error", "llm", "llm")
    first, second = (span for span in spans if span.name.startswith("chat"))
    assert (first.status, first.attributes[gen_ai.ERROR_TYPE]) == ("error", "network")
    assert second.status == "ok"
    assert named(spans, "invoke_workflow polish").status == "error"


def test_cancelled_is_neither_well_nor_an_error() -> None:
    script = Script().starts(1, "a").asks(1, "a", "c").stops(2, "a", "c").cancels(2, "a", 1.0)
    spans = spans_of(script.ends(3, "cancelled").events)
    assert [(span.status, span.attributes[gen_ai.STATUS]) for span in spans] == [("unset", "cancelled")] * 3
    assert [span for span in spans if gen_ai.ERROR_TYPE in span.attributes] == []


def test_every_attempt_of_a_retried_agent_is_a_call_below_the_one_agent_run() -> None:
    script = Script().starts(1, "s/a")
    for attempt in (1, 2):
        script.asks(attempt + 0.25, "s/a", f"c{attempt}").breaks(attempt + 0.5, "s/a", f"c{attempt}")
        script.retries(attempt + 0.5, "s/a", attempt)
    script.asks(3, "s/a", "c3").answers(4, "s/a", "c3", 1, 1).completes(4, "s/a", 3.0).ends(5)
    spans = spans_of(script.events)
    assert parents(spans)[1:] == [
        ("invoke_agent a", "invoke_workflow polish"),
        *[("chat gpt-x", "invoke_agent a")] * 3,
    ]
    agent = named(spans, "invoke_agent a")
    assert agent.status == "ok"
    assert [(note.name, note.at - ORIGIN, note.attributes) for note in agent.notes] == [
        (
            "attempt_failed",
            round((attempt + 0.5) * SECOND),
            {"agentflow.attempt": attempt, "agentflow.category": "network", "agentflow.retry_in": 1.0},
        )
        for attempt in (1, 2)
    ]


def test_a_skipped_stage_is_a_note_of_what_is_around_it() -> None:
    script = Script("mixed").add(0, ev.NodeStarted, path="mixed")
    script.add(1, ev.NodeEnded, path="mixed/review", status="skipped", reason=SECRET_WORDS)
    script.add(2, ev.NodeEnded, path="mixed", status="completed").ends(3)
    spans = spans_of(script.events)
    (note,) = named(spans, "mixed").notes
    assert (note.name, note.attributes) == ("node_skipped", {"agentflow.path": "mixed/review"})


@pytest.mark.parametrize("kept", range(1, 10))
def test_a_history_that_stops_anywhere_gives_the_same_spans_but_unfinished(kept: int) -> None:
    events = one_call().events[:kept]
    spans = spans_of(events)
    whole = {span.span_id: span for span in spans_of(one_call().events)}
    assert len(spans) == sum(isinstance(event, _OPENING) for event in events)
    for span in spans:
        assert span.parent_id == whole[span.span_id].parent_id
        assert span.start == whole[span.span_id].start <= span.end <= ORIGIN + round(events[-1].at * SECOND)


_OPENING = (ev.RunStarted, ev.NodeStarted, ev.AgentStarted, ev.ModelCallStarted)


def test_a_history_without_a_wall_clock_time_begins_now() -> None:
    (span,) = spans_of(Script(started_at="").ends(1).events)
    assert span.start > ORIGIN
    assert span.end - span.start == SECOND


@given(st.lists(st.sampled_from(everything().events + one_call().events), max_size=30))
def test_no_order_of_events_breaks_it(events: list[ev.HistoryEvent]) -> None:
    for span in spans_of(events, content=True):
        assert span.end >= span.start
        assert gen_ai.STATUS in span.attributes


def test_a_span_keeps_a_bounded_number_of_notes_and_a_long_loop_leaves_nothing_open() -> None:
    fold = SpanFold()
    script = Script("loop").add(0, ev.NodeStarted, path="loop")
    for number in range(1, 1001):
        script.add(number, ev.IterationStarted, path="loop", iteration=number)
        script.add(number, ev.LoopStalled, path="loop", iteration=number)
        script.add(number, ev.IterationEnded, path="loop", iteration=number)
        script.add(number, ev.LoopStalled, path="loop", iteration=number)
    spans = [span for event in script.events for span in fold.apply(event)]
    assert len(spans) == 1000
    left = fold.finish()
    assert [span.name for span in left] == ["loop", "invoke_workflow polish"]
    assert len(left[0].notes) == MOST_NOTES


async def _ask(event: Event, state: State, context: AgentContext) -> Any:
    call = context.recorder.model_call_started(provider="p", model=context.agent, messages=[])
    await context.clock.sleep(1)
    context.recorder.model_call_ended(call, response="", duration=1)
    return None


async def test_branches_and_iterations_of_a_real_run_have_their_own_spans() -> None:
    branch = Chain("all/fan/left", "left", (Step("all/fan/left/a", "a"),))
    fan = Fan("all/fan", "fan", (branch, Step("all/fan/b", "b")), failure_threshold=1)
    loop = Loop("all/loop", "loop", Chain("all/loop/body", "body", (Step("all/loop/body/c", "c"),)), 2)
    agents = {"a": Doing(_ask), "b": raising(ValueError("zanzibar")), "c": Doing(_ask), "d": returning(None)}
    probe = Probe(Chain("all", "all", (fan, loop, Step("all/d", "d"))), agents)
    await probe.run()
    spans = spans_of(probe.history)
    iteration = "all/loop iteration"
    assert sorted(parents(spans)) == sorted(
        [
            ("invoke_workflow probe", ""),
            ("all", "invoke_workflow probe"),
            ("all/fan", "all"),
            ("all/fan/left", "all/fan"),
            ("invoke_agent a", "all/fan/left"),
            ("chat a", "invoke_agent a"),
            ("invoke_agent b", "all/fan"),
            ("all/loop", "all"),
            *[(iteration, "all/loop")] * 2,
            *[("all/loop/body", iteration)] * 2,
            *[("invoke_agent c", "all/loop/body")] * 2,
            *[("chat c", "invoke_agent c")] * 2,
            ("invoke_agent d", "all"),
        ]
    )
    by_id = {span.span_id: span for span in spans}
    for span in spans:
        if span.parent_id:
            around = by_id[span.parent_id]
            assert around.start <= span.start <= span.end <= around.end
    iterations = [span for span in spans if span.name == iteration]
    assert [span.attributes[gen_ai.ITERATION] for span in iterations] == [1, 2]
    bodies = [span for span in spans if span.name == "all/loop/body"]
    assert [span.parent_id for span in bodies] == [span.span_id for span in iterations]


@settings(max_examples=60, deadline=None)
@given(plans())
def test_any_run_of_any_plan_has_one_ended_span_for_each_start_inside_the_one_around_it(root: Node) -> None:
    routes = ErrorRoutes(default=Step("on error/ok", "ok"))
    probe = Probe(root, agents_of_all_kinds(), routes=routes)
    asyncio.run(_whole(probe))
    spans = spans_of(probe.history)
    opening = (*_OPENING, FanStarted, ev.IterationStarted)
    assert len(spans) == len(probe.of_kind(*opening))
    by_id = {span.span_id: span for span in spans}
    for span in spans:
        assert span.attributes[gen_ai.STATUS] != "unfinished"
        if span.parent_id is None:
            continue
        around = by_id[span.parent_id]
        assert around.start <= span.start <= span.end <= around.end
        # The one around it is the nearest: no other open node is between the two paths.
        path, outer = str(span.attributes[gen_ai.PATH]), str(around.attributes.get(gen_ai.PATH, ""))
        assert path.startswith(outer)
        assert not outer or path[len(outer) :].strip("/").count("/") == 0


async def _whole(probe: Probe) -> None:
    await probe.run({"n": 0, "list": ["start"]})
