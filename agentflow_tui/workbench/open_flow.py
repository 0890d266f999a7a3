"""The flow that is open: its file, its text, what is wrong with it, and its plan."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agentflow_tui.agents.agent_names import flows_by_file
from agentflow_tui.agents.provider_tables import secrets_in
from agentflow_tui.config import Checked, Flow, Problem, check_text
from agentflow_tui.config.flow_notes import FlowNotes
from agentflow_tui.plan.compile import compile_plan
from agentflow_tui.plan.node import Plan
from agentflow_tui.plan.plan_error import PlanError
from agentflow_tui.workbench.flow_file import FlowFile, SaveResult, UnreadableFileError
from agentflow_tui.workbench.input_keys import input_keys, needed_keys
from agentflow_tui.workbench.not_ready import NotReadyError
from agentflow_tui.workbench.redaction import Redaction
from agentflow_tui.workbench.stored_text import StoredText


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
        self._path: Path | None = None

    @property
    def place(self) -> Path | None:
        """The file of the text that was checked last, which need not be the open one."""
        return self._path or self.path

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

    def check(self, text: str, path: Path | None = None) -> Checked:
        """Check a text in place of the one before; a valid one becomes the flow and the plan.

        `path` is its own file when it is not the open one: flows inside it and Python code are beside it.
        """
        self.text, self._path = text, path
        if self._file_problem and not text.strip():
            # That the editor is empty says less than why it is.
            self.checked = Checked(None, (self._file_problem,))
            return self.checked
        place = self.place
        checked = (
            check_text(text, folder=place.parent, env=self._env, name=place.name)
            if place is not None
            else check_text(text, env=self._env)
        )
        if checked.flow is not None:
            self._flow, self.plan = checked.flow, _plan_of(checked.flow)
        self.checked = checked
        return checked

    def check_kept(self, text: str, path: Path | None) -> Checked:
        """Check a text that was kept with a run, as `check` does, with the secrets that were taken out of it.

        They come from the text that was checked last, from the open file or from the run's own, `path`,
        whichever is the same but for them.

        Raises:
            NotReadyError: There is no such text; or the folder of `path` is gone, and the flow needs it.
        """
        others = (self.text, *map(_read, dict.fromkeys((self.path, path))))
        checked = self.check(StoredText(text).whole(others, self._redacted), path)
        if path is not None and not path.parent.is_dir() and _needs_folder(checked.flow):
            raise NotReadyError(
                f"the folder of this run's flow is gone: {path.parent}",
                hints=(
                    "its Python code and the flows inside it are looked for there; put it back,",
                    "or go on with the text of another file: R on the screen, --flow FILE",
                ),
            )
        return checked

    def _redacted(self, text: str) -> str:
        flow = self.check_beside(text).flow
        flows = flows_by_file(flow).values() if flow is not None else ()
        return Redaction.of(self._env, secrets_in(flows, self._env)).text(text)

    def check_beside(self, text: str, path: Path | None = None) -> Checked:
        """Check a text as if it stood in the file at `path`, or in the open one; nothing else changes."""
        place = path or self.place
        return check_text(text, folder=place.parent if place is not None else None, env=self._env)

    async def save(self, text: str, *, force: bool = False) -> SaveResult:
        """Write the text as it is, comments and all; `force` overwrites what changed on disk meanwhile."""
        if self._file is None:
            return SaveResult("failed", "no file is open")
        return await self._file.save(text, force=force)

    def is_changed_on_disk(self) -> bool:
        """Return True when another program wrote the open file since it was read or saved here."""
        return self._file is not None and self._file.is_changed_on_disk()

    def input_keys(self) -> tuple[str, ...]:
        """Return the data keys that a run of the flow can use, `message` first; none without a valid flow."""
        return input_keys(self._flow, self.plan) if self._flow and self.plan else ()

    def needed_keys(self) -> tuple[str, ...]:
        """Return those of the input keys without which something is missing."""
        return needed_keys(self._flow, self.plan) if self._flow and self.plan else ()

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


def _read(path: Path | None) -> str:
    try:
        return path.read_text(encoding="utf-8") if path is not None else ""
    except (OSError, ValueError):
        # It is only one of the places where the secrets may be.
        return ""


def _needs_folder(flow: Flow | None) -> bool:
    """Whether a flow, when it could be read at all without its folder, runs code from there."""
    if flow is None:
        return True
    return bool(flow.hooks) or any(
        agent.handler for each in flows_by_file(flow).values() for agent in each.agents.values()
    )


def _plan_of(flow: Flow) -> Plan | None:
    try:
        return compile_plan(flow)
    except PlanError:
        # A run says why; until then the flow only has no graph.
        return None


def _file_problem(message: str, hint: str) -> Problem:
    # It is about the whole file: no line has it.
    return Problem("error", "", 0, 0, message, hint, 0)
