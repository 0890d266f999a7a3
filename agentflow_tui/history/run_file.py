"""One run as one file of JSON lines: a header, then its events. Safe to open from a stranger.

Nothing is revived but the known kinds of event, nothing names a path, and sizes are limited before anything
is read (design §4). A last line that was torn off is left out and told; any other damage is refused.
"""

from __future__ import annotations

import json
import math
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from agentflow_tui.history.codec import HistoryFormatError, decode, to_line
from agentflow_tui.history.event import HistoryEvent, RunEnded, RunStarted

FORMAT = "agentflow-run"
VERSION = 1
MAX_BYTES = 512 * 1024 * 1024
MAX_LINE = 16 * 1024 * 1024
MAX_EVENTS = 500_000
MAX_DEPTH = 64
"""Objects and lists inside each other."""


class RunFileError(Exception):
    """A file that is no run, or one that must not be read; `hint` is the way out."""

    def __init__(self, message: str, hint: str = "") -> None:
        """Say what is wrong and what helps."""
        self.message = message
        self.hint = hint
        super().__init__(f"{message} ({hint})" if hint else message)


@dataclass(frozen=True, slots=True)
class RunFile:
    """What a file held."""

    history: tuple[HistoryEvent, ...]
    flow_text: str = ""
    problems: tuple[str, ...] = ()
    """What is missing, in words."""
    inherited: int = 0
    """So many events are those of the run that it was forked from, and of that run's flow."""


def run_file_lines(
    history: Sequence[HistoryEvent],
    flow_text: str = "",
    redact: Callable[[str], str] = str,
    inherited: int = 0,
) -> Iterator[str]:
    """Yield the lines of a run's file, each with its line break; `redact` takes secrets out of the flow.

    `inherited` as in `RunFile`.
    """
    header = {
        "format": FORMAT,
        "version": VERSION,
        "events": len(history),
        "flow_text": redact(flow_text),
        **({"inherited": inherited} if inherited else {}),
    }
    yield json.dumps(header, separators=(",", ":")) + "\n"
    for event in history:
        yield to_line(event) + "\n"


def write_run_file(
    path: Path,
    history: Sequence[HistoryEvent],
    flow_text: str = "",
    redact: Callable[[str], str] = str,
    inherited: int = 0,
) -> None:
    """Write a run's file, whole or not at all; only the user can read it.

    Raises:
        OSError: it cannot be written.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    file = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(file, "w", encoding="ascii", newline="\n") as stream:
            stream.writelines(run_file_lines(history, flow_text, redact, inherited))
        draft.replace(path)
    finally:
        # Gone already when it took the target's place.
        draft.unlink(missing_ok=True)


def read_run_file(path: Path) -> RunFile:
    """Return the run in a file.

    Raises:
        RunFileError: it is no run file, is damaged before its last line, or is too large.
        OSError: it cannot be read.
    """
    if path.is_dir():
        # The system's own word for it would name a number and not the folder.
        raise RunFileError(f"{path} is no file")
    # A pipe or a device would never end; without waiting, opening one does not hang either.
    file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(file, "rb") as stream:
        facts = os.fstat(stream.fileno())
        if not stat.S_ISREG(facts.st_mode):
            raise RunFileError(f"{path} is no file")
        if facts.st_size > MAX_BYTES:
            raise RunFileError(f"{path} is larger than {MAX_BYTES // 2**20} MB")
        return read_run(_lines(stream))


def read_run(lines: Iterable[bytes]) -> RunFile:
    """Return the run in the lines of a file, of which the last may be torn.

    Raises:
        RunFileError: see `read_run_file`.
    """
    numbered = enumerate(lines, 1)
    count, flow_text, inherited = _header(next(numbered, (1, b""))[1])
    history: list[HistoryEvent] = []
    problems: list[str] = []
    for number, line in numbered:
        try:
            event = _event(line, number, history)
        except HistoryFormatError as error:
            if line.endswith(b"\n"):
                raise RunFileError(f"{error}", "the file was changed or damaged") from None
            problems.append(f"line {number} was torn off and is left out")
            break
        history.append(event)
        if len(history) > MAX_EVENTS:
            raise RunFileError(f"more than {MAX_EVENTS} events")
    if not history:
        raise RunFileError("the file holds no event", "it was cut off at its beginning")
    if count is not None and count != len(history):
        problems.append(f"the file should hold {count} events and holds {len(history)}")
    return RunFile(tuple(history), flow_text, tuple(problems), min(max(inherited, 0), len(history)))


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    while line := stream.readline(MAX_LINE + 1):
        if len(line) > MAX_LINE:
            raise RunFileError(f"a line is longer than {MAX_LINE // 2**20} MB")
        yield line


def _header(line: bytes) -> tuple[int | None, str, int]:
    try:
        header = _loaded(line)
    except HistoryFormatError:
        header = None
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise RunFileError("this is no run file", 'it begins with {"format":"agentflow-run"}')
    version, count, flow_text = header.get("version"), header.get("events"), header.get("flow_text", "")
    if type(version) is not int or version < 1 or not isinstance(flow_text, str):
        raise RunFileError("line 1: the header is damaged")
    if version > VERSION:
        raise RunFileError(
            f"the file is of a newer version ({version}, this one knows {VERSION})", "update agentflow-tui"
        )
    inherited = header.get("inherited", 0)
    return count if type(count) is int else None, flow_text, inherited if type(inherited) is int else 0


def _event(line: bytes, number: int, before: Sequence[HistoryEvent]) -> HistoryEvent:
    try:
        event = decode(_loaded(line))
    except HistoryFormatError as error:
        raise HistoryFormatError(str(error), line=number) from None
    if event.seq != len(before):
        raise HistoryFormatError(f"event {len(before)} is missing, {event.seq} is there", line=number)
    if isinstance(event, RunStarted) is bool(before):
        raise HistoryFormatError("a run begins with its start, once", line=number)
    if before and isinstance(before[-1], RunEnded):
        raise HistoryFormatError("something follows the end of the run", line=number)
    return event


def _loaded(line: bytes) -> Any:
    """Parse a line; what JSON does not know or nobody can hold is refused."""
    try:
        value = json.loads(line, parse_constant=_no_number, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise HistoryFormatError(f"not JSON: {error}") from None
    level, depth = [value], 0
    while level := [item for each in level if isinstance(each, dict | list) for item in _inside(each)]:
        depth += 1
        if depth > MAX_DEPTH:
            raise HistoryFormatError(f"more than {MAX_DEPTH} objects and lists inside each other")
    return value


def _inside(value: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number of JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is too large")
    return number
