"""Every agent run, while the history is folded."""

from __future__ import annotations

from dataclasses import replace

from agentflow_tui.history.event import AgentCancelled, AgentCompleted, AgentFailed, AgentStarted
from agentflow_tui.history.run_state import AgentRun, StateView
from agentflow_tui.history.shallow_copy import shallow_copy


class AgentRunBook:
    """The agent runs in order of start; those that still run are found by path."""

    def __init__(self) -> None:
        """Begin without any."""
        self._runs: list[AgentRun] = []
        self._open: dict[str, int] = {}
        self._shown: tuple[AgentRun, ...] = ()
        self._is_stale = False

    @property
    def count(self) -> int:
        """How many have begun."""
        return len(self._runs)

    def snapshot(self) -> tuple[AgentRun, ...]:
        """Return the runs; the same object while nothing changed."""
        if self._is_stale:
            self._is_stale = False
            self._shown = tuple(self._runs)
        return self._shown

    def copy(self) -> AgentRunBook:
        """Return one that goes on from here by itself."""
        return shallow_copy(self)

    def start(self, event: AgentStarted, before: StateView) -> None:
        """An agent was given `before`."""
        self._is_stale = True
        self._open[event.path] = len(self._runs)
        self._runs.append(
            AgentRun(
                number=len(self._runs),
                path=event.path,
                agent=event.agent,
                scope=event.scope,
                status="running",
                started_seq=event.seq,
                started_at=event.at,
                before=before,
                iteration=event.iteration,
                stage=event.stage,
            )
        )

    def add_call(self, path: str, call: str) -> None:
        """The agent run at `path` asks a model."""
        number = self._open.get(path)
        if number is not None:
            self._put(number, replace(self._runs[number], calls=(*self._runs[number].calls, call)))

    def retry(self, path: str) -> None:
        """An attempt of the agent run at `path` failed, and another one follows."""
        number = self._open.get(path)
        if number is not None:
            self._put(number, replace(self._runs[number], retries=self._runs[number].retries + 1))

    def complete(self, event: AgentCompleted, after: StateView) -> None:
        """An agent run ended well and left `after` in its scope."""
        number = self._open.pop(event.path, None)
        if number is not None:
            run = replace(
                self._runs[number],
                status="completed",
                ended_seq=event.seq,
                duration=event.duration,
                after=after,
                delta=event.delta,
            )
            self._put(number, run)

    def fail(self, event: AgentFailed) -> None:
        """An agent run finally failed."""
        number = self._open.pop(event.path, None)
        if number is not None:
            run = replace(
                self._runs[number],
                status="failed",
                ended_seq=event.seq,
                duration=event.duration,
                error=event.error,
                category=event.category,
                hint=event.hint,
            )
            self._put(number, run)

    def cancel(self, event: AgentCancelled) -> None:
        """An agent run was cancelled."""
        number = self._open.pop(event.path, None)
        if number is not None:
            run = replace(
                self._runs[number],
                status="cancelled",
                ended_seq=event.seq,
                duration=event.duration,
                error=event.reason,
            )
            self._put(number, run)

    def close(self, seq: int) -> None:
        """The run is over: what still ran was cut off."""
        for number in self._open.values():
            self._put(number, replace(self._runs[number], status="cancelled", ended_seq=seq))
        self._open.clear()

    def _put(self, number: int, run: AgentRun) -> None:
        self._runs[number] = run
        self._is_stale = True
