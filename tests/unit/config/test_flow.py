"""The model of a flow: every key of the format is accepted, defaults are the documented ones."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from pydantic import ValidationError

from agentflow_tui.config import Flow, check_text, json_schema

EVERYTHING = Path(__file__).with_name("everything.toml").read_text("utf-8")


def test_every_key_of_the_format_is_accepted() -> None:
    checked = check_text(EVERYTHING, env={})
    assert checked.problems == ()


def test_other_spellings_arrive_at_the_same_place() -> None:
    flow = check_text(EVERYTHING, env={}).flow
    assert flow is not None
    agent, stages = flow.agents["a"], flow.orchestration.mixed.stages
    assert flow.orchestration.timeout_seconds == 120
    assert stages[0].mode == "collaborative"
    assert stages[0].timeout_seconds == 90
    assert agent.retry_policy is not None
    assert agent.retry_policy.initial_delay_ms == 5
    assert (agent.retry_policy.backoff_factor, agent.retry_policy.jitter) == (1.5, False)
    assert agent.circuit_breaker is not None
    assert agent.circuit_breaker.open_seconds == 10
    assert flow.error_routing.circuit_breaker is not None
    assert flow.error_routing.circuit_breaker.open_seconds == 30
    assert flow.providers["ollama"].address == "http://localhost:11434"


def test_defaults() -> None:
    flow = check_text("[orchestration]\nmode = 'route'\n[agents.a]\n", env={}).flow
    assert flow is not None
    settings = flow.orchestration
    assert (settings.timeout_seconds, settings.timeout_is_default) == (30, True)
    assert (settings.max_iterations, settings.routing.max_hops) == (5, 10)
    assert settings.collaborative_agents is None
    assert flow.agents["a"].enabled is True
    assert flow.agents["a"].timeout_seconds is None


@pytest.mark.parametrize("line", ["timeout = '30s'", "timeout_seconds = 30"])
def test_a_limit_in_the_file_is_not_the_default(line: str) -> None:
    flow = check_text(f"[orchestration]\nmode = 'route'\n{line}\n[agents.a]\n", env={}).flow
    assert flow is not None
    assert flow.orchestration.timeout_is_default is False


def test_a_flow_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        Flow().llm.model = "x"  # type: ignore[misc]


def test_conditions_come_parsed() -> None:
    flow = check_text(EVERYTHING, env={}).flow
    assert flow is not None
    assert flow.orchestration.loop.condition is not None
    assert flow.orchestration.loop.condition.names == {"score"}


def test_schema_knows_every_key_that_is_accepted() -> None:
    schema = json_schema()
    text = json.dumps(schema)
    assert schema["type"] == "object"

    def keys(value: object) -> set[str]:
        if isinstance(value, dict):
            return set(value) | {key for inner in value.values() for key in keys(inner)}
        return {key for inner in value for key in keys(inner)} if isinstance(value, list) else set()

    free = {
        "a",
        "b",
        "ollama",
        "anything",
        "goes",
        "team",
        "tags",
        "score",
        "ok",
        "n",
        "t",
        "l",
        "auth",
        "high",
    }
    assert {key for key in keys(tomllib.loads(EVERYTHING)) - free if f'"{key}"' not in text} == set()
    assert "How much the model varies its answers" in text
