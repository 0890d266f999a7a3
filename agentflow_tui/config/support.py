"""What a flow may configure although the engine does not run it yet: one table that only gets shorter."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from agentflow_tui.config.finding import Finding
from agentflow_tui.config.flow import Flow
from agentflow_tui.config.nesting import nested_flows
from agentflow_tui.config.problem import KeyPath, Severity

_Finder = Callable[[Flow], Iterator[KeyPath]]


def unsupported(flow: Flow) -> list[Finding]:
    """Find what the engine does not run; an error where a run would mean something else."""
    return [
        Finding(severity, path, f"{what} accepted, but not run yet", hint, at_key=True)
        for what, severity, hint, find in _NOT_YET
        for path in find(flow)
    ]


def _retries(flow: Flow) -> Iterator[KeyPath]:
    if flow.orchestration.retry_attempts:
        yield ("orchestration", "retry_attempts")
    yield from _agents_with(flow, "retry_policy")


def _breakers(flow: Flow) -> Iterator[KeyPath]:
    yield from _agents_with(flow, "circuit_breaker")


def _rate_limits(flow: Flow) -> Iterator[KeyPath]:
    yield from _agents_with(flow, "rate_limit")


def _error_routing(flow: Flow) -> Iterator[KeyPath]:
    if flow.error_routing.enabled:
        yield ("error_routing",)


def _hooks(flow: Flow) -> Iterator[KeyPath]:
    if flow.hooks:
        yield ("hooks",)


def _nested(flow: Flow) -> Iterator[KeyPath]:
    return (path for path, _ in nested_flows(flow))


def _agents_with(flow: Flow, key: str) -> Iterator[KeyPath]:
    return (("agents", name, key) for name, agent in flow.agents.items() if getattr(agent, key) is not None)


_NOT_YET: tuple[tuple[str, Severity, str, _Finder], ...] = (
    ("retries are", "warning", "a failure counts at once", _retries),
    ("circuit breakers are", "warning", "every call is made", _breakers),
    ("rate limits are", "warning", "every call starts at once", _rate_limits),
    ("error routing is", "warning", "a failure ends the run", _error_routing),
    ("hooks are", "warning", "nothing is called", _hooks),
    ("nested flows are", "error", "name the inner flow's agents here to run them now", _nested),
)
