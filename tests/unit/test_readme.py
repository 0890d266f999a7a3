from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer.main

from agentflow_tui import FlowResult, FlowRunner
from agentflow_tui.cli.main import app
from agentflow_tui.config import check_text

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
FLOWS = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)


def test_there_are_examples() -> None:
    assert len(FLOWS) >= 5


@pytest.mark.parametrize("text", FLOWS, ids=lambda text: text.splitlines()[0])
def test_every_example_is_a_flow_that_runs(text: str) -> None:
    checked = check_text(text, env={})
    assert [problem for problem in checked.problems if "bring it with the event" not in problem.hint] == []
    assert checked.is_valid


def test_the_python_example_is_a_handler() -> None:
    [source] = re.findall(r"```python\n(# steps\.py.*?)```", README, re.DOTALL)
    names: dict[str, object] = {}
    exec(compile(source, "README.md", "exec"), names)
    assert "count_words" in names


def test_every_public_name_of_the_table_exists() -> None:
    for name in re.findall(r"`(?:await |@)?runner\.(\w+)\(", README) + ["from_file", "from_text"]:
        assert callable(getattr(FlowRunner, name)), name
    for name in ("status", "data", "meta", "history", "error"):
        assert name in FlowResult.__dataclass_fields__


def test_every_command_and_option_of_run_is_described() -> None:
    group = typer.main.get_command(app)
    commands = getattr(group, "commands", {})
    assert set(commands) >= {"open", "run", "check", "trust", "paths", "model"}
    for name in set(commands) - {"open"}:
        assert f"agentflow-tui {name}" in README
    options = [option for each in commands["run"].params for option in each.opts if option.startswith("--")]
    assert len(options) >= 6
    for option in options:
        assert f"`{option}" in README, option


def test_every_make_target_exists() -> None:
    makefile = (Path(__file__).parents[2] / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"`make (\w+)`", README)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
