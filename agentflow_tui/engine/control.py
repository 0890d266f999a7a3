"""The hand on a run: pause, go on, one step, one iteration, stop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

Mode = Literal["end", "step", "iteration", "paused"]


class Control:
    """Says how far a run may go; used from the event loop's thread, before the run as well as during it.

    A pause takes effect before the next agent run: what runs, ends first. Time spent standing still does
    not count for any timeout (semantics §5).
    """

    def __init__(self, *, paused: bool = False) -> None:
        """A run starts at once, or stands before its first agent until `resume` or a step."""
        self._until: Mode = "paused" if paused else "end"
        self._why = "pause" if paused else ""
        self._cancelled: str | None = None
        self._listener: Callable[[], None] | None = None

    @property
    def is_paused(self) -> bool:
        """True when no further agent may start."""
        return self._until == "paused"

    @property
    def until(self) -> Mode:
        """How far the run may go: to the `end`, for one `step`, one `iteration`, or not at all (`paused`)."""
        return self._until

    @property
    def pause_reason(self) -> str:
        """Why it is paused: `pause`, `step`, `iteration` or what `pause` was given."""
        return self._why

    @property
    def cancel_reason(self) -> str | None:
        """Why the run was cancelled; none when it was not."""
        return self._cancelled

    def pause(self, reason: str = "pause") -> None:
        """Let no further agent start."""
        self._set("paused", reason)

    def resume(self) -> None:
        """Go on to the end."""
        self._set("end", "")

    def step(self) -> None:
        """Let exactly one agent run, then pause."""
        self._set("step", "")

    def step_iteration(self) -> None:
        """Go to the end of this or the next loop iteration, stage or parallel phase, then pause."""
        self._set("iteration", "")

    def cancel(self, reason: str = "cancelled by the user") -> None:
        """End the run as cancelled: running agents are really cancelled; the first reason stays."""
        if self._cancelled is None:
            self._cancelled = reason
            self._notify()

    def interrupt(self) -> None:
        """Cancel on behalf of a signal, such as Ctrl-C."""
        self.cancel("interrupted")

    def take_step(self) -> bool:
        """Whether an agent may start now; uses up a single step. The engine asks."""
        if self._until == "step":
            self._until, self._why = "paused", "step"
            return True
        return self._until != "paused"

    def reach_boundary(self) -> None:
        """An iteration, stage or phase ended: where a `step_iteration` ends. The engine tells."""
        if self._until == "iteration":
            self._until, self._why = "paused", "iteration"

    def listen(self, listener: Callable[[], None] | None) -> None:
        """Call `listener` after every change from outside; one run listens at a time."""
        self._listener = listener

    def _set(self, until: Mode, why: str) -> None:
        self._until, self._why = until, why
        self._notify()

    def _notify(self) -> None:
        if self._listener is not None:
            self._listener()
