"""What one run uses besides its plan."""

from __future__ import annotations

from dataclasses import dataclass

from agentflow_tui.agents.cast import Cast
from agentflow_tui.agents.provider_pools import ProviderPools
from agentflow_tui.engine import Hooks
from agentflow_tui.telemetry import RunWatch


@dataclass(frozen=True, slots=True)
class Outfit:
    """Its models, agents, callbacks and telemetry."""

    pools: ProviderPools
    cast: Cast
    hooks: Hooks
    watch: RunWatch | None
    notes: tuple[str, ...]
    """What a person should know of them."""

    async def put_away(self) -> None:
        """Release it: the run is over."""
        if self.watch is not None:
            self.watch.end()
        await self.pools.aclose()
