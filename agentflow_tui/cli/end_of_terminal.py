"""The workbench's end when somebody else decides it: a signal, or a terminal that is gone."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import time
from contextlib import suppress
from functools import partial
from types import FrameType
from typing import Any, Protocol

_LOOK_SECONDS = 1.0
_PATIENCE_SECONDS = 10.0


class Program(Protocol):
    """What is to be ended."""

    def exit(self, result: Any = None, return_code: int = 0) -> None:
        """End in order, soon."""


class EndOfTerminal:
    """Lets the run be cancelled and stored and the text be kept before the process ends.

    SIGTERM gives the terminal back; after SIGHUP, or when reading from it fails, there is none any more. What
    has not ended after ten seconds is ended.
    """

    def __init__(self, program: Program) -> None:
        """Take what is to be ended."""
        self._program = program

    def listen(self) -> None:
        """Handle the signals from now on, in the running event loop; Windows has none of them."""
        if sys.platform == "win32":
            return
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self._end, signal.SIGTERM)
        # `nohup` ignores SIGHUP for its program, and that stays so.
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
            # Not in the loop's next turn: the kernel sends SIGCONT too, at which Textual writes anew at once.
            signal.signal(signal.SIGHUP, partial(self._hang_up, loop))
            # With more than one thread either of the two may be heard first.
            signal.signal(signal.SIGCONT, partial(self._go_on, loop, signal.getsignal(signal.SIGCONT)))

        threading.Thread(target=self._watch, args=(loop,), name="terminal watch", daemon=True).start()

    def _watch(self, loop: asyncio.AbstractEventLoop) -> None:
        # A terminal can go without a signal. Textual reads nothing from it then, again and again, and its
        # loop comes to wait for ever for what writes to it: hence a thread.
        while sys.__stdin__ is not None and os.isatty(sys.__stdin__.fileno()):
            time.sleep(_LOOK_SECONDS)
        self._set_limit(signal.SIGHUP)
        self._hang_up(loop)

    def _go_on(
        self, loop: asyncio.AbstractEventLoop, before: Any, number: int, frame: FrameType | None
    ) -> None:
        if sys.__stdin__ is not None and not os.isatty(sys.__stdin__.fileno()):
            self._hang_up(loop)
        if callable(before):
            before(number, frame)

    def _hang_up(self, loop: asyncio.AbstractEventLoop, *_: object) -> None:
        # Textual's writer would end at the first error, and then block all that is drawn.
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (sys.__stdin__, sys.__stdout__, sys.__stderr__):
            if stream is not None:
                os.dup2(nowhere, stream.fileno())
        # The loop may have closed meanwhile.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(self._end, signal.SIGHUP)

    def _end(self, number: int) -> None:
        self._set_limit(number)
        self._program.exit(return_code=128 + number)

    def _set_limit(self, number: int) -> None:
        last = threading.Timer(_PATIENCE_SECONDS, os._exit, (128 + number,))
        last.daemon = True
        last.start()
