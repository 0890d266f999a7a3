"""What the workbench costs on the screen, measured on the real program in a real terminal; Linux only."""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.busy_flow import busy_flow
from benchmarks.key_latency import LIMIT as KEY_LIMIT
from benchmarks.key_latency import RATE, STREAMS, KeyLatency
from benchmarks.terminal import Terminal
from benchmarks.user import user
from benchmarks.verdict import Verdict

_SIZE = (140, 42)
_SETTLED = 3.0
"""Seconds after which what is new has been painted, and only what goes on costs something."""
_LOOK = 2.0
"""Seconds of each look at the processor time."""
_LOOKS = 4
"""Of which the quietest counts: the one in which the program waited least for a processor."""
_BUSY = 0.1
"""The share of waiting from which on a machine is too busy to believe what is measured."""
_ZOOMED = "z"
_OPENED = "zl\x7f\r"
"""Zoomed, with the frame around the first agent chosen and unfolded."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Something on the screen, and how much of a core it may take."""

    what: str
    flow: str
    limit: float
    """Per cent of one core."""
    keys: str = ""
    """Pressed before the run begins."""
    is_running: bool = True
    """Whether the run goes on; otherwise it is not even started."""

    def verdict(self) -> Verdict:
        """Show it in a terminal, and hold what it costs against the limit.

        Raises:
            TimeoutError: the program did not get as far as that.
        """
        with tempfile.TemporaryDirectory() as home:
            folder = Path(home).resolve()
            path = folder / "flow.toml"
            path.write_text(self.flow, encoding="utf-8")
            command = [sys.executable, "-m", "agentflow_tui", str(path)]
            with Terminal(command, env=user(folder), size=_SIZE, folder=folder) as terminal:
                self._prepare(terminal)
                waited, share = min(_look(terminal) for _ in range(_LOOKS))
        # A program that is kept waiting leaves out frames: what it takes then says little.
        note = f" (kept waiting {waited:.0%})" if waited > _BUSY else ""
        return Verdict(self.what + note, share * 100, "% core", self.limit)

    def _prepare(self, terminal: Terminal) -> None:
        terminal.read_until("READY")
        for key in self.keys:
            terminal.write(key)
            terminal.read_for(0.3)
        if self.is_running:
            terminal.press(" ", "INPUT OF THE RUN")
            terminal.press("\r", "RUNNING")
        terminal.read_for(_SETTLED)


SCENES = (
    Scene("idle, a flow is open", busy_flow("sequential", 3, 1, 0.0), 1.0, is_running=False),
    Scene("50 agents write into opened boxes", busy_flow("collaborative", 50, 3000, 0.05), 25.0, _OPENED),
    Scene(
        "fan-out of 200, 100 write at once", busy_flow("collaborative", 200, 3000, 0.05, 100), 25.0, _ZOOMED
    ),
    Scene("chain of 200, a few agents a second", busy_flow("sequential", 200, 400, 0.001), 25.0, _ZOOMED),
)


def _look(terminal: Terminal) -> tuple[float, float]:
    """Which share of the time it waited for a processor, and which share of a core it took."""
    ready, began = terminal.now, time.perf_counter()
    took = terminal.read_for(_LOOK)
    lasted = time.perf_counter() - began
    return 1 - (terminal.now - ready) / lasted, took / lasted


def verdicts() -> list[Verdict]:
    """Measure each scene, then the keys."""
    return [*(scene.verdict() for scene in SCENES), *_keys()]


def _keys() -> list[Verdict]:
    with tempfile.TemporaryDirectory() as home:
        found = KeyLatency.measure(Path(home).resolve())
    return [
        Verdict(f"slowest key while {STREAMS} agents write", found.longest * 1000, "ms", KEY_LIMIT * 1000),
        Verdict("  events meanwhile", found.rate, "/s", RATE, is_least=True),
    ]
