"""Conformance, kind `run`: run the flow with scripted agents and compare what the case expects."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agentflow_tui.history.event import AgentCompleted, CallbackFailed, LoopStalled, NodeEnded, RunStarted
from agentflow_tui.history.fan_event import BranchFailed, MergeConflict
from agentflow_tui.history.policy_event import Throttled
from tests.conformance.cases import HERE, Case, later_ids, load_cases
from tests.conformance.run_case import CaseRun
from tests.standing_by import standing_by

CASES = [case for case in load_cases("run") if case.id not in later_ids()]
WORDS = {
    "conflict": MergeConflict,
    "stalled": LoopStalled,
    "branch_failed": BranchFailed,
    "callback_error": CallbackFailed,
    "throttled": Throttled,
}
AGENT_HOOKS = ("agent", "iteration", "stage")


@pytest.mark.parametrize("at_once", [False, True], ids=["", "at once"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
async def test_run(case: Case, tmp_path: Path, at_once: bool) -> None:
    run = await CaseRun.of(case, tmp_path, await standing_by() if at_once else None)
    for field, wanted in case.expect.items():
        if field != "hooks_only":
            CHECKS[field](run, wanted, case)


def test_every_field_that_a_case_expects_is_compared() -> None:
    fields = {field for case in load_cases("run", HERE / "cases") for field in case.expect}
    assert len(fields) > 20
    assert fields - {"hooks_only"} <= CHECKS.keys()


def _status(run: CaseRun, wanted: Any, case: Case) -> None:
    assert run.result.status == wanted, run.result.error


def _error_contains(run: CaseRun, wanted: Any, case: Case) -> None:
    for text in wanted:
        # A number is meant as a number: the 5 of "5 s" is not the one of "15 s".
        if text.isdigit():
            assert re.search(rf"(?<!\d){text}(?!\d)", run.result.error), run.result.error
        else:
            assert text in run.result.error


def _error_lacks(run: CaseRun, wanted: Any, case: Case) -> None:
    for text in wanted:
        assert text not in run.result.error


def _calls(run: CaseRun, wanted: Any, case: Case) -> None:
    assert run.watch.calls == wanted


def _calls_unordered(run: CaseRun, wanted: Any, case: Case) -> None:
    assert Counter(run.watch.calls) == Counter(wanted)


def _calls_first_unordered(run: CaseRun, wanted: Any, case: Case) -> None:
    assert Counter(run.watch.calls[: len(wanted)]) == Counter(wanted)


def _not_called(run: CaseRun, wanted: Any, case: Case) -> None:
    assert set(wanted) & set(run.watch.calls) == set()


def _seen(run: CaseRun, wanted: Any, case: Case) -> None:
    for agent, states in wanted.items():
        assert _exact(run.watch.seen[agent], states)


def _seen_has(run: CaseRun, wanted: Any, case: Case) -> None:
    for agent, states in wanted.items():
        for seen, state in zip(run.watch.seen[agent], states, strict=False):
            assert _has(seen, state)
        assert len(run.watch.seen[agent]) >= len(states)


def _seen_meta(run: CaseRun, wanted: Any, case: Case) -> None:
    for agent, metas in wanted.items():
        for seen, meta in zip(run.watch.seen_meta[agent], metas, strict=False):
            assert _has(seen, meta)
        assert len(run.watch.seen_meta[agent]) >= len(metas)


def _data(run: CaseRun, wanted: Any, case: Case) -> None:
    assert _exact(run.result.data, wanted)


def _data_has(run: CaseRun, wanted: Any, case: Case) -> None:
    assert _has(run.result.data, wanted)


def _data_lacks(run: CaseRun, wanted: Any, case: Case) -> None:
    assert set(wanted) & run.result.data.keys() == set()


def _data_keys(run: CaseRun, wanted: Any, case: Case) -> None:
    assert set(wanted) <= run.result.data.keys()


def _meta_has(run: CaseRun, wanted: Any, case: Case) -> None:
    assert _has(run.result.meta, wanted)


def _meta_lacks(run: CaseRun, wanted: Any, case: Case) -> None:
    assert set(wanted) & run.result.meta.keys() == set()


def _meta_keys(run: CaseRun, wanted: Any, case: Case) -> None:
    assert set(wanted) <= run.result.meta.keys()


def _meta_contains(run: CaseRun, wanted: Any, case: Case) -> None:
    for key, text in wanted.items():
        assert text in run.result.meta[key]


def _conflicts(run: CaseRun, wanted: Any, case: Case) -> None:
    found = {conflict.key: conflict for conflict in run.of_kind(MergeConflict)}
    assert len(found) == len(run.of_kind(MergeConflict))
    assert found.keys() == {conflict["key"] for conflict in wanted}
    for conflict in wanted:
        entry = found[conflict["key"]]
        assert list(entry.branches) == conflict.get("agents", list(entry.branches))
        assert _exact(list(entry.values), conflict.get("values", list(entry.values)))


def _deltas(run: CaseRun, wanted: Any, case: Case) -> None:
    for agent, deltas in wanted.items():
        found = [event.delta for event in run.of_kind(AgentCompleted) if event.agent == agent]
        assert _exact([{"set": dict(d.set), "removed": list(d.removed)} for d in found], deltas)


def _attempts(run: CaseRun, wanted: Any, case: Case) -> None:
    counts = Counter(run.watch.calls)
    assert {agent: counts[agent] for agent in wanted} == wanted


def _iterations(run: CaseRun, wanted: Any, case: Case) -> None:
    assert int(run.result.meta["total_iterations"]) == wanted


def _exit_reason(run: CaseRun, wanted: Any, case: Case) -> None:
    assert run.result.meta["exit_reason"] == wanted


def _cancelled(run: CaseRun, wanted: Any, case: Case) -> None:
    assert sorted(run.watch.cancelled) == sorted(wanted)


def _skipped(run: CaseRun, wanted: Any, case: Case) -> None:
    ended = [event for event in run.of_kind(NodeEnded) if event.status == "skipped"]
    assert sorted(event.path.rpartition("/")[2] for event in ended) == sorted(wanted)


def _chosen(run: CaseRun, wanted: Any, case: Case) -> None:
    started = run.of_kind(RunStarted)[0]
    assert {"mode": started.mode, "by": started.chosen_by} == wanted


def _session_id(run: CaseRun, wanted: Any, case: Case) -> None:
    assert run.of_kind(RunStarted)[0].session_id == run.result.session_id == wanted


def _max_running(run: CaseRun, wanted: Any, case: Case) -> None:
    assert run.watch.max_running == wanted


def _duration_ms(run: CaseRun, wanted: Any, case: Case) -> None:
    assert round(run.history[-1].at * 1000, 6) == wanted


def _history_has(run: CaseRun, wanted: Any, case: Case) -> None:
    for word in wanted:
        assert run.of_kind(WORDS[word]) != []


def _history_lacks(run: CaseRun, wanted: Any, case: Case) -> None:
    for word in wanted:
        assert run.of_kind(WORDS[word]) == []


def _hooks(run: CaseRun, wanted: Any, case: Case) -> None:
    only = case.expect.get("hooks_only")
    fired = [[call.hook, call.agent] for call in run.hooks.fired if only is None or call.hook in only]
    assert fired == wanted


def _hooks_count(run: CaseRun, wanted: Any, case: Case) -> None:
    counts = Counter(call.hook for call in run.hooks.fired)
    assert {hook: counts[hook] for hook in wanted} == wanted


def _hook_args(run: CaseRun, wanted: Any, case: Case) -> None:
    for entry in wanted:
        assert any(
            call.hook == entry["hook"]
            and all(getattr(call, name) == entry[name] for name in AGENT_HOOKS if name in entry)
            and entry.get("error_contains", "") in str(call.error)
            for call in run.hooks.fired
        ), entry


def _callbacks(run: CaseRun, wanted: Any, case: Case) -> None:
    assert run.hooks.callbacks == wanted


def _callbacks_count(run: CaseRun, wanted: Any, case: Case) -> None:
    counts = Counter(name for name, _ in run.hooks.callbacks)
    assert {name: counts[name] for name in wanted} == wanted


def _register_refused(run: CaseRun, wanted: Any, case: Case) -> None:
    assert run.hooks.refused == wanted


def _exact(found: Any, wanted: Any) -> bool:
    """Equal as JSON: `true` is not 1."""
    if isinstance(found, bool) or isinstance(wanted, bool):
        return found is wanted
    if isinstance(wanted, dict):
        return isinstance(found, dict) and found.keys() == wanted.keys() and _has(found, wanted)
    if isinstance(wanted, list):
        return isinstance(found, list) and len(found) == len(wanted) and all(map(_exact, found, wanted))
    return bool(found == wanted)


def _has(found: dict[str, Any], wanted: dict[str, Any]) -> bool:
    return all(key in found and _exact(found[key], value) for key, value in wanted.items())


CHECKS: dict[str, Callable[[CaseRun, Any, Case], None]] = {
    name.removeprefix("_"): check
    for name, check in list(globals().items())
    if name.startswith("_") and callable(check) and name not in ("_exact", "_has")
}
CHECKS["seen_meta_has"] = _seen_meta
