"""The user's event, and the machine's own clock."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from agentflow_tui.engine import AgentError, Event, SystemClock
from agentflow_tui.engine.clock import utc_now
from agentflow_tui.engine.event import facts_of


def test_an_event_has_its_own_copy_an_id_and_a_time() -> None:
    data = {"list": [1]}
    first, second = Event.make(data, metadata={"m": "1"}, target="t"), Event.make(data)
    data["list"].append(2)
    assert dict(first.data) == {"list": [1]}
    assert (first.target, dict(first.metadata)) == ("t", {"m": "1"})
    assert first.id != second.id
    assert datetime.fromisoformat(first.timestamp).utcoffset() == timedelta(0)


def test_the_session_is_the_events_own_unless_named() -> None:
    assert Event.make(event_id="e-1").session_id == "e-1"
    assert Event.make(event_id="e-1", metadata={"session_id": "s"}).session_id == "s"


def test_an_event_of_rubbish_is_refused_with_the_key() -> None:
    with pytest.raises(AgentError, match=r"data\.a: a set"):
        Event.make({"a": {1}})
    with pytest.raises(AgentError, match=r"meta\.a: an int is not text"):
        Event.make(metadata={"a": 1})  # type: ignore[dict-item]


def test_a_frozen_event_hands_out_copies() -> None:
    frozen = Event.make({"list": [1]}, metadata={"m": "x"}).frozen()
    frozen.data["list"].append(2)
    assert frozen.data["list"] == [1]
    assert (len(frozen.data), len(frozen.metadata), frozen.metadata["m"]) == (1, 1, "x")
    assert repr(frozen.data) == "FrozenData({'list': [1]})"
    assert facts_of(frozen)["data"] == {"list": [1]}


async def test_the_machines_clock_goes_forward() -> None:
    clock, called = SystemClock(), asyncio.Event()
    before = clock.now()
    timer = clock.call_later(3600, called.set)
    timer.cancel()
    clock.call_later(0, called.set)
    await called.wait()
    await clock.sleep(0)
    assert clock.now() >= before
    assert datetime.fromisoformat(clock.timestamp()).utcoffset() == timedelta(0)


def test_the_time_of_day_is_written_as_datetime_writes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    start = 1_700_000_000
    # Zeros in front, the last moment of a second, the next second, and a clock that was set back.
    moments = [(0, 0), (0, 1), (0, 20_300), (0, 999_999), (1, 0), (86_400, 5), (-1, 999_999), (0, 7)]
    for second, micro in moments:
        nanoseconds = ((start + second) * 1_000_000 + micro) * 1000 + 999
        monkeypatch.setattr("agentflow_tui.engine.clock.time.time_ns", lambda now=nanoseconds: now)
        moment = datetime.fromtimestamp(start + second, UTC).replace(microsecond=micro)
        assert utc_now() == moment.isoformat(timespec="microseconds")
