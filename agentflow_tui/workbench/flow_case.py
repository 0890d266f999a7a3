"""A run that is kept beside its flow as a test: the flow has to come out the same, and nobody is called."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from agentflow_tui.history.event import RunEnded
from agentflow_tui.workbench.archive import StoredRun, storing
from agentflow_tui.workbench.aside import aside
from agentflow_tui.workbench.flow_file import FlowFile, UnreadableFileError
from agentflow_tui.workbench.flow_version import swaps_in
from agentflow_tui.workbench.not_ready import NotReadyError
from agentflow_tui.workbench.replay import Replay

if TYPE_CHECKING:
    from agentflow_tui.workbench.workbench import Workbench

FOLDER_SUFFIX = ".tests"
FILE_SUFFIX = ".jsonl"
_FLOW_SUFFIX = ".toml"
_LONGEST_NAME = 80
_NO_NAME = re.compile(r"[^\w.-]+")


@dataclass(frozen=True, slots=True)
class FlowCase:
    """One run file in the folder of tests beside a flow: `report.tests/keep-section.jsonl`."""

    flow: Path
    file: Path

    @classmethod
    def named(cls, flow: Path, name: str) -> FlowCase:
        """Return the case of that name; whether it is there already or not."""
        return cls(flow, folder_of(flow) / f"{name}{FILE_SUFFIX}")

    @property
    def name(self) -> str:
        """The folder and the file, as people write them: `report.tests/keep-section`."""
        return f"{self.file.parent.name}/{self.file.stem}"

    async def replay(self, bench: Workbench) -> Replay:
        """Live the kept run again with the flow's file as it is now; nobody is called.

        The texts of requests always count. When the file means something else than the one that ran, so do
        models and parameters: before, they may have been chosen by the environment of that day.

        Raises:
            NotReadyError: The run or the flow cannot be read whole, or the flow has errors.
        """
        found = await bench.archive.read_file(self.file)
        if found.problems:
            # What is left of it may come out the same, and would say nothing of the rest.
            raise NotReadyError(
                f"the test is damaged: {'; '.join(found.problems)}",
                hints=("bring its file back, or keep a run under its name again",),
            )
        return await self._replayed(bench, found, found.inherited)

    async def save(self, bench: Workbench, run: str) -> Replay:
        """Keep a stored run as this case, in place of what was there; return how it replays now.

        What the run that it was forked from asked is left out if the flow would not ask that any more.

        Raises:
            NotReadyError: There is no such run, it cannot be a test, or the file cannot be written.
        """
        stored = await bench.archive.load(run)
        _refuse(stored)
        whole = replace(stored, inherited=0)
        found = await self._replayed(bench, whole, 0)
        if not found.is_exact and stored.inherited:
            whole = stored
            found = await self._replayed(bench, whole, stored.inherited)
        with storing():
            self.file.parent.mkdir(exist_ok=True)
        await bench.archive.write_file(whole, self.file)
        return found

    async def _replayed(self, bench: Workbench, run: StoredRun, since: int) -> Replay:
        text = _text(self.flow)
        # A long history takes seconds, in which a screen has to answer.
        return await aside(lambda: bench.replay(run, text=text, place=self.flow, since=since))


def folder_of(flow: Path) -> Path:
    """Return the folder with a flow's tests; it need not be there."""
    name = flow.stem if flow.suffix == _FLOW_SUFFIX else flow.name
    return flow.parent / f"{name}{FOLDER_SUFFIX}"


def name_for(wish: str) -> str:
    """Return a case's name as near as possible to what somebody wishes; empty when nothing of it can be."""
    return _NO_NAME.sub("-", wish).strip("-.")[:_LONGEST_NAME]


def cases_in(place: Path) -> tuple[FlowCase, ...]:
    """Return the cases of a flow, of a folder and all folders in it, or the one in a file; sorted by path."""
    if place.is_dir():
        folders = _folders_of_tests(place)
    elif place.suffix == FILE_SUFFIX:
        return (FlowCase(_flow_of(place.parent), place),)
    else:
        return _cases(folder_of(place), place)
    return tuple(case for folder in folders for case in _cases(folder, _flow_of(folder)))


def _cases(folder: Path, flow: Path) -> tuple[FlowCase, ...]:
    return tuple(FlowCase(flow, file) for file in sorted(folder.glob(f"*{FILE_SUFFIX}")))


def _folders_of_tests(place: Path) -> Iterator[Path]:
    # What a link leads to is not of this folder, and could lead round in circles.
    for folder, inner, _ in os.walk(place):
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        if Path(folder).resolve().name.endswith(FOLDER_SUFFIX):
            yield Path(folder)


def _flow_of(folder: Path) -> Path:
    name = folder.resolve().name.removesuffix(FOLDER_SUFFIX)
    as_it_is = folder.parent / name
    return as_it_is if as_it_is.is_file() else folder.parent / f"{name}{_FLOW_SUFFIX}"


def _text(flow: Path) -> str:
    file = FlowFile(flow)
    try:
        text = file.read()
    except UnreadableFileError as error:
        raise NotReadyError(str(error), hints=(error.hint,)) from error
    if file.is_missing:
        raise NotReadyError(f"there is no flow {flow.name} beside {folder_of(flow).name}")
    if not text.strip():
        raise NotReadyError(f"{flow.name} is empty")
    return text


def _refuse(run: StoredRun) -> None:
    if not run.history or not isinstance(run.history[-1], RunEnded):
        raise NotReadyError(
            "the run has not ended, so it is no test yet", hints=("let it end, or resume it",)
        )
    if swaps := swaps_in(run.history):
        raise NotReadyError(
            f"the run took over another config on its way (event {swaps[0].seq:d}), so no one text is tested",
            hints=("run it again with the text of now (R on the screen, or rerun), and keep that run",),
        )
