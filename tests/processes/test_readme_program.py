"""The program that the README shows, run as its reader would."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def test_the_program_runs_and_prints_what_the_page_says(tmp_path: Path) -> None:
    [(source, output)] = re.findall(r"```python run\n(.*?)```\n+```text\n(.*?)```", README, re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-c", source], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, output, "")
    assert list(tmp_path.iterdir()) == []
