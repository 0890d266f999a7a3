"""How long runs are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from agentflow_tui.history.run_summary import RunSummary


@dataclass(frozen=True)
class Retention:
    """Keeps runs up to an age and up to a size of all of them together; none means no limit."""

    oldest: datetime | None
    """What started before goes."""
    max_bytes: int | None

    def too_many(self, runs: Sequence[RunSummary], is_driven: Callable[[str], bool]) -> Iterator[RunSummary]:
        """Yield those of `runs`, newest first, that go, oldest first; tagged and driven ones stay."""
        total = sum(run.size for run in runs)
        for run in reversed(runs):
            is_over = self.max_bytes is not None and total > self.max_bytes
            if run.tags or not (is_over or self._is_old(run)) or is_driven(run.run_id):
                continue
            total -= run.size
            yield run

    def _is_old(self, run: RunSummary) -> bool:
        if self.oldest is None:
            return False
        try:
            started = datetime.fromisoformat(run.started_at)
        except ValueError:
            return False
        return started.replace(tzinfo=started.tzinfo or UTC) < self.oldest
