"""A run goes into one file and comes back the same; a stranger's file can do no harm."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentflow_tui.history import event as ev
from agentflow_tui.history import run_file
from agentflow_tui.history.codec import to_line
from agentflow_tui.history.delta import Delta
from agentflow_tui.history.run_file import (
    RunFileError,
    read_run,
    read_run_file,
    run_file_lines,
    write_run_file,
)
from agentflow_tui.history.store import RunStore
from tests.story import Story, quality_loop

FLOW = 'name = "ü\\n"\n'


def lines(history: list[ev.HistoryEvent], flow_text: str = FLOW) -> list[bytes]:
    return [line.encode() for line in run_file_lines(history, flow_text)]


def test_a_run_goes_through_a_file(tmp_path: Path) -> None:
    history = quality_loop().events
    path = tmp_path / "run.jsonl"
    write_run_file(path, history, FLOW)
    found = read_run_file(path)
    assert (list(found.history), found.flow_text, found.problems) == (history, FLOW, ())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["run.jsonl"]


async def test_a_stored_run_goes_to_another_machine(tmp_path: Path) -> None:
    history = quality_loop().events
    store, other = RunStore(tmp_path / "a" / "runs.sqlite3"), RunStore(tmp_path / "b" / "runs.sqlite3")
    store.append("r", history)
    await store.describe("r", flow_text=FLOW)
    path = tmp_path / "run.jsonl"
    write_run_file(path, await store.load("r"), await store.flow_text("r"))
    found = read_run_file(path)
    new = await other.add(list(found.history), flow_text=found.flow_text)
    assert await other.load(new) == history
    assert await other.flow_text(new) == FLOW
    await store.aclose()
    await other.aclose()


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=100)
@given(st.lists(st.dictionaries(st.text(max_size=5), _json, max_size=3), max_size=5), st.text())
def test_any_history_comes_back_as_it_was(deltas: list[dict[str, Any]], flow_text: str) -> None:
    story = Story()
    for delta in deltas:
        story.add(ev.StateChanged, path="p", delta=Delta(set=delta))
    found = read_run(lines(story.events, flow_text))
    assert [to_line(event) for event in found.history] == [to_line(event) for event in story.events]
    assert (found.flow_text, found.problems) == (flow_text, ())


def test_a_file_torn_anywhere_gives_what_is_whole_and_says_what_is_missing() -> None:
    history = quality_loop().events[:8]
    whole = b"".join(lines(history))
    header = whole.index(b"\n") + 1
    first = whole.index(b"\n", header)
    for end in range(first, len(whole) - 1):
        found = read_run(whole[:end].splitlines(keepends=True))
        assert list(found.history) == history[: len(found.history)]
        count = whole[:end].count(b"\n") - 1
        assert len(found.history) in (count, count + 1)
        # Only a line break is missing when all events are there.
        assert bool(found.problems) == (len(found.history) < len(history))


@pytest.mark.parametrize("end", [0, 1, 30])
def test_a_file_torn_in_its_header_is_no_run(end: int) -> None:
    with pytest.raises(RunFileError, match="no run file"):
        read_run([lines(quality_loop().events)[0][:end]])


def changed(number: int, line: bytes) -> list[bytes]:
    all_lines = lines(quality_loop().events)
    all_lines[number] = line
    return all_lines


SECOND = json.loads(to_line(quality_loop().events[1]))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"{\n", "line 3: not JSON"),
        (b'{"kind":"__import__"}\n', "line 3: unknown kind"),
        (b"[]\n", "line 3: a history event is a JSON object"),
        (b"NaN\n", "line 3: not JSON: NaN is no number"),
        (json.dumps({**SECOND, "at": 1}).replace('"at": 1', '"at": 1e999').encode() + b"\n", "too large"),
        (json.dumps({**SECOND, "at": "now"}).encode() + b"\n", "expected a number"),
        (json.dumps({**SECOND, "more": 1}).encode() + b"\n", "unknown field 'more'"),
        (json.dumps({**SECOND, "seq": 7}).encode() + b"\n", "event 1 is missing, 7 is there"),
        (json.dumps({**SECOND, "path": [[]]}).encode() + b"\n", "expected text"),
        (b"[" * 100_000 + b"\n", "line 3: not JSON"),
        (b"[" * 70 + b"]" * 70 + b"\n", "more than 64 objects and lists"),
        (b'{"a":' * 200 + b"1" + b"}" * 200 + b"\n", "more than 64 objects and lists"),
        (b"1" * 5000 + b"\n", "not JSON"),
        (b"\xff\xfe\n", "not JSON"),
    ],
)
def test_damage_in_the_middle_is_refused_by_its_line(line: bytes, message: str) -> None:
    with pytest.raises(RunFileError, match=message):
        read_run(changed(2, line))


def test_a_run_begins_and_ends_once() -> None:
    story = quality_loop()
    first = to_line(story.events[0])
    again = json.dumps({**json.loads(first), "seq": 1}).encode() + b"\n"
    with pytest.raises(RunFileError, match="begins with its start, once"):
        read_run(changed(2, again))
    with pytest.raises(RunFileError, match="begins with its start, once"):
        read_run([lines(story.events)[0], to_line(ev.Warned(seq=0, at=0.0, message="")).encode() + b"\n"])
    story.add(ev.RunEnded, status="completed")
    story.add(ev.Warned, message="late")
    with pytest.raises(RunFileError, match="follows the end"):
        read_run(lines(story.events))


@pytest.mark.parametrize(
    "header",
    [
        b'{"format":"agentflow-run","version":2,"events":1}',
        b'{"format":"agentflow-run","version":true}',
        b'{"format":"agentflow-run","version":1,"flow_text":[]}',
        b'{"format":"else","version":1}',
        b'["agentflow-run"]',
        b"SQLite format 3\0",
        b"",
    ],
)
def test_a_header_of_something_else_is_refused(header: bytes) -> None:
    with pytest.raises(RunFileError):
        read_run(changed(0, header + b"\n"))


def test_without_events_there_is_no_run() -> None:
    with pytest.raises(RunFileError, match="holds no event"):
        read_run(lines([]))


def test_too_much_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "run.jsonl"
    write_run_file(path, quality_loop().events)
    monkeypatch.setattr(run_file, "MAX_EVENTS", 5)
    with pytest.raises(RunFileError, match="more than 5 events"):
        read_run_file(path)
    monkeypatch.setattr(run_file, "MAX_LINE", 50)
    with pytest.raises(RunFileError, match="a line is longer"):
        read_run_file(path)
    with path.open("r+b") as file:
        file.truncate(run_file.MAX_BYTES + 1)
    with pytest.raises(RunFileError, match="is larger than"):
        read_run_file(path)


def test_pipes_devices_and_folders_are_no_files(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero"), tmp_path):
        with pytest.raises(RunFileError, match="is no file"):
            read_run_file(path)


def test_writing_keeps_the_file_before_when_it_fails(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    path.write_text("before")
    story = Story()
    story.add(ev.StateChanged, path="", delta=Delta(set={"k": {1}}))
    with pytest.raises(TypeError):
        write_run_file(path, story.events)
    assert path.read_text() == "before"
    assert [file.name for file in tmp_path.iterdir()] == ["run.jsonl"]


def test_secrets_in_the_flow_stay_at_home() -> None:
    written = "".join(run_file_lines([], "key = 'sk-1'", lambda text: text.replace("sk-1", "[secret]")))
    assert "sk-1" not in written
    assert "[secret]" in written
