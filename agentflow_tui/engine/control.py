"""The hand on a run: pause, go on, steps of several sizes, hold, stop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from agentflow_tui.conditions import Scope
from agentflow_tui.engine.breakpoints import Breakpoints, When, is_at
from agentflow_tui.engine.cancel_scope import Interruption
from agentflow_tui.engine.swap import Swap
from agentflow_tui.history.delta import Delta
from agentflow_tui.history.stopped_by_hand import CANCELLED_BY_HAND, STOPPED_BY_PAUSE
from agentflow_tui.plan.node import Step

Mode = Literal["end", "step", "over", "iteration", "stage", "paused"]


class Control:
    """Says how far a run may go; used from the event loop's thread, before the run as well as during it.

    A pause takes effect before the next agent run: what runs, ends first. A second pause stops it too, and
    it begins again when the run goes on. Time spent standing still does not count for any timeout (semantics
    §5).
    """

    def __init__(
        self,
        *,
        paused: bool = False,
        breakpoints: Breakpoints | None = None,
        pins: dict[str, Delta] | None = None,
    ) -> None:
        """A run starts at once, or stands before its first agent until `resume` or a step."""
        self._until: Mode = "paused" if paused else "end"
        self._why = "pause" if paused else ""
        self._target = ""
        self._target_iteration: int | None = None
        self._has_hit = False
        self._cancelled: str | None = None
        self._stops: list[tuple[str, Interruption]] = []
        self._held: dict[str, None] = {}
        self._again: set[str] = set()
        self.listener: Callable[[], None] | None = None
        """Called after every change from outside; see `listen`."""
        self.breakpoints = Breakpoints() if breakpoints is None else breakpoints
        """Where the run stops by itself; may be changed while it goes on."""
        self.pins = {} if pins is None else pins
        """Outputs by agent or path: who has one is not called. May be changed while the run goes on."""
        self.swap: Swap | None = None
        """The config to follow from the next iteration of a loop on; what was set last counts."""

    @property
    def is_paused(self) -> bool:
        """True when no further agent may start."""
        return self._until == "paused"

    @property
    def until(self) -> Mode:
        """How far the run may go: to the `end`, `step`, `over` a phase, `iteration`, `stage`; or `paused`."""
        return self._until

    @property
    def is_at_breakpoint(self) -> bool:
        """True when a breakpoint, or the end of `run_to`, is why it is paused."""
        return self._has_hit and self._until == "paused"

    @property
    def pause_reason(self) -> str:
        """Why: `pause`, `step`, `iteration`, `stage`, a breakpoint's name or what `pause` was given."""
        return self._why

    @property
    def cancel_reason(self) -> str | None:
        """Why the run was cancelled; none when it was not."""
        return self._cancelled

    @property
    def held(self) -> tuple[str, ...]:
        """Agents and paths that do not start until they are released."""
        return tuple(self._held)

    def pause(self, reason: str = "pause") -> None:
        """Let no further agent start; when it is paused already, stop what still runs as well.

        An agent that is stopped keeps its partial text in the history and runs again after the pause.
        """
        if self._until == "paused":
            self._stops.append(("", Interruption("again", STOPPED_BY_PAUSE)))
            self._notify()
            return
        self._set("paused", reason)

    def resume(self) -> None:
        """Go on to the end, or to the next breakpoint."""
        self._set("end", "")

    def step(self) -> None:
        """Let exactly one agent run, then pause."""
        self._set("step", "")

    def step_over(self) -> None:
        """Let one agent run, or the rest of the parallel phase that the run stands in, then pause."""
        self._set("over", "")

    def step_iteration(self) -> None:
        """Go to the end of this or the next loop iteration, stage or parallel phase, then pause."""
        self._set("iteration", "")

    def step_stage(self) -> None:
        """Go to the end of this or the next stage, whatever loops and phases are in it, then pause."""
        self._set("stage", "")

    def run_to(self, where: str, iteration: int | None = None) -> None:
        """Go on and pause before the agent or node `where`, once; in its loop's `iteration` where given."""
        self._set("end", "")
        self._target, self._target_iteration = where, iteration

    def hold(self, where: str) -> None:
        """Let the agent, or all in the branch at this path, wait while the others go on."""
        self._held[where] = None

    def release(self, where: str) -> None:
        """Let what was held go on; harmless when it was not."""
        self._held.pop(where, None)
        self._notify()

    def cancel_agent(self, path: str, reason: str = "") -> None:
        """Stop the agent run at `path`: it counts as failed, and the flow deals with that."""
        text = f"{CANCELLED_BY_HAND}: {reason}" if reason else CANCELLED_BY_HAND
        self._stops.append((path, Interruption("agent", text)))
        self._notify()

    def cancel(self, reason: str = "cancelled by the user") -> None:
        """End the run as cancelled: running agents are really cancelled; the first reason stays."""
        if self._cancelled is None:
            self._cancelled = reason
            self._notify()

    def interrupt(self) -> None:
        """Cancel on behalf of a signal, such as Ctrl-C."""
        self.cancel("interrupted")

    def pinned(self, step: Step) -> Delta | None:
        """The output that takes the place of calling the agent, if there is one. The engine asks."""
        return self.pins.get(step.path) or self.pins.get(step.key)

    def is_held(self, step: Step) -> bool:
        """Whether a step has to wait for its release. The engine asks."""
        return bool(self._held) and any(is_at(step, where) for where in self._held)

    def watch(self, step: Step, when: When, scope: Callable[[], Scope]) -> None:
        """Pause when a breakpoint or the end of `run_to` is here. The engine tells."""
        if when == "before" and step.path in self._again:
            # It stood here once already.
            self._again.discard(step.path)
            return
        if when == "before" and self._target and self._is_target(step, scope):
            self._stand(f"reached {self._target}")
        elif len(self.breakpoints) and (why := self.breakpoints.hit(step, when, scope())):
            self._stand(why)

    @property
    def is_watching(self) -> bool:
        """Whether there is anything to `watch` for."""
        return bool(self._target or self.breakpoints.points)

    @property
    def is_free(self) -> bool:
        """Whether every agent may start at once, and there is nothing to `watch` for."""
        return self._until == "end" and not (self._held or self._target or self.breakpoints.points)

    def take_step(self, *, in_phase: bool = False) -> bool:
        """Whether an agent may start now; uses up a single step. The engine asks."""
        if self._until == "step" or (self._until == "over" and not in_phase):
            self._until, self._why = "paused", "step"
            return True
        return self._until != "paused"

    def take_stops(self) -> list[tuple[str, Interruption]]:
        """What is to be stopped: a path, or everything when it is empty; once. The engine asks."""
        stops, self._stops = self._stops, []
        return stops

    def begins_again(self, path: str) -> None:
        """The agent run at `path` was stopped by a second pause, to run once more. The engine tells."""
        self._again.add(path)

    def reach_boundary(self) -> None:
        """An iteration, stage or phase ended: where a `step_iteration` ends. The engine tells."""
        if self._until == "iteration":
            self._until, self._why = "paused", "iteration"

    def leave_stage(self) -> None:
        """A stage ended: where a `step_stage` ends. The engine tells."""
        if self._until == "stage":
            self._until, self._why = "paused", "stage"

    def leave_phase(self) -> None:
        """The outermost parallel phase ended: where a `step_over` ends. The engine tells."""
        if self._until == "over":
            self._until, self._why = "paused", "step"

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener` after every change from outside; one run listens at a time.

        It is called at once when something is to be stopped already.
        """
        self.listener = listener
        if self._stops or self._cancelled is not None:
            self._notify()

    def _is_target(self, step: Step, scope: Callable[[], Scope]) -> bool:
        wanted = self._target_iteration
        return is_at(step, self._target) and (wanted is None or scope().iteration == wanted)

    def _stand(self, why: str) -> None:
        self._until, self._why, self._target = "paused", why, ""
        self._has_hit = True

    def _set(self, until: Mode, why: str) -> None:
        self._until, self._why, self._target = until, why, ""
        self._has_hit = False
        self._notify()

    def _notify(self) -> None:
        if self.listener is not None:
            self.listener()
