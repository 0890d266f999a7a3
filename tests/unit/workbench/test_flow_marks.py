from __future__ import annotations

from pathlib import Path

import pytest

from agentflow_tui.engine import Event
from agentflow_tui.engine.breakpoints import Breakpoint
from agentflow_tui.history import event as ev
from agentflow_tui.history import fold
from agentflow_tui.history.delta import Delta
from agentflow_tui.history.store import RunStore
from agentflow_tui.workbench import Workbench
from agentflow_tui.workbench.flow_marks import FlowMarks
from agentflow_tui.workbench.watched import Watched
from tests.unit.workbench.flows import LOOP
from tests.unit.workbench.test_time_travel import INPUT


def test_marks_survive_the_program_flow_by_flow(tmp_path: Path) -> None:
    marks = FlowMarks(tmp_path / "a.toml", tmp_path / "marks")
    marks.breakpoints.set(Breakpoint("writer", condition="score < 0.8"))
    marks.pin("writer", Delta(set={"k": [1]}, removed=("x",), meta_set={"m": "1"}, meta_removed=("n",)))
    marks.watches.append("score * 2")
    marks.save()
    again = FlowMarks(tmp_path / "a.toml", tmp_path / "marks")
    assert list(again.breakpoints) == list(marks.breakpoints)
    assert (again.pins, again.watches) == (marks.pins, marks.watches)
    assert not FlowMarks(tmp_path / "b.toml", tmp_path / "marks").pins
    again.unpin("writer")
    again.watches.clear()
    again.breakpoints.remove(Breakpoint("writer", condition="score < 0.8"))
    again.save()
    assert list((tmp_path / "marks").iterdir()) == []


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"pins": [{"who": 1, "set": 2}], "watches": 3, "breakpoints": [4]}']
)
def test_a_damaged_file_marks_nothing_that_could_run(tmp_path: Path, text: str) -> None:
    marks = FlowMarks(tmp_path / "a.toml", tmp_path)
    marks.watches.append("x")
    marks.save()
    (file,) = tmp_path.glob("*.json")
    file.write_text(text)
    again = FlowMarks(tmp_path / "a.toml", tmp_path)
    assert not len(again.breakpoints)
    assert not again.watches
    assert all(delta.is_empty for delta in again.pins.values())


async def test_the_marks_of_the_open_flow_count_in_its_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    path = tmp_path / "flow.toml"
    path.write_text(LOOP)
    first = Workbench(env={}, store=RunStore(tmp_path / "runs.sqlite3"))
    first.open(path)
    first.marks.pin("writer", Delta(set={"score": 99}))
    first.marks.save()
    await first.aclose()
    bench = Workbench(env={}, store=RunStore(tmp_path / "runs.sqlite3"))
    bench.open(path)
    run = await bench.start(Event.make(INPUT))
    result = await run.wait()
    assert (result.calls, result.data["score"]) == (0, 99)
    assert [event.agent for event in run.history if isinstance(event, ev.AgentPinned)] == ["writer"]
    await bench.aclose()


def test_watches_are_looked_at_anywhere_and_never_raise() -> None:
    state = fold(
        [
            ev.RunStarted(
                seq=0,
                at=0,
                run_id="r",
                flow="f",
                mode="loop",
                chosen_by="",
                reason="",
                event={"data": {"score": 3}},
                session_id="",
            )
        ]
    )
    assert Watched.at("score * 2", state).value == 6
    assert Watched.at("tokens == 0 and calls == 0", state).value is True
    assert "division" in Watched.at("1 / 0", state).error
    assert Watched.at("=", state).error
