"""What the workbench costs on the screen, measured on the real program in a real terminal; Linux only."""

from __future__ import annotations

import sys
import tempfile
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
"""Of which the quietest counts: where others have the processors' caches, all takes longer."""
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
                share = min(_share(terminal) for _ in range(_LOOKS))
        return Verdict(self.what, share * 100, "% core", self.limit)

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
    Scene("fan-out of 200, all of which write", busy_flow("collaborative", 200, 3000, 0.05), 25.0, _ZOOMED),
    Scene("chain of 200, a few agents a second", busy_flow("sequential", 200, 400, 0.001), 25.0, _ZOOMED),
)


def _share(terminal: Terminal) -> float:
    # Of the time in which it had a processor: a program that is kept waiting paints less.
    began = terminal.now
    return terminal.read_for(_LOOK) / (terminal.now - began)


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
