"""What the environment overrides (semantics §7)."""

from __future__ import annotations

import pytest

from agentflow_tui.config import LlmSettings, check_text

TEXT = """
[agent_flow]
provider = "azure"
[llm]
model = "file"
temperature = 0.7
[orchestration]
mode = "route"
[agents.fact-checker]
[agents.writer]
llm = { model = "writer-file", temperature = 0.0, seed = 3 }
"""


def settings(agent: str, **env: str) -> LlmSettings:
    flow = check_text(TEXT, env=env).flow
    assert flow is not None
    return flow.llm_for(agent)


def test_inheritance() -> None:
    assert settings("writer") == LlmSettings(provider="azure", model="writer-file", temperature=0.0, seed=3)
    assert settings("fact-checker") == LlmSettings(provider="azure", model="file", temperature=0.7)
    assert settings("nobody").model == "file"


def test_precedence() -> None:
    env = {"AGENTFLOW_LLM_MODEL": "global-env", "AGENTFLOW_AGENT_WRITER_LLM_TEMPERATURE": "1.5"}
    assert settings("writer", **env).model == "writer-file"
    assert settings("writer", **env).temperature == 1.5
    assert settings("fact-checker", **env).model == "global-env"
    env["AGENTFLOW_AGENT_FACT_CHECKER_LLM_MODEL"] = "agent-env"
    assert settings("fact-checker", **env).model == "agent-env"


def test_zero_is_a_value() -> None:
    assert settings("fact-checker", AGENTFLOW_LLM_TEMPERATURE="0").temperature == 0


def test_keys_of_an_agent() -> None:
    env = {
        "AGENTFLOW_AGENT_WRITER_ENABLED": "False",
        "AGENTFLOW_AGENT_WRITER_CAPABILITIES": "a, b,,c",
        "AGENTFLOW_AGENT_WRITER_TIMEOUT_SECONDS": "2.5",
        "AGENTFLOW_AGENT_WRITER_SYSTEM_PROMPT": "Write.",
        "AGENTFLOW_AGENT_WRITER_LLM_MAX_TOKENS": "12",
    }
    flow = check_text(TEXT, env=env).flow
    assert flow is not None
    agent = flow.agents["writer"]
    assert (agent.enabled, agent.capabilities, agent.timeout_seconds) == (False, ["a", "b", "c"], 2.5)
    assert (agent.system_prompt, agent.llm.max_tokens) == ("Write.", 12)


@pytest.mark.parametrize(
    ("variable", "value", "path", "line"),
    [
        ("AGENTFLOW_LLM_TEMPERATURE", "hot", "llm.temperature", 6),
        ("AGENTFLOW_LLM_TEMPERATURE", "2.5", "llm.temperature", 6),
        ("AGENTFLOW_LLM_MAX_TOKENS", "1.5", "llm.max_tokens", 4),
        ("AGENTFLOW_AGENT_WRITER_LLM_TIMEOUT_SECONDS", "0", "agents.writer.llm.timeout_seconds", 11),
        ("AGENTFLOW_AGENT_FACT_CHECKER_TIMEOUT_SECONDS", "-1", "agents.fact-checker.timeout_seconds", 9),
        ("AGENTFLOW_AGENT_WRITER_ENABLED", "perhaps", "agents.writer.enabled", 10),
        ("AGENTFLOW_AGENT_WRITER_ENABLED", "x" * 10_000, "agents.writer.enabled", 10),
    ],
)
def test_a_bad_value_is_a_warning_and_is_ignored(variable: str, value: str, path: str, line: int) -> None:
    checked = check_text(TEXT, env={variable: value})
    (problem,) = checked.problems
    assert (problem.severity, problem.path, problem.line) == ("warning", path, line)
    assert variable in problem.message
    assert variable in problem.hint
    assert len(problem.message) < 300
    assert checked.flow == check_text(TEXT, env={}).flow


def test_the_process_environment_counts_unless_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENTFLOW_LLM_MODEL", "process")
    flow = check_text(TEXT).flow
    assert flow is not None
    assert flow.llm_for().model == "process"


def test_a_table_that_is_none_is_still_an_error() -> None:
    checked = check_text(
        "llm = 3\n[orchestration]\nmode='route'\n[agents.a]\n", env={"AGENTFLOW_LLM_MODEL": "m"}
    )
    assert [problem.path for problem in checked.errors] == ["llm"]


def test_no_table_is_needed_for_an_override() -> None:
    flow = check_text("[orchestration]\nmode='route'\n[agents.a]\n", env={"AGENTFLOW_LLM_MODEL": "m"}).flow
    assert flow is not None
    assert flow.llm_for("a").model == "m"
