"""Whether every callback has a name of its own on its hook (semantics §6)."""

from __future__ import annotations

from agentflow_tui.config.finding import Finding
from agentflow_tui.config.flow import Flow
from agentflow_tui.config.problem import shorten


def check_hook_names(flow: Flow) -> list[Finding]:
    """Find `[[hooks]]` entries without a name, and those that repeat one on the same hook."""
    findings, known = [], set()
    for index, entry in enumerate(flow.hooks):
        path = ("hooks", index, "name")
        if not entry.name:
            findings.append(Finding("error", path, "a callback needs a name", 'write name = "log"'))
        elif (entry.hook, entry.name) in known:
            text = f"{entry.hook} has a callback called {shorten(entry.name)!r} already"
            findings.append(Finding("error", path, text, "give this one another name"))
        known.add((entry.hook, entry.name))
    return findings
