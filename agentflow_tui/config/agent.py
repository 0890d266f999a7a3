"""One agent: `[agents.X]` (semantics §7)."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, model_validator
from pydantic_core import PydanticCustomError

from agentflow_tui.config.failure import BreakerConfig, RateLimitConfig, RetryConfig
from agentflow_tui.config.llm import LlmConfig
from agentflow_tui.config.table import Table, TimedTable, conflict

OutputType = Literal["string", "number", "integer", "boolean", "list"]
"""Types that structured output knows (semantics §7)."""

_HANDLER = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*")


def _handler(value: str) -> str:
    if not _HANDLER.fullmatch(value):
        raise PydanticCustomError(
            "handler", "must be written as module:function", {"hint": 'for example "agents.review:run"'}
        )
    return value


Handler = Annotated[str, AfterValidator(_handler)]
"""A Python function as `module:function`; only its spelling is checked, nothing is imported."""


class AgentConfig(TimedTable):
    """`[agents.X]`: an LLM agent, a Python handler, or a nested flow (semantics §7)."""

    enabled: bool = True
    """A disabled agent cannot be run."""
    role: str | None = None
    """A short name for what the agent is."""
    description: str | None = None
    """What the agent does, for people."""
    system_prompt: str | None = None
    """What the model is told it is."""
    prompt: str | None = None
    """The question, with {key} from the state."""
    handler: Handler | None = None
    """A Python function, as module:function."""
    flow: str | None = None
    """Another flow file that this agent runs, relative to this one."""
    output: dict[str, OutputType] = {}
    """Keys that the model must answer with: key → string, number, integer, boolean or list."""
    llm: LlmConfig = LlmConfig()
    """What differs from [llm]."""
    retry_policy: RetryConfig | None = None
    """Retries of this agent."""
    rate_limit: RateLimitConfig | None = None
    """How often this agent may be called."""
    circuit_breaker: BreakerConfig | None = None
    """When to stop calling this agent for a while."""
    capabilities: list[str] = []
    """What the agent can do, for people."""
    metadata: dict[str, Any] = {}
    """Anything one wants to note."""
    auto_llm: bool | None = None
    """Known to the reference; an agent without handler or flow always asks its model."""

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if self.handler is not None and self.flow is not None:
            raise conflict("flow", "an agent has either a handler or a flow", "give each an agent of its own")
        return self


class HookConfig(Table):
    """`[[hooks]]`: a Python function that is called at a point of every run (semantics §6)."""

    hook: Literal[
        "BeforeEventHandling",
        "AfterEventHandling",
        "BeforeAgentRun",
        "AfterAgentRun",
        "AgentError",
        "AllHooks",
    ]
    """The point."""
    name: str
    """Unique per hook."""
    handler: Handler
    """A Python function, as module:function."""
