"""One flow with everything that belongs to it; the only thing that the screen and the command line call."""

from __future__ import annotations

import os
import uuid
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from agentflow_tui.agents.cast import Cast, Providers, build_cast, handler_files
from agentflow_tui.agents.file_hooks import FileHooks
from agentflow_tui.agents.handler_error import HandlerError
from agentflow_tui.agents.provider_pools import ProviderPools
from agentflow_tui.agents.provider_tables import secrets_in
from agentflow_tui.agents.trust import Trust, content_hash
from agentflow_tui.agents.user_code import UserCode
from agentflow_tui.config import Checked, Flow, Problem, check_text
from agentflow_tui.engine import Clock, Control, Engine, Event, Hooks, SystemClock
from agentflow_tui.engine.guards import Guards
from agentflow_tui.engine.mode_choice import ModeChoice
from agentflow_tui.flow_file import FlowFile, SaveResult, UnreadableFileError
from agentflow_tui.flow_notes import FlowNotes
from agentflow_tui.history.store import RunStore
from agentflow_tui.history.store_error import StoreError
from agentflow_tui.input_keys import input_keys
from agentflow_tui.not_ready import NotReadyError, explained
from agentflow_tui.paths import data_folder
from agentflow_tui.plan.compile import compile_plan
from agentflow_tui.plan.node import Plan
from agentflow_tui.plan.plan_error import PlanError
from agentflow_tui.redaction import Redaction
from agentflow_tui.run import Run
from agentflow_tui.telemetry import RunWatch, Telemetry, TelemetryError


class Workbench:
    """Opens, checks, saves and runs one flow file. Opening and checking never run any of it."""

    def __init__(
        self,
        *,
        env: Mapping[str, str] | None = None,
        clock: Clock | None = None,
        providers: Providers | None = None,
        store: RunStore | None = None,
        trust: Trust | None = None,
    ) -> None:
        """Start empty; each argument replaces the real thing.

        `env`: the environment variables, `clock`: the machine's, `providers`: the model back ends (`aclose`
        closes them too), `store` the user's runs, `trust` the user's consents.
        """
        self._env = dict(os.environ if env is None else env)
        self._clock = clock or SystemClock()
        self._providers = providers
        self._store = store or RunStore()
        self._trust = trust or Trust(data_folder() / "trust.json")
        self._telemetry = Telemetry()
        self._guards = Guards(self._clock)
        self._runs: list[Run] = []
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
        self._guards = Guards(self._clock)
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

    async def start(self, event: Event, *, paused: bool = False) -> Run:
        """Run the text that was checked last, saved or not; with `paused` it stands before its first agent.

        Raises:
            NotReadyError: Nothing was started: errors in the text, no model to ask, or a handler may not
                or cannot run.
        """
        if self._flow is not None and self._flow.nested:
            # The files inside may have changed since.
            self.check(self.text)
        flow, choice = self._choice(event)
        plan = choice.plan
        pools = ProviderPools(plan.flows, self._env, sleep=self._clock.sleep, given=self._providers)
        try:
            cast, hooks = await self._cast(flow, plan, pools)
            watch, watch_notes = await self._watch(flow)
        except BaseException:
            await pools.aclose()
            raise
        run = Run(
            str(uuid.uuid4()),
            plan,
            Control(paused=paused),
            cast.model_label,
            redaction=Redaction.of(self._env, self._secrets(plan)),
            keeper=self._store,
            observer=watch,
            notes=(*cast.notes, *watch_notes),
        )
        self._store.on_failure = lambda error: run.warn(f"this run is not stored: {error}")
        engine = Engine(
            plan,
            cast.agents,
            clock=self._clock,
            hooks=hooks,
            emit=run.record,
            control=run.control,
            run_id=run.run_id,
            flow_name=self._name(flow),
            guards=self._guards,
        )

        async def finish() -> None:
            self._runs.remove(run)
            if watch is not None:
                watch.end()
            await pools.aclose()

        self._runs.append(run)
        run.begin(engine.run(event, chosen_by=choice.by, reason=choice.reason), finish=finish)
        return run

    def grant_trust(self) -> tuple[Path, ...]:
        """Allow the Python code in the flow's folder as it is now; return the handlers' files.

        Raises:
            NotReadyError: The flow has errors or no handler, or the consent cannot be written.
        """
        flow = self._ready()
        if self.path is None:
            raise NotReadyError("the flow was never saved, so it has no folder to trust")
        try:
            files = handler_files(flow, self.path.parent)
            if files:
                self._trust.grant(self.path.parent, content_hash(self.path.parent))
        except (HandlerError, OSError) as error:
            raise NotReadyError(str(error)) from error
        return files

    async def aclose(self) -> None:
        """Cancel what runs, wait for its end, store it and release everything."""
        for run in tuple(self._runs):
            run.control.cancel("the workbench was closed")
            await run.wait()
        if self._providers is not None:
            await self._providers.aclose()
        # Told while the run went on; closing can do no more about it.
        with suppress(StoreError):
            await self._store.aclose()
        await self._telemetry.aclose()

    def _choice(self, event: Event) -> tuple[Flow, ModeChoice]:
        flow = self._ready()
        try:
            return flow, ModeChoice.make(flow, event)
        except PlanError as error:
            raise NotReadyError(str(error)) from error

    def _ready(self) -> Flow:
        if self.checked.errors:
            raise NotReadyError.invalid(self.checked.errors)
        if self.checked.flow is None:
            raise NotReadyError("no flow is open")
        return self.checked.flow

    async def _cast(self, flow: Flow, plan: Plan, pools: ProviderPools) -> tuple[Cast, Hooks]:
        code, hooks = UserCode(self.path.parent if self.path else None, self._trust), Hooks()
        with explained(self.path):
            cast = await build_cast(plan, pools.by_file, code=code)
            await FileHooks(flow, hooks).load(code)
        return cast, hooks

    async def _watch(self, flow: Flow) -> tuple[RunWatch | None, tuple[str, ...]]:
        try:
            watch = await self._telemetry.watch(flow.telemetry)
        except TelemetryError as error:
            return None, (str(error),)
        return watch, (watch.note,) if watch is not None and watch.note else ()

    def _secrets(self, plan: Plan) -> tuple[str, ...]:
        return tuple(secret for flow in plan.flows.values() for secret in secrets_in(flow, self._env))

    def _name(self, flow: Flow) -> str:
        return flow.agent_flow.name or (self.path.stem if self.path else "unnamed")


def _plan_of(flow: Flow) -> Plan | None:
    try:
        return compile_plan(flow)
    except PlanError:
        # A run says why; until then the flow only has no graph.
        return None


def _file_problem(message: str, hint: str) -> Problem:
    return Problem("error", "", 1, 1, message, hint, 1)
