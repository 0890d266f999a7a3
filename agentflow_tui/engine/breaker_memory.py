"""How circuit breakers stood at a position of a history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from agentflow_tui.history import event as ev
from agentflow_tui.history import policy_event as pol


@dataclass(slots=True)
class BreakerMemory:
    """One agent's circuit breaker."""

    state: str = "closed"
    """`closed`, `open` or `half_open`."""
    count: int = 0
    """Failures in a row while it is closed, successes while it is half-open."""
    opened_at: float = 0.0
    """Seconds from the beginning of the run to when it opened, as far as the history knows."""
    term: int = 0
    """How often it changed."""

    def change(self, state: str, at: float) -> None:
        """It is in this state now; that it refused a call is told in the same words."""
        if state == self.state:
            return
        self.state, self.count = state, 0
        self.term += 1
        if state == "open":
            self.opened_at = at

    def succeed(self, term: int) -> None:
        """A call that began in this term ended well; what that led to was told before."""
        if term == self.term:
            self.count = self.count + 1 if self.state == "half_open" else 0

    def fail(self, term: int) -> None:
        """A call that began in this term failed; what that led to was told before."""
        if term == self.term and self.state == "closed":
            self.count += 1


@dataclass(frozen=True, slots=True)
class PastBreakers:
    """Those of all agents."""

    by_key: Mapping[str, BreakerMemory]
    """By `Step.key`; an agent that is not in it was never called."""
    at: float = 0.0
    """Seconds from the beginning of the run to the position."""

    @classmethod
    def of(cls, past: Iterable[ev.HistoryEvent], keys: Mapping[str, str]) -> PastBreakers:
        """Follow a history; `keys` are those of the steps by their paths."""
        found: dict[str, BreakerMemory] = defaultdict(BreakerMemory)
        terms: dict[str, int] = {}
        at = 0.0
        for event in past:
            at = max(at, event.at)
            path = getattr(event, "path", "")
            memory = found[keys.get(path, path)] if isinstance(event, _TOLD) else None
            if memory is None:
                continue
            match event:
                case ev.AgentStarted() | pol.AttemptStarted():
                    terms[path] = memory.term
                case pol.BreakerChanged():
                    if event.state == "half_open" and memory.state == "open":
                        # The call that asked is the first of the new term.
                        terms[path] = memory.term + 1
                    memory.change(event.state, event.at)
                case ev.AgentCompleted():
                    memory.succeed(terms.pop(path, -1))
                case ev.AgentFailed() | pol.AttemptFailed():
                    memory.fail(terms.pop(path, -1))
                case _:
                    terms.pop(path, None)
        return cls(dict(found), at)


_TOLD = (
    ev.AgentStarted,
    ev.AgentPinned,
    ev.AgentCompleted,
    ev.AgentFailed,
    ev.AgentCancelled,
    pol.AttemptStarted,
    pol.AttemptFailed,
    pol.BreakerChanged,
)
