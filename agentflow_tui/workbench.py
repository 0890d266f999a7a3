"""One flow with everything that belongs to it; the only thing that the screen and the command line call."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agentflow_tui.config import Checked, Flow, Problem, check_text
from agentflow_tui.flow_file import FlowFile, SaveResult, UnreadableFileError
from agentflow_tui.flow_notes import FlowNotes
from agentflow_tui.input_keys import input_keys
from agentflow_tui.plan.compile import compile_plan
from agentflow_tui.plan.node import Plan
from agentflow_tui.plan.plan_error import PlanError


class Workbench:
    """Opens, checks, saves and runs one flow file. Opening and checking never run or import anything of it."""

    def __init__(self, *, env: Mapping[str, str] | None = None) -> None:
        """Start empty. `env` replaces the process's environment variables."""
        self._env = dict(os.environ if env is None else env)
        self._file: FlowFile | None = None
        self.text = ""
        """The text that was checked last."""
        self.checked = Checked(None, ())
        self.plan: Plan | None = None
        """Of the last text that was valid and could be compiled."""
        self._flow: Flow | None = None

    @property
    def path(self) -> Path | None:
        """The open file."""
        return self._file.path if self._file else None

    @property
    def flow(self) -> Flow | None:
        """The last text that was valid, as a flow."""
        return self._flow

    @property
    def notes(self) -> FlowNotes:
        """What the text's comments tell people."""
        return FlowNotes.read(self.text)

    def open(self, path: Path) -> None:
        """Read and check a file; whatever is wrong with it becomes problems, and the text stays empty then."""
        self._file = FlowFile(path)
        self._flow = self.plan = None
        try:
            text = self._file.read()
        except UnreadableFileError as error:
            self.text = ""
            self.checked = Checked(None, (_file_problem(str(error), error.hint),))
            return
        if self._file.is_missing:
            self.text = ""
            hint = "check the path; saving makes the file"
            self.checked = Checked(None, (_file_problem(f"there is no file {path}", hint),))
            return
        self.check(text)

    def check(self, text: str) -> Checked:
        """Check a text in place of the one before; a valid one becomes the flow and the plan."""
        self.text = text
        folder = self._file.path.parent if self._file else None
        checked = check_text(text, folder=folder, env=self._env)
        if checked.is_valid and checked.flow is not None:
            self._flow = checked.flow
            try:
                self.plan = compile_plan(checked.flow)
            except PlanError as error:
                self.plan = None
                problem = Problem("error", "orchestration", 1, 1, str(error), "", 1)
                checked = Checked(checked.flow, (*checked.problems, problem))
        self.checked = checked
        return checked

    async def save(self, text: str, *, force: bool = False) -> SaveResult:
        """Write the text as it is, comments and all; `force` overwrites what changed on disk meanwhile."""
        if self._file is None:
            return SaveResult("failed", "no file is open")
        return await self._file.save(text, force=force)

    def is_changed_on_disk(self) -> bool:
        """Return True when another program wrote the open file since it was read or saved here."""
        return self._file is not None and self._file.is_changed_on_disk()

    def input_keys(self) -> tuple[str, ...]:
        """Return the data keys that a run of the flow needs, `message` first; none without a valid flow."""
        return input_keys(self._flow, self.plan) if self._flow and self.plan else ()

    def example_input(self) -> dict[str, Any]:
        """Return the input that the file's comments propose; empty without one."""
        return self.notes.example_input


def _file_problem(message: str, hint: str) -> Problem:
    return Problem("error", "", 1, 1, message, hint, 1)
