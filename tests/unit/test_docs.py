"""Every example of docs/semantics.md is run: a flow, then the event, then what comes out."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from agentflow_tui import FlowRunner, HistoryEvent
from agentflow_tui.agents.user_code import forget_modules
from agentflow_tui.config import check_text
from agentflow_tui.history.event import AgentStarted, RunStarted

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "semantics.md").read_text(encoding="utf-8")
FILE = re.compile(r"# file: (\S+)\n")
EXPECTED_KEYS = {"status", "error", "mode", "agents", "data", "meta", "no_data", "no_meta", "history"}


@dataclass
class Example:
    """A flow with the files that stand before it, an event, and what comes out."""

    section: str
    files: dict[str, str] = field(default_factory=dict)
    flow: str = ""
    event: dict[str, Any] = field(default_factory=dict)
    expected: dict[str, Any] = field(default_factory=dict)


def examples() -> Iterator[Example]:
    """Read the blocks in order."""
    current = Example("")
    for heading, language, body in re.findall(r"^#+ ([^\n]+)$|^```(\w+)\n(.*?)^```$", TEXT, re.M | re.S):
        if heading:
            assert current.files == {} and current.flow == "", f"an example of {current.section} is not whole"
            current = Example(heading)
        elif named := FILE.match(body):
            current.files[named[1]] = body
        elif language == "toml":
            assert current.flow == "", "two flows without a result between them"
            current.flow = body
        elif language == "json" and not current.event:
            current.event = json.loads(body)
        elif language == "json":
            current.expected = json.loads(body)
            yield current
            current = Example(current.section)


EXAMPLES = list(examples())


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    path = list(sys.path)
    yield tmp_path
    forget_modules(tmp_path)
    sys.path[:] = path


def test_every_mode_and_stage_feature_has_an_example() -> None:
    sections = {example.section for example in EXAMPLES}
    assert sections >= {"route", "collaborative", "sequential", "loop", "mixed", "Switching"}
    assert sections >= {"Stages", "Gates", "Stage modes", "Parallel branches", "Choices", "Nested flows"}
    assert sections >= {"Retry", "Error routing", "Hooks", "Agents"}
    for example in EXAMPLES:
        assert example.flow and example.event and {"status"} < example.expected.keys() <= EXPECTED_KEYS


@pytest.mark.parametrize("number", range(len(EXAMPLES)), ids=lambda n: f"{n}-{EXAMPLES[n].section}")
async def test_an_example_does_what_the_page_says(number: int, project: Path) -> None:
    example = EXAMPLES[number]
    for name, text in example.files.items():
        (project / name).write_text(text, encoding="utf-8")
    env = {"AGENTFLOW_LLM_PROVIDER": "scripted"}
    problems = check_text(example.flow, folder=project, env=env).problems
    assert [
        p for p in problems if p.severity == "error" or "nothing in this flow sets" not in p.message
    ] == []
    runner = FlowRunner.from_text(example.flow, folder=project, env=env, trust=True)
    given = example.event
    result = await runner.run(
        given["data"], metadata=given.get("metadata"), target=given.get("target", ""), on_event=_no_failure
    )
    wanted = example.expected
    assert result.status == wanted["status"], result.error
    assert wanted.get("error", "") in result.error
    assert {key: result.data.get(key) for key in wanted.get("data", {})} == wanted.get("data", {})
    assert {key: result.meta.get(key) for key in wanted.get("meta", {})} == wanted.get("meta", {})
    assert set(wanted.get("no_data", ())) & set(result.data) == set()
    assert set(wanted.get("no_meta", ())) & set(result.meta) == set()
    assert set(wanted.get("history", ())) <= {event.kind for event in result.history}
    agents = [event.agent for event in result.history if isinstance(event, AgentStarted)]
    assert agents == wanted.get("agents", agents)
    started = result.history[0]
    assert isinstance(started, RunStarted)
    assert started.mode == wanted.get("mode", started.mode)


def _no_failure(event: HistoryEvent) -> None:
    assert event.kind != "callback_failed"


def test_every_link_leads_somewhere() -> None:
    readme = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    for place, anchor in re.findall(r"\]\((\.\./README\.md)?#([\w-]+)\)", TEXT):
        page = readme if place else TEXT
        titles = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```$", "", page, flags=re.M | re.S), re.M)
        assert anchor in {title.lower().replace(" ", "-") for title in titles}, anchor
    assert "docs/semantics.md" in readme
