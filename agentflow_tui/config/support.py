"""What a flow may configure although the engine does not run it yet: one table that only gets shorter."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from agentflow_tui.config.finding import Finding
from agentflow_tui.config.flow import Flow
from agentflow_tui.config.problem import KeyPath, Severity

_Finder = Callable[[Flow], Iterator[KeyPath]]


def unsupported(flow: Flow) -> list[Finding]:
    """Find what the engine does not run; an error where a run would mean something else."""
    return [
        Finding(severity, path, f"{what} accepted, but not run yet", hint, at_key=True)
        for what, severity, hint, find in _NOT_YET
        for path in find(flow)
    ]


def _hooks(flow: Flow) -> Iterator[KeyPath]:
    if flow.hooks:
        yield ("hooks",)


_NOT_YET: tuple[tuple[str, Severity, str, _Finder], ...] = (
    ("hooks are", "warning", "nothing is called", _hooks),
)
