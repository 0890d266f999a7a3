"""What is left of a run that is over."""

from __future__ import annotations

import gc
import weakref

from agentflow_tui.engine import Event
from tests.unit.engine.probe import Probe, counting, loop


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
