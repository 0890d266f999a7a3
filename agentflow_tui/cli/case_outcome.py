"""How the tests of flows came out, one by one and together."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from agentflow_tui.cli.exit_code import COMPLETED, FAILED, USAGE
from agentflow_tui.cli.junit import CaseResult, Verdict
from agentflow_tui.cli.replay_report import ReplayReport

if TYPE_CHECKING:
    from agentflow_tui.workbench import Workbench
    from agentflow_tui.workbench.flow_case import FlowCase
    from agentflow_tui.workbench.replay import Replay

_SIGNS: dict[Verdict, str] = {"same": "✓", "drift": "✗", "unreadable": "!"}


@dataclass(frozen=True, slots=True)
class CaseOutcome:
    """One test that was tried."""

    result: CaseResult
    facts: dict[str, Any]
    """JSON data."""

    @classmethod
    async def of(cls, bench: Workbench, case: FlowCase) -> CaseOutcome:
        """Replay a test; what cannot be read is an outcome too."""
        from agentflow_tui.workbench.not_ready import NotReadyError

        began = time.monotonic()
        name, flow = case.name, str(case.flow)
        try:
            found = await case.replay(bench)
        except NotReadyError as error:
            result = CaseResult(
                flow, name, "unreadable", error.message, error.hints, time.monotonic() - began
            )
            why = {"outcome": "unreadable", "text": error.message, "hints": error.hints}
            return cls(result, {"flow": flow, "test": name, **why})
        lines, seconds = ReplayReport(found).lines, time.monotonic() - began
        result = CaseResult(flow, name, verdict_of(found), found.text, lines, seconds)
        return cls(result, case_facts(case, found))

    @property
    def lines(self) -> tuple[str, ...]:
        """The outcome for a person, and below it what differs or how to mend it."""
        told, verdict = self.result.text.removeprefix("drift: "), self.result.verdict
        first = f"{_SIGNS[verdict]} {verdict:<10} {self.result.case}: {told}"
        return (first, *(f"    {line.strip()}" for line in self.result.lines))


@dataclass(frozen=True, slots=True)
class CaseOutcomes:
    """All tests that were tried."""

    all: list[CaseOutcome] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """How many came out how."""
        return {kind: sum(each.result.verdict == kind for each in self.all) for kind in _SIGNS}

    @property
    def text(self) -> str:
        """The numbers in words."""
        told = ", ".join(f"{count} {kind}" for kind, count in self.counts.items() if count)
        return f"{len(self.all)} test{'s' if len(self.all) > 1 else ''}: {told}"

    @property
    def facts(self) -> dict[str, Any]:
        """The facts of each, and the numbers; JSON data."""
        return {"tests": [each.facts for each in self.all], **self.counts}

    @property
    def exit_code(self) -> int:
        """2 when there is none or one cannot be read, 1 when one drifts, else 0."""
        if not self.all or self.counts["unreadable"]:
            return USAGE
        return FAILED if self.counts["drift"] else COMPLETED


def verdict_of(found: Replay) -> Verdict:
    """Return how a test came out that could be replayed."""
    return "same" if found.is_exact else "drift"


def case_facts(case: FlowCase, found: Replay) -> dict[str, Any]:
    """Return what is known of a test that was replayed; JSON data."""
    named = {"flow": str(case.flow), "test": case.name, "outcome": verdict_of(found)}
    return named | ReplayReport(found).facts
