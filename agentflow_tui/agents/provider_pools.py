"""The model back ends of a flow and of the flows inside it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from typing import Protocol

from agentflow_tui.agents.cast import Providers
from agentflow_tui.agents.provider_tables import file_keys, provider_tables
from agentflow_tui.config import Flow
from agentflow_tui.llm.embedded_provider import EmbeddedProvider
from agentflow_tui.llm.provider_pool import ProviderPool
from agentflow_tui.llm.run_recordings import RunRecordings
from agentflow_tui.llm.sent_key import SentKey


class KeyConsent(Protocol):
    """Who says whether a key may go to an address that a flow's file names."""

    def may_send(self, key: SentKey) -> bool:
        """Return True when this key may go there."""


class ProviderPools:
    """One pool for each set of `[providers]` among the flows, so that most share one."""

    def __init__(  # noqa: PLR0913 - what a call can be answered by
        self,
        flows: Mapping[str, Flow],
        env: Mapping[str, str],
        *,
        sleep: Callable[[float], Awaitable[None]],
        given: Providers | None = None,
        recordings: RunRecordings | None = None,
        embedded: EmbeddedProvider | None = None,
        consent: KeyConsent | None = None,
    ) -> None:
        """Take the flows as `Plan.flows` has them; nothing is connected yet.

        `given` serves all of them in place of pools, and is not closed here. With `recordings` calls are
        answered from them as their mode says, except those to `given`. `embedded` is shared with other runs.
        Keys of the environment go to addresses of the files as `consent` says, without it to none.
        """
        self._env = env
        self._sleep = sleep
        self._given = given
        self._recordings = recordings
        self._embedded = embedded or EmbeddedProvider()
        self._consent = consent
        self._pools: dict[str, ProviderPool] = {}
        self.by_file = self.serving(flows)
        """By `Step.flow`."""

    def serving(self, flows: Mapping[str, Flow]) -> dict[str, Providers]:
        """Return what serves these flows, by their files; known `[providers]` keep their pool."""
        return {file: self._given or self._pool(provider_tables(flow)) for file, flow in flows.items()}

    async def aclose(self) -> None:
        """Close every pool, also when closing one of them fails."""
        async with AsyncExitStack() as stack:
            for pool in self._pools.values():
                stack.push_async_callback(pool.aclose)

    def _pool(self, tables: Mapping[str, Mapping[str, object]]) -> ProviderPool:
        key = json.dumps(tables, sort_keys=True, default=str)
        if key not in self._pools:
            self._pools[key] = ProviderPool(
                tables,
                self._env,
                sleep=self._sleep,
                recordings=self._recordings,
                embedded=self._embedded,
                keys=file_keys(tables),
                may_send=self._may_send,
            )
        return self._pools[key]

    def _may_send(self, key: SentKey) -> bool:
        return self._consent is not None and self._consent.may_send(key)
