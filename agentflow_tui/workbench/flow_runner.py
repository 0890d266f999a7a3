"""A flow for programs: run without a screen, with agents and callbacks of the program's own."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from agentflow_tui.agents.agent_names import flows_by_file, require_agent
from agentflow_tui.agents.cast import Cast
from agentflow_tui.agents.file_hooks import FileHooks
from agentflow_tui.agents.handler_error import HandlerError
from agentflow_tui.agents.provider_tables import secrets_in
from agentflow_tui.agents.python_agent import Handler, PythonAgent
from agentflow_tui.agents.signature import check_callback, check_handler, check_name
from agentflow_tui.agents.trust import AlwaysTrust, Trust
from agentflow_tui.agents.user_code import UserCode
from agentflow_tui.config import Checked, Flow, Problem, check_file, check_text
from agentflow_tui.engine import Agent, Clock, Event, Hooks, SystemClock
from agentflow_tui.engine.hooks import Callback, Hook
from agentflow_tui.engine.mode_choice import ModeChoice
from agentflow_tui.engine.new_id import new_id
from agentflow_tui.engine.run_result import RunResult
from agentflow_tui.history.event import HistoryEvent
from agentflow_tui.paths import data_folder
from agentflow_tui.plan.node import Plan
from agentflow_tui.workbench.backstage import Backstage
from agentflow_tui.workbench.event_tape import Listener, listening
from agentflow_tui.workbench.flow_result import FlowResult
from agentflow_tui.workbench.not_ready import NotReadyError, explained
from agentflow_tui.workbench.redaction import Redaction
from agentflow_tui.workbench.repertoire import Repertoire

_Handler = TypeVar("_Handler", bound=Handler)
_Callback = TypeVar("_Callback", bound=Callback)


class FlowRunner:
    """One checked flow, to be run as often as one likes, also many times at once.

    What is compiled and imported is kept from run to run. A flow that asks models opens its connections for
    each run, or once for all of them inside `async with runner:`.
    """

    def __init__(  # noqa: PLR0913 - what a runner can be told
        self,
        checked: Checked,
        *,
        file: Path | None = None,
        folder: Path | None = None,
        trust: bool = False,
        store: Path | str | bool = False,
        env: Mapping[str, str] | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Take a check's outcome; programs use `from_file` or `from_text`.

        Raises:
            NotReadyError: The flow has errors; `problems` lists them.
        """
        if checked.flow is None:
            raise NotReadyError.invalid(checked.errors)
        self.flow: Flow = checked.flow
        self.problems: tuple[Problem, ...] = checked.problems
        """What the check warns of."""
        self._file = file
        self._folder = folder
        self._consent = AlwaysTrust() if trust else Trust(data_folder() / "trust.json")
        self._store = Path(store) if isinstance(store, str) else store
        self._env = dict(os.environ if env is None else env)
        self._clock: Clock = clock or SystemClock()
        self._name = self.flow.agent_flow.name or (file.stem if file else "unnamed")
        self._agents: dict[str, Agent] = {}
        self._hooks = Hooks()
        self._file_hooks = FileHooks(self.flow, self._hooks)
        self._repertoire = Repertoire(self.flow, self._name, self._hooks, self._clock)
        secrets = secrets_in(flows_by_file(self.flow).values(), self._env)
        self._redaction = Redaction.of(self._env, secrets)
        self._are_hooks_loaded = False
        self._open: Backstage | None = None
        self._is_supplied = self._store is not False or self.flow.telemetry.enabled
        """Whether runs need more than agents that are ready."""

    @classmethod
    def from_file(
        cls,
        path: Path | str,
        *,
        trust: bool = False,
        store: Path | str | bool = False,
        env: Mapping[str, str] | None = None,
    ) -> Self:
        """Read and check a flow file; nothing of it runs yet.

        `trust` allows the Python code that the file names, and keys to go to its addresses; without it, they
        need the consent that `agentflow-tui trust` gives. `store` names an SQLite file to keep runs in, or
        is true for the one that the workbench reads. `env` replaces the environment.

        Raises:
            NotReadyError: It cannot be read or has errors; `problems` lists them.
        """
        file = Path(path)
        return cls(check_file(file, env), file=file, folder=file.parent, trust=trust, store=store, env=env)

    @classmethod
    def from_text(
        cls,
        text: str,
        *,
        folder: Path | str | None = None,
        trust: bool = False,
        store: Path | str | bool = False,
        env: Mapping[str, str] | None = None,
    ) -> Self:
        """Check a flow's text as if it were a file in `folder`, where its Python code and inner flows are.

        Raises:
            NotReadyError: It has errors; `problems` lists them.
        """
        place = None if folder is None else Path(folder)
        return cls(check_text(text, folder=place, env=env), folder=place, trust=trust, store=store, env=env)

    def agent(self, name: str) -> Callable[[_Handler], _Handler]:
        """Decorate `async def f(event, state)`: it is the agent `name` from now on, whatever the file says.

        An agent of a flow inside this one is called `file.toml:name`.

        Raises:
            ValueError: The flow has no such agent.
            TypeError: The function is not `async` or takes other arguments, or the name is missing.
        """
        check_name(name, '@runner.agent("name")')
        require_agent(self.flow, name)

        def register(function: _Handler) -> _Handler:
            try:
                check_handler(function, f"agent '{name}'")
            except HandlerError as error:
                raise TypeError(str(error)) from None
            self._agents[name] = PythonAgent(name, function)
            self._repertoire.forget_agents()
            if self._open is not None:
                self._open.casts.clear()
            return function

        return register

    def hook(self, hook: Hook, *, name: str = "") -> Callable[[_Callback], _Callback]:
        """Decorate `def f(call)`, async or not: it is called at that point of every run.

        It comes after those of the file and those registered before, under its own name unless given one.

        Raises:
            ValueError: There is no such hook, or the name is taken on it.
            TypeError: It is no function of one argument, or the hook is missing.
        """
        check_name(hook, '@runner.hook("AfterAgentRun")')

        def register(function: _Callback) -> _Callback:
            called = name or getattr(function, "__name__", "")
            try:
                check_callback(function, f"callback '{called}'")
            except HandlerError as error:
                raise TypeError(str(error)) from None
            self._hooks.register(hook, called, function)
            return function

        return register

    def unhook(self, hook: Hook, name: str) -> bool:
        """Take a callback away, also one of the file's; false when there is none of that name."""
        return self._hooks.unregister(hook, name)

    async def run(
        self,
        data: Mapping[str, Any] | Event | None = None,
        *,
        metadata: Mapping[str, str] | None = None,
        target: str = "",
        on_event: Listener | None = None,
        keep_history: bool = True,
    ) -> FlowResult:
        """Take one event, or an event made of these parts, through the flow, and say how it ended.

        `on_event` gets each history event as it happens; what it raises stops the run and is raised here.
        Without `keep_history` the result has none, and memory does not grow with the run.

        Raises:
            NotReadyError: Nothing was started: no model to ask, or a handler may not or cannot run.
            AgentError, TypeError: The data are no JSON object, or the metadata no mapping of texts.
        """
        if isinstance(data, Event):
            event, now = data, None
        else:
            now = self._clock.timestamp()
            event = Event.make(data, metadata=metadata, target=target, timestamp=now)
        choice = self._repertoire.choice(event)
        history: list[HistoryEvent] = []
        listeners = [] if on_event is None else [on_event]
        if keep_history:
            listeners.append(history.append)
        ready = None if self._is_supplied else self._repertoire.ready.get(choice.plan.mode)
        if ready is not None:
            engine, notes = ready
            emit = listening(listeners, self._redaction, notes)
            course = engine.course(event, problem=choice.problem, emit=emit)
            await course.go(choice.by, choice.reason, now)
            if self._redaction.is_idle:
                return FlowResult.after(course, history)
            ended = course.result()
        else:
            ended = await self._supplied(choice, event, listeners)
        return FlowResult.of(self._redaction.value(ended), history)

    def run_sync(
        self,
        data: Mapping[str, Any] | Event | None = None,
        *,
        metadata: Mapping[str, str] | None = None,
        target: str = "",
        on_event: Listener | None = None,
    ) -> FlowResult:
        """Do what `run` does, for programs without an event loop.

        Raises:
            RuntimeError: There is a running event loop; await `run` there.
        """
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return asyncio.run(self.run(data, metadata=metadata, target=target, on_event=on_event))
        raise RuntimeError("an event loop runs here: write await runner.run(…) in place of run_sync(…)")

    async def __aenter__(self) -> Self:
        """Keep connections to models, the store and telemetry open until the end of the block."""
        if self._open is not None:
            raise RuntimeError("this runner is open already")
        self._open = self._backstage()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close them."""
        backstage, self._open = self._open, None
        if backstage is not None:
            await backstage.aclose()

    async def _supplied(self, choice: ModeChoice, event: Event, listeners: list[Listener]) -> RunResult:
        """Run with all that has to be opened for it."""
        if self._open is not None:
            return await self._staged(choice, event, listeners, self._open)
        backstage = self._backstage()
        try:
            return await self._staged(choice, event, listeners, backstage)
        finally:
            await backstage.aclose()

    async def _staged(
        self, choice: ModeChoice, event: Event, listeners: list[Listener], backstage: Backstage
    ) -> RunResult:
        plan = choice.plan
        cast = self._repertoire.cast(plan.mode) or await self._prepared(plan, backstage)
        watch, note = await backstage.watch(self.flow)
        if watch is not None:
            listeners.append(watch.take)
        run_id = new_id()
        if (store := backstage.store) is not None:
            listeners.append(lambda entry: store.append(run_id, (entry,)))
        engine = self._repertoire.engine(plan, cast)
        notes = [*cast.notes, note] if note else cast.notes
        emit = listening(listeners, self._redaction, notes)
        by, reason, problem = choice.by, choice.reason, choice.problem
        try:
            return await engine.run(
                event, chosen_by=by, reason=reason, problem=problem, run_id=run_id, emit=emit
            )
        finally:
            if watch is not None:
                watch.end()

    async def _prepared(self, plan: Plan, backstage: Backstage) -> Cast:
        code = UserCode(self._folder, self._consent, is_fresh=False)
        with explained(self._file):
            cast = await backstage.cast(plan, code, self._agents)
            if not self._are_hooks_loaded:
                await self._file_hooks.load(code)
                self._are_hooks_loaded = True
        if not cast.labels:
            self._repertoire.keep(plan.mode, cast)
        return cast

    def _backstage(self) -> Backstage:
        return Backstage(self._env, self._clock, self._store, self._consent)
