"""What is left of a run that is over, or of a part of it that never began."""

from __future__ import annotations

import gc
import weakref

import pytest

from agentflow_tui.engine import Event
from agentflow_tui.engine.cancel_scope import CancelScope, Interrupted, Interruption
from agentflow_tui.engine.frame import Frame
from agentflow_tui.engine.scope_state import ScopeState
from agentflow_tui.plan.node import Chain, Node, Stage
from tests.unit.engine.probe import Probe, chain, counting, fan, loop


async def test_a_run_that_is_over_is_gone_without_the_collector() -> None:
    probe = Probe(loop("a"), {"a": counting()})
    course = probe.engine.course(Event.make({}))
    left = weakref.ref(course), weakref.ref(course._run)
    gc.disable()
    try:
        await course.go("default", "")
        assert course.result().data["n"] == 3
        del course
        assert [each() for each in left] == [None, None]
    finally:
        gc.enable()
    probe.control.pause()
    assert probe.control.listener is None


@pytest.mark.parametrize(
    "node",
    [
        Chain("flow", "sequential", chain("a").children, timeout=1.0),
        Chain("flow", "sequential", chain("a").children, flow="inner.toml"),
        Stage("flow", "S", 1, chain("a"), timeout=1.0),
        fan("a"),
    ],
    ids=["timed", "nested", "stage", "fan"],
)
async def test_what_never_begins_leaves_nothing_in_the_scope_around_it(node: Node) -> None:
    run = Probe(node, {"a": counting()}).engine.course(Event.make({}))._run
    stops = CancelScope()
    stops.interrupt(Interruption("cancel", "enough"))
    with pytest.raises(Interrupted, match="enough"):
        await run.node(node, Frame("", ScopeState({}, {}), stops))
    assert not stops.inside
