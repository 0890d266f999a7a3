"""Which config one run follows, and which one waits to take its place."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from agentflow_tui.agents.cast import build_cast
from agentflow_tui.agents.provider_pools import ProviderPools
from agentflow_tui.agents.provider_tables import secrets_in
from agentflow_tui.agents.trust import Trust
from agentflow_tui.agents.user_code import UserCode
from agentflow_tui.engine import Control
from agentflow_tui.workbench.flow_version import FlowVersion
from agentflow_tui.workbench.not_ready import NotReadyError, explained
from agentflow_tui.workbench.redaction import Redaction
from agentflow_tui.workbench.swap_proposal import SwapProposal


class Live(Protocol):
    """A run that goes on, as far as another config concerns it."""

    control: Control
    model_label: str
    notes: tuple[str, ...]

    @property
    def is_over(self) -> bool:
        """True when nothing can be taken over any more."""

    def hide(self, redaction: Redaction) -> None:
        """Keep these secrets out of the history from now on."""

    def warn(self, message: str) -> None:
        """Add a warning to the history."""


class RunConfig:
    """Makes the agents of another config for a run that goes on, and keeps count of which one is in force."""

    def __init__(  # noqa: PLR0913 - what agents are made from
        self,
        version: FlowVersion,
        path: Path | None,
        trust: Trust,
        pools: ProviderPools,
        env: Mapping[str, str],
        *,
        first: str,
    ) -> None:
        """Begin with a config whose file is at `path`; `pools` are the run's, which closes them.

        `first` is the text that the run began with, which is another one when it goes on behind a swap.
        """
        self.first = first
        self.version = version
        """The one in force."""
        self.waiting: SwapProposal | None = None
        """What is to take its place, until it does, is withdrawn, or the run has ended without it."""
        self._folder = path.parent if path is not None else None
        self._path = path
        self._trust = trust
        self._pools = pools
        self._env = env
        self._label = ""
        self._told: set[str] = set()
        self._secrets: set[str] = set()
        """Of every config so far: what an earlier one brought into the state is still there."""
        self._secrets.update(secrets_in(version.plan.flows.values(), env))

    async def queue(self, run: Live, proposal: SwapProposal) -> None:
        """Let a config wait for the next iteration, in place of one that waits already.

        Raises:
            NotReadyError: It has no model to ask, its code may not run, or the run has ended meanwhile.
        """
        plan = proposal.new.plan
        with explained(self._path):
            code = UserCode(self._folder, self._trust)
            cast = await build_cast(plan, self._pools.serving(plan.flows), code=code)
        if run.is_over:
            raise NotReadyError("the run has ended meanwhile", hints=("run the edited text",))
        self._secrets.update(secrets_in(plan.flows.values(), self._env))
        redaction = Redaction.of(self._env, self._secrets)
        run.hide(redaction)
        self.waiting, self._label = proposal, cast.model_label
        run.control.swap = proposal.swap(cast.agents, redaction.text(proposal.new.text))
        for note in cast.notes:
            if note not in run.notes and note not in self._told:
                self._told.add(note)
                run.warn(note)

    def withdraw(self, run: Live) -> bool:
        """Let nothing wait any more; false when nothing did."""
        was_waiting, self.waiting, run.control.swap = self.waiting is not None, None, None
        return was_waiting

    def hear_of_swap(self, run: Live) -> None:
        """The config that waited is in force."""
        if self.waiting is not None:
            self.version, self.waiting = self.waiting.new, None
            run.model_label = self._label
