from __future__ import annotations

from pathlib import Path

from agentflow_tui.tui.panes.editor.section_lines import section_lines
from agentflow_tui.workbench import Workbench

STAGED = """\
[llm]
provider = "scripted"
[orchestration]
mode = "mixed"
[[orchestration.mixed.stages]]
name = "first"
mode = "collaborative"
agents = ["a", "b"]
[[orchestration.mixed.stages]]
name = "second"
mode = "sequential"
agents = ["a", "inner"]
[agents.a]
prompt = "A"
[agents.b]
prompt = "B"
[agents.inner]
flow = "inner.toml"
[providers.scripted]
answers = ["x"]
"""
INNER = """\
[orchestration]
mode = "sequential"
sequential_agents = ["a"]
[agents.a]
prompt = "A"
[llm]
provider = "scripted"
[providers.scripted]
answers = ["x"]
"""


def test_nodes_stand_where_their_agent_or_stage_or_mode_is_named(tmp_path: Path) -> None:
    path = tmp_path / "flow.toml"
    path.write_text(STAGED, encoding="utf-8")
    (tmp_path / "inner.toml").write_text(INNER, encoding="utf-8")
    bench = Workbench(env={})
    bench.open(path)
    assert bench.plan is not None
    assert bench.checked.errors == ()
    lines = STAGED.splitlines()
    found = section_lines(STAGED, bench.plan, bench.plan.nodes)
    assert set(found) == set(bench.plan.nodes)
    shown = {path: lines[line] for path, line in found.items()}
    assert shown["mixed"] == "[orchestration]"
    stages = [path for path in shown if path.count("/") == 1]
    assert [found[path] for path in stages] == [4, 8]
    for node, line in shown.items():
        if "inner" in node:
            assert line == "[agents.inner]"
        elif node.rpartition("/")[2] in ("a", "b"):
            assert line == f"[agents.{node[-1]}]"
