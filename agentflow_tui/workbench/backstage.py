"""What runs of one flow use that has to be closed: models, the store of runs, telemetry."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path

from agentflow_tui.agents.cast import Cast, build_cast
from agentflow_tui.agents.trust import AlwaysTrust, Trust
from agentflow_tui.agents.user_code import UserCode
from agentflow_tui.config import Flow
from agentflow_tui.engine import Agent, Clock
from agentflow_tui.history.store import RunStore
from agentflow_tui.history.store_error import StoreError
from agentflow_tui.plan.node import Plan
from agentflow_tui.telemetry import RunWatch, Telemetry, TelemetryError

_log = logging.getLogger(__name__)


class Backstage:
    """Opens what is needed when it is needed; empty, it costs nothing."""

    def __init__(
        self, env: Mapping[str, str], clock: Clock, store: Path | bool, consent: Trust | AlwaysTrust
    ) -> None:
        """Read keys from `env`, to be sent as `consent` says; keep runs in `store`.

        That is a file, the user's own for true, none for false.
        """
        self._env = env
        self._clock = clock
        self._consent = consent
        self._stack = AsyncExitStack()
        self._telemetry: Telemetry | None = None
        self.casts: dict[str, Cast] = {}
        """By mode; those that ask models."""
        self.store: RunStore | None = None
        if store is not False:
            self.store = RunStore(None if store is True else store, on_failure=_not_stored)
            self._stack.push_async_callback(_close_store, self.store)

    async def cast(self, plan: Plan, code: UserCode, given: Mapping[str, Agent]) -> Cast:
        """Build the agents of a plan; model back ends are made only if one of them asks a model.

        Raises:
            ModelError, UntrustedCodeError, UntrustedAddressError, HandlerError: As `build_cast` does.
        """
        known = self.casts.get(plan.mode)
        if known is not None:
            return known
        if not _asks_models(plan, given):
            return await build_cast(plan, {}, code=code, given=given)
        from agentflow_tui.agents.provider_pools import ProviderPools

        pools = ProviderPools(plan.flows, self._env, sleep=self._clock.sleep, consent=self._consent)
        self._stack.push_async_callback(pools.aclose)
        cast = await build_cast(plan, pools.by_file, code=code, given=given)
        self.casts[plan.mode] = cast
        return cast

    async def watch(self, flow: Flow) -> tuple[RunWatch | None, str]:
        """What a new run's events are to be given to as well, and what a person should know about it."""
        if not flow.telemetry.enabled:
            return None, ""
        if self._telemetry is None:
            self._telemetry = Telemetry(may_send=self._consent.may_send)
            self._stack.push_async_callback(self._telemetry.aclose)
        try:
            watch = await self._telemetry.watch(flow.telemetry)
        except TelemetryError as error:
            return None, str(error)
        return watch, watch.note if watch is not None else ""

    async def aclose(self) -> None:
        """Close everything that was opened."""
        self.casts.clear()
        await self._stack.aclose()


def _asks_models(plan: Plan, given: Mapping[str, Agent]) -> bool:
    return any(
        step.key not in given and not getattr(plan.flows[step.flow].agents.get(step.agent), "handler", None)
        for step in plan.steps()
    )


def _not_stored(error: StoreError) -> None:
    _log.warning("runs are not stored: %s", error)


async def _close_store(store: RunStore) -> None:
    try:
        await store.aclose()
    except StoreError as error:
        _log.warning("the last events of a run are not stored: %s", error)
