"""Starts runs and releases what they used."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping
from contextlib import suppress

from agentflow_tui.agents.cast import Cast, Providers, build_cast
from agentflow_tui.agents.file_hooks import FileHooks
from agentflow_tui.agents.provider_pools import ProviderPools
from agentflow_tui.agents.provider_tables import secrets_in
from agentflow_tui.agents.trust import Trust
from agentflow_tui.agents.user_code import UserCode
from agentflow_tui.config import Flow
from agentflow_tui.engine import Clock, Engine, Hooks
from agentflow_tui.engine.breaker_memory import PastBreakers
from agentflow_tui.engine.guards import Guards
from agentflow_tui.history.recording_shelf import RecordingShelf
from agentflow_tui.history.store import RunStore
from agentflow_tui.history.store_error import StoreError
from agentflow_tui.llm.embedded_provider import EmbeddedProvider
from agentflow_tui.llm.run_recordings import RunRecordings
from agentflow_tui.plan.node import Plan
from agentflow_tui.telemetry import RunWatch, Telemetry, TelemetryError
from agentflow_tui.workbench.not_ready import NotReadyError, explained
from agentflow_tui.workbench.order import Order
from agentflow_tui.workbench.outfit import Outfit
from agentflow_tui.workbench.redaction import Redaction
from agentflow_tui.workbench.run import Run
from agentflow_tui.workbench.run_config import RunConfig

_NOT_STORED = "this run is not stored: {}"
_WAYS = (
    "take the flow as it was, or go on from an earlier event;",
    "from the beginning, calls that did not change are taken from recordings",
)


class Launcher:
    """Keeps what runs share: the store, telemetry, the embedded model, circuit breakers and rate limits."""

    def __init__(
        self,
        env: Mapping[str, str],
        clock: Clock,
        store: RunStore,
        trust: Trust,
        providers: Providers | None = None,
    ) -> None:
        """`providers` replace the real model back ends and are closed in the end."""
        self._env = env
        self._clock = clock
        self._store = store
        self._trust = trust
        self._providers = providers
        self._embedded = EmbeddedProvider()
        self._telemetry = Telemetry(may_send=trust.may_send)
        self._guards = Guards(clock)
        self._runs: list[Run] = []
        self._chores: set[asyncio.Task[None]] = set()

    def forget_guards(self) -> None:
        """Another flow is open: its breakers are closed."""
        self._guards = Guards(self._clock)

    async def launch(self, order: Order) -> Run:
        """Start a run; one with a past is returned when that lies behind it.

        Raises:
            NotReadyError: No model, code that may not run, a key that may not be sent, or the flow goes
                another way than its past.
        """
        secrets = secrets_in(order.choice.plan.flows.values(), self._env)
        redaction = Redaction.of(self._env, secrets)
        outfit = await self._outfit(order, redaction)
        run_id = order.run_id or str(uuid.uuid4())
        run = Run(
            run_id,
            order.first.plan,
            order.control,
            outfit.cast.model_label,
            redaction=redaction,
            keeper=self._store,
            observer=outfit.watch,
            notes=outfit.notes,
            history=order.departure.behind(run_id) if order.departure is not None else (),
        )
        run.config = RunConfig(
            order.version, order.path, self._trust, outfit.pools, self._env, first=order.first.text
        )
        if order.course is not None and order.course.remark is not None:
            run.record(order.course.remark)
        await self._begin(order, run, outfit)
        chore = asyncio.create_task(self._describe(run, redaction.text(order.first.text), order))
        self._chores.add(chore)
        chore.add_done_callback(self._chores.discard)
        return run

    async def _outfit(self, order: Order, redaction: Redaction) -> Outfit:
        plan = order.choice.plan
        pools = ProviderPools(
            plan.flows,
            self._env,
            sleep=self._clock.sleep,
            given=self._providers,
            recordings=self._recordings(order, redaction),
            embedded=self._embedded,
            consent=self._trust,
        )
        try:
            cast, hooks = await self._cast(order, plan, pools)
            watch, watch_notes = await self._watch(order.flow)
            # Asked before the first event: a short run is over before a failed attempt to store it shows.
            failure = await self._store.prepare()
        except BaseException:  # raised again; also when it is cancelled, no connection may stay open
            await pools.aclose()
            raise
        unstored = (_NOT_STORED.format(failure),) if failure is not None else ()
        return Outfit(pools, cast, hooks, watch, (*unstored, *cast.notes, *watch_notes))

    async def _begin(self, order: Order, run: Run, outfit: Outfit) -> None:
        agents = outfit.cast.agents
        swaps = order.course.for_engine(agents) if order.course is not None else ()
        past = order.departure.past(swaps) if order.departure is not None else None
        self._store.on_failure = lambda error: run.warn(_NOT_STORED.format(error))
        engine = Engine(
            run.plan,
            agents,
            clock=self._clock,
            hooks=outfit.hooks,
            emit=run.record,
            control=run.control,
            run_id=run.run_id,
            flow_name=order.name,
            guards=self._guards_of(order, run.plan),
            past=past,
        )

        async def finish() -> None:
            self._runs.remove(run)
            await outfit.put_away()

        self._runs.append(run)
        choice = order.choice
        way = engine.run(order.event, chosen_by=choice.by, reason=choice.reason, problem=choice.problem)
        run.begin(way, finish=finish)
        if past is None:
            return
        try:
            await past.over()
        except BaseException:  # raised again; nobody has a hand on the run yet, so it may not go on
            run.control.cancel("given up before it began")
            await run.wait()
            raise
        if past.drift:
            await run.wait()
            raise NotReadyError(f"the flow goes another way than this run did: {past.drift}", hints=_WAYS)

    async def aclose(self) -> None:
        """Cancel what runs, wait for its end, store it and release everything."""
        for run in tuple(self._runs):
            run.control.cancel("the workbench was closed")
            await run.wait()
        await asyncio.gather(*self._chores)
        if self._providers is not None:
            await self._providers.aclose()
        # Told while the run went on; closing can do no more about it.
        with suppress(StoreError):
            await self._store.aclose()
        await self._telemetry.aclose()

    def _guards_of(self, order: Order, plan: Plan) -> Guards:
        if order.departure is None:
            return self._guards.beside() if order.is_beside else self._guards
        behind = order.departure.history[: order.departure.at_seq + 1]
        return self._guards.beside(PastBreakers.of(behind, {step.path: step.key for step in plan.steps()}))

    def _recordings(self, order: Order, redaction: Redaction) -> RunRecordings:
        shelf = RecordingShelf(store=self._store, runs=order.line)
        recordings = RunRecordings(
            shelf, mode=order.mode, speed=order.speed, sleep=self._clock.sleep, redact=redaction.text
        )
        if order.departure is not None:
            recordings.skip(order.departure.done(), order.departure.history)
        return recordings

    async def _describe(self, run: Run, text: str, order: Order) -> None:
        # A run that is not stored was told of; without its text it can still be seen.
        with suppress(StoreError):
            path = str(order.path.absolute()) if order.path is not None else None
            await self._store.describe(run.run_id, flow_text=text, flow_path=path, name=order.title or None)

    async def _cast(self, order: Order, plan: Plan, pools: ProviderPools) -> tuple[Cast, Hooks]:
        code, hooks = UserCode(order.path.parent if order.path else None, self._trust), Hooks()
        with explained(order.path):
            cast = await build_cast(plan, pools.by_file, code=code)
            await FileHooks(order.flow, hooks).load(code)
        return cast, hooks

    async def _watch(self, flow: Flow) -> tuple[RunWatch | None, tuple[str, ...]]:
        try:
            watch = await self._telemetry.watch(flow.telemetry)
        except TelemetryError as error:
            return None, (str(error),)
        return watch, (watch.note,) if watch is not None and watch.note else ()
