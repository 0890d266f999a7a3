"""Another config for a run that goes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from agentflow_tui.engine.agent import Agent
from agentflow_tui.plan.node import Plan


@dataclass(frozen=True, slots=True)
class Swap:
    """A config that is ready to take the place of the one that a run follows.

    It happens before the next iteration of a loop outside parallel phases, if the plan has a loop there too
    (semantics, "Another config in the middle of a run").
    """

    plan: Plan
    agents: Mapping[str, Agent]
    text: str
    """Of the flow, as the history is to hold it: without secrets."""
    before: str = ""
    """Fingerprint of the config until then."""
    after: str = ""
    """Fingerprint of this one."""
    changes: tuple[str, ...] = ()
    """What means something else, one line each."""
