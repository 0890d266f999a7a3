from __future__ import annotations

import os
from pathlib import Path

import pytest

from agentflow_tui.config import check_text
from agentflow_tui.plan.compile import compile_plan
from agentflow_tui.plan.layout import lay_out
from agentflow_tui.plan.mermaid import mermaid
from tests.unit.cli.program import FLOW, cli

ROOM = {**os.environ, "COLUMNS": "100", "LINES": "30"}


@pytest.fixture
def flow(tmp_path: Path) -> str:
    path = tmp_path / "flow.toml"
    path.write_text(FLOW)
    return str(path)


def test_text_is_the_drawing_that_the_workbench_shows(flow: str) -> None:
    checked = check_text(FLOW)
    assert checked.flow is not None
    plan = compile_plan(checked.flow)
    done = cli("graph", flow, env=ROOM)
    assert (done.returncode, done.stdout) == (0, lay_out(plan, room=(100, 30)).text() + "\n")
    assert cli("graph", flow, "--text", env=ROOM).stdout == done.stdout
    down = cli("graph", flow, "--top-down", env=ROOM)
    assert down.stdout == lay_out(plan, direction="down", room=(100, 30)).text() + "\n" != done.stdout


def test_mermaid_is_the_chart_and_nothing_else(flow: str) -> None:
    checked = check_text(FLOW)
    assert checked.flow is not None
    plan = compile_plan(checked.flow)
    assert cli("graph", flow, "--mermaid").stdout == mermaid(plan)
    assert cli("graph", flow, "--mermaid", "--top-down").stdout == mermaid(plan, top_down=True)


def test_a_file_with_errors_is_not_drawn(tmp_path: Path) -> None:
    file = tmp_path / "flow.toml"
    file.write_text('[orchestration]\nmode = "sequential"\nsequential_agents = ["nobody"]\n')
    done = cli("graph", str(file), "--mermaid")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{file}:3:" in done.stderr and "nobody" in done.stderr


def test_a_missing_file_is_a_problem_and_no_traceback(tmp_path: Path) -> None:
    done = cli("graph", str(tmp_path / "none.toml"))
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr


def test_another_mode_can_be_drawn_if_the_file_configures_it(flow: str) -> None:
    done = cli("graph", flow, "--mermaid", "--mode", "route")
    assert done.returncode == 0 and "route_first" in done.stdout
    refused = cli("graph", flow, "--mode", "loop")
    assert refused.returncode == 2 and "loop_agent" in refused.stderr
