"""Time from the program's start to the first picture of the workbench, as a ratio to importing Textual.

The picture has the file's name, its text and the frames of the panes; told as well: when the graph is drawn.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.pty_process import seconds_until
from benchmarks.verdict import Verdict

LIMIT = 2.5
"""First paint may take this many times as long as importing Textual."""
ROUNDS = 7


def _import_seconds(module: str) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", f"import {module}"], check=True)
    return time.perf_counter() - started


_FRAMES = (
    b"loop_quality_improver.toml",
    b"1 EDITOR",
    b"2 GRAPH",
    b"3 INSPECTOR",
    b"4 TIMELINE",
    b"[agent_flow]",
)
_DRAWN = (b"READY", b"again", b"waiting")


def measure() -> tuple[float, float, float]:
    """Seconds of `import textual.app` in a fresh process, of the first paint, and until the graph is drawn.

    Each is the best of the rounds.
    """
    sample = Path(__file__).parent.parent / "sample_configs" / "loop_quality_improver.toml"
    program = Path(sys.executable).parent / "agentflow-tui"
    with tempfile.TemporaryDirectory() as home:
        env = {**os.environ, "HOME": home} | {
            f"XDG_{kind}_HOME": f"{home}/{kind.lower()}" for kind in ("CONFIG", "DATA", "CACHE", "STATE")
        }
        command = [str(program), str(sample)]
        imports, paints, drawn = [], [], []
        for _ in range(ROUNDS):
            imports.append(_import_seconds("textual.app"))
            paints.append(seconds_until(command, _FRAMES, env=env))
            drawn.append(seconds_until(command, _DRAWN, env=env))
    return min(imports), min(paints), min(drawn)


def verdict() -> Verdict:
    """Measure, and hold the ratio against the limit."""
    imported, painted, drawn = measure()
    what = (
        f"first paint {painted * 1000:.0f} ms (usable after {drawn * 1000:.0f} ms)"
        f" × import textual.app {imported * 1000:.0f} ms"
    )
    return Verdict(what, painted / imported, "", LIMIT)
