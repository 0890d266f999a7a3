"""What the harness asks of an engine."""

from __future__ import annotations

from typing import Protocol

from benchmarks.workload import Flow, Run


class Adapter(Protocol):
    """One engine."""

    name: str

    def build(self, flow: Flow) -> Run:
        """Build a flow, which is not timed; what it gives may run many times, and at one time."""
