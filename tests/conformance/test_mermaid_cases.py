"""Conformance, kind `mermaid`: the plan as a chart, read back into nodes and edges."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from agentflow_tui.config import check_file
from agentflow_tui.plan.compile import compile_plan
from agentflow_tui.plan.mermaid import mermaid
from tests.conformance.cases import HERE, Case, later_ids, load_cases
from tests.conformance.mermaid_text import MermaidText

CASES = [case for case in load_cases("mermaid") if case.id not in later_ids()]
_PRINT = """
import json, sys
from pathlib import Path
from tests.conformance.test_mermaid_cases import chart_of
print(json.dumps([chart_of(Path(line.strip())) for line in sys.stdin]))
"""


def chart_of(file: Path) -> str:
    """The chart of a flow file."""
    checked = check_file(file, env={})
    assert checked.flow is not None, checked.problems
    return mermaid(compile_plan(checked.flow))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_mermaid(case: Case, tmp_path: Path) -> None:
    text, expect = chart_of(case.write_project(tmp_path)), case.expect
    chart = MermaidText(text)
    for name in expect.get("labels", []):
        assert chart.called(name), name
    for name in expect.get("labels_lack", []):
        assert not chart.called(name), name
    for name, count in expect.get("label_count", {}).items():
        assert len(chart.called(name)) == count, name
    for first, second, label in expect.get("edges", []):
        assert chart.has_edge(first, second, label), (first, second)
    for first, second in expect.get("paths", []):
        assert chart.has_path(first, second), (first, second)
    for first, second in expect.get("no_paths", []):
        assert chart.called(first) and chart.called(second)
        assert not chart.has_path(first, second), (first, second)
    assert not (expect.get("no_cycles") and chart.has_cycle())
    assert not chart.labels.keys() & set(expect.get("no_ids", []))
    for part in expect.get("contains", []):
        assert part in text
    for part in expect.get("not_contains", []):
        assert part not in text


@pytest.mark.parametrize(
    "case", [case for case in CASES if "same_as" in case.expect], ids=lambda case: case.id
)
def test_same_chart(case: Case, tmp_path: Path) -> None:
    mine = chart_of(case.write_project(tmp_path))
    other = tmp_path / "other.toml"
    other.write_text(case.expect["same_as"], encoding="utf-8")
    assert chart_of(other) == mine


def test_every_process_prints_the_same(tmp_path: Path) -> None:
    files = []
    for case in CASES:
        if case.expect.get("deterministic"):
            folder = tmp_path / case.id
            folder.mkdir()
            files.append(str(case.write_project(folder)))
    printed = [_printed(files, seed) for seed in ("1", "2")]
    assert len(printed[0]) == len(files) > 0
    assert printed[0] == printed[1]


def _printed(files: list[str], seed: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", _PRINT],
        input="\n".join(files),
        capture_output=True,
        text=True,
        check=True,
        cwd=HERE.parent.parent,
        env={**os.environ, "PYTHONHASHSEED": seed},
    )
    charts: list[str] = json.loads(done.stdout)
    return charts
