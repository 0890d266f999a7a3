"""Ctrl-C and its like while a command works."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Any, Self

from agentflow_tui.cli.exit_code import CANCELLED


class StopSignals:
    """The first SIGINT, SIGTERM or SIGHUP cancels the work, which ends in order; the second ends the process.

    They are handled inside `with`, before there is an event loop and after it too. Not `loop.
    add_signal_handler`: a loop that hangs hears nothing, and Windows has none.
    """

    def __init__(self) -> None:
        """Listen to nothing yet."""
        self._work: tuple[asyncio.AbstractEventLoop, asyncio.Task[Any]] | None = None
        self._has_come = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        """Listen from now on."""
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            # `nohup` ignores SIGHUP for its program, and that stays so.
            if number is None or (name == "SIGHUP" and signal.getsignal(number) is signal.SIG_IGN):
                continue
            self._before[number] = signal.signal(number, self._hear)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Leave the signals as they were."""
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def guard(self) -> None:
        """The task that calls this is what the first signal cancels, at once if it has come already."""
        task = asyncio.current_task()
        assert task is not None
        self._work = (asyncio.get_running_loop(), task)
        if self._has_come:
            task.cancel()

    def release(self) -> None:
        """The work is done and only tidies up: a first signal leaves it alone."""
        self._work = None

    def _hear(self, _number: int, _frame: FrameType | None) -> None:
        if self._has_come:
            os._exit(CANCELLED)
        self._has_come = True
        if self._work is not None:
            loop, task = self._work
            # The loop may have closed meanwhile.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(task.cancel)
