"""The flow that is open: its file, its text, what is wrong with it, and its plan."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agentflow_tui.config import Checked, Flow, Problem, check_text
from agentflow_tui.plan.compile import compile_plan
from agentflow_tui.plan.node import Plan
from agentflow_tui.plan.plan_error import PlanError
from agentflow_tui.workbench.flow_file import FlowFile, SaveResult, UnreadableFileError
from agentflow_tui.workbench.flow_notes import FlowNotes
from agentflow_tui.workbench.input_keys import input_keys
from agentflow_tui.workbench.not_ready import NotReadyError


class OpenFlow:
    """Opens, checks and saves one flow file. None of this ever runs any of it."""

    def __init__(self, env: Mapping[str, str]) -> None:
        """Start without a file; `env` are the environment variables."""
        self._env = env
        self._file: FlowFile | None = None
        self.text = ""
        """The text that was checked last."""
        self.checked = Checked(None, ())
        self.plan: Plan | None = None
        """Of the last text that was valid and could be compiled."""
        self._flow: Flow | None = None
        self._file_problem: Problem | None = None

    @property
    def path(self) -> Path | None:
        """The open file."""
        return self._file.path if self._file else None

    @property
    def is_refused(self) -> bool:
        """True when the open file cannot be shown as text; the problems say why."""
        return self._file is not None and self._file.is_refused

    @property
    def flow(self) -> Flow | None:
        """The last text that was valid, as a flow."""
        return self._flow

    @property
    def notes(self) -> FlowNotes:
        """What the text's comments tell people."""
        return FlowNotes.read(self.text)

    def open(self, path: Path) -> None:
        """Read and check a file; what is wrong with it becomes problems, and the text stays empty then."""
        self._file = FlowFile(path)
        self._flow = self.plan = None
        self._file_problem = None
        text = ""
        try:
            text = self._file.read()
        except UnreadableFileError as error:
            self._file_problem = _file_problem(str(error), error.hint)
        else:
            if self._file.is_missing:
                hint = "check the path; saving makes the file"
                self._file_problem = _file_problem(f"there is no file {path}", hint)
        self.check(text)

    def check(self, text: str) -> Checked:
        """Check a text in place of the one before; a valid one becomes the flow and the plan."""
        self.text = text
        if self._file_problem and not text.strip():
            # That the editor is empty says less than why it is.
            self.checked = Checked(None, (self._file_problem,))
            return self.checked
        checked = (
            check_text(text, folder=self._file.path.parent, env=self._env, name=self._file.path.name)
            if self._file
            else check_text(text, env=self._env)
        )
        if checked.flow is not None:
            self._flow, self.plan = checked.flow, _plan_of(checked.flow)
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

    def current(self) -> Flow:
        """Return the flow of now: the files inside it may have changed since. Raises as `ready` does."""
        if self._flow is not None and self._flow.nested:
            self.check(self.text)
        return self.ready()

    def ready(self) -> Flow:
        """Return the flow of the text that was checked last.

        Raises:
            NotReadyError: It has errors, or nothing is open.
        """
        if self.checked.errors:
            raise NotReadyError.invalid(self.checked.errors)
        if self.checked.flow is None:
            raise NotReadyError("no flow is open")
        return self.checked.flow


def _plan_of(flow: Flow) -> Plan | None:
    try:
        return compile_plan(flow)
    except PlanError:
        # A run says why; until then the flow only has no graph.
        return None


def _file_problem(message: str, hint: str) -> Problem:
    # It is about the whole file: no line has it.
    return Problem("error", "", 0, 0, message, hint, 0)
