"""Time from the program's start to the first picture of the workbench, as a ratio to importing Textual."""

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


def measure() -> tuple[float, float]:
    """Seconds of `import textual.app` in a fresh process, and of the first paint; the best of the rounds."""
    sample = Path(__file__).parent.parent / "sample_configs" / "loop_quality_improver.toml"
    program = Path(sys.executable).parent / "agentflow-tui"
    with tempfile.TemporaryDirectory() as home:
        env = {**os.environ, "HOME": home} | {
            f"XDG_{kind}_HOME": f"{home}/{kind.lower()}" for kind in ("CONFIG", "DATA", "CACHE", "STATE")
        }
        command = [str(program), str(sample)]
        imports, paints = [], []
        for _ in range(ROUNDS):
            imports.append(_import_seconds("textual.app"))
            paints.append(seconds_until(command, b"GRAPH", env=env))
    return min(imports), min(paints)


def verdict() -> Verdict:
    """Measure, and hold the ratio against the limit."""
    imported, painted = measure()
    what = f"first paint {painted * 1000:.0f} ms × import textual.app {imported * 1000:.0f} ms"
    return Verdict(what, painted / imported, "", LIMIT)
