"""The model of a flow: every key of the format is accepted, defaults are the documented ones."""

from __future__ import annotations

import json
import tomllib

import pytest
from pydantic import ValidationError

from agentflow_tui.config import Flow, check_text, json_schema

EVERYTHING = """
[agent_flow]
name = "all"
version = "1"
provider = "ollama"
[logging]
level = "debug"
format = "text"
file = "x.log"
file_only = true
max_size = 1
max_backups = 1
max_age = 1
compress = true
[runtime]
max_concurrent_agents = 4
timeout_seconds = 9
[llm]
provider = "ollama"
model = "gemma3:1b"
temperature = 0
max_tokens = 800
timeout_seconds = 30
top_p = 0.5
frequency_penalty = 0.1
presence_penalty = -0.1
[orchestration]
mode = "mixed"
timeout = "2m"
max_iterations = 3
retry_attempts = 2
failure_threshold = 0.5
max_concurrency = 4
sequential_agents = ["a", "a"]
collaborative_agents = ["a", "b"]
loop_agent = "a"
[orchestration.routing]
default_agent = "a"
max_hops = 0
rules = [{ contains = "x", agent = "a" }, { when = "score > 1", agent = "b" }]
[orchestration.loop]
condition = "score > 1"
[[orchestration.switch]]
when = "score > 2"
mode = "loop"
[[orchestration.mixed.stages]]
name = "analysis"
pattern = "collaborative"
agents = ["a", "b"]
timeout = "90s"
prerequisites = ["raw"]
success_condition = "has(score)"
when = "score > 0"
config = { failure_threshold = 0.3, max_iterations = 3, loop_condition = "score >= 0.9", max_concurrency = 2 }
[[orchestration.mixed.stages]]
name = "parallel"
mode = "parallel"
[[orchestration.mixed.stages.branches]]
name = "one"
required = false
timeout = "1s"
mode = "sequential"
agents = ["a"]
[[orchestration.mixed.stages]]
name = "choice"
[[orchestration.mixed.stages.choices]]
when = "score > 3"
mode = "loop"
agents = ["a"]
[[orchestration.mixed.stages.choices]]
otherwise = true
mode = "route"
agents = ["b"]
[agents.a]
role = "r"
description = "d"
system_prompt = "s"
prompt = "{message}"
capabilities = ["x"]
enabled = true
auto_llm = true
timeout_seconds = 5
metadata = { team = "x", tags = [1] }
output = { score = "number", ok = "boolean", n = "integer", t = "string", l = "list" }
[agents.a.llm]
model = "m"
[agents.a.retry_policy]
max_retries = 2
base_delay_ms = 5
max_delay_ms = 50
backoff_multiplier = 1.5
enable_jitter = false
retryable_errors = ["timeout", "unknown"]
[agents.a.rate_limit]
requests_per_second = 2
burst_size = 3
[agents.a.circuit_breaker]
failure_threshold = 1
timeout = "10s"
[agents.b]
[error_routing]
enabled = true
max_retries = 1
retry_delay_ms = 1
enable_circuit_breaker = true
error_handler_name = "a"
category_handlers = { auth = "a" }
severity_handlers = { high = "b" }
circuit_breaker = { failure_threshold = 5, success_threshold = 3, timeout_ms = 30000, reset_timeout_ms = 1, half_open_max_calls = 2 }
retry = { max_retries = 3, base_delay_ms = 1, max_delay_ms = 2, backoff_factor = 2.0, enable_jitter = true }
[[hooks]]
hook = "AllHooks"
name = "n"
handler = "m.sub:f"
[providers.ollama]
endpoint = "http://localhost:11434"
anything = { goes = [1] }
[agent_memory]
provider = "memory"
connection = "c"
max_results = 1
dimensions = 1
auto_embed = true
enable_knowledge_base = true
knowledge_max_results = 1
knowledge_score_threshold = 0.7
chunk_size = 1
chunk_overlap = 1
enable_rag = true
rag_max_context_tokens = 1
rag_personal_weight = 0.3
rag_knowledge_weight = 0.7
rag_include_sources = true
documents = { auto_chunk = true, supported_types = ["md"], max_file_size = "10MB", enable_metadata_extraction = true, enable_url_scraping = true }
embedding = { provider = "p", model = "m", cache_embeddings = true, base_url = "u", endpoint = "e", max_batch_size = 1, timeout_seconds = 1 }
search = { hybrid_search = true, keyword_weight = 0.3, semantic_weight = 0.7, enable_reranking = true, reranking_model = "m", enable_query_expansion = true }
[mcp]
enabled = true
transport = "tcp"
enable_discovery = true
discovery_timeout_ms = 1
scan_ports = [80]
connection_timeout_ms = 1
max_retries = 1
retry_delay_ms = 1
enable_caching = true
cache_timeout_ms = 1
max_connections = 1
servers = [{ name = "n", type = "stdio", host = "h", port = 1, endpoint = "e", command = "c", enabled = true }]
[mcp.cache]
enabled = true
default_ttl_ms = 1
max_size_mb = 1
max_keys = 1
eviction_policy = "lru"
cleanup_interval_ms = 1
backend = "memory"
backend_config = { a = "b" }
tool_ttls_ms = { t = 1 }
"""  # noqa: E501


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


def test_stages_and_switches_run() -> None:
    text = "[orchestration]\nmode='mixed'\nswitch=[{when='true',mode='mixed'}]\n[agents.a]\n"
    text += "[[orchestration.mixed.stages]]\nmode='loop'\nagents=['a']\n"
    assert check_text(text, env={}).not_yet_run() == ()


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


@pytest.mark.parametrize(
    ("line", "path", "severity"),
    [
        ("[[orchestration.mixed.stages]]\nflow='b.toml'", "orchestration.mixed.stages[0].flow", "error"),
        ("[agents.a.retry_policy]\nmax_retries=1", "agents.a.retry_policy", "warning"),
        ("[agents.a.circuit_breaker]", "agents.a.circuit_breaker", "warning"),
        ("[agents.a.rate_limit]", "agents.a.rate_limit", "warning"),
        ("[error_routing]\nenabled=true", "error_routing", "warning"),
        ("[[hooks]]\nhook='AllHooks'\nname='n'\nhandler='m:f'", "hooks", "warning"),
        ("[agents.b]\nflow='b.toml'", "agents.b.flow", "error"),
    ],
)
def test_what_is_accepted_but_not_run_yet(line: str, path: str, severity: str) -> None:
    text = f"[orchestration]\nmode='mixed'\nsequential_agents=['a']\n[agents.a]\nrole='r'\n{line}\n"
    checked = check_text(text, env={})
    assert checked.is_valid
    (problem,) = checked.not_yet_run()
    assert (problem.path, problem.severity) == (path, severity)
    assert "not run yet" in problem.message
    assert problem.line == text.split("\n").index(line.split("\n")[-1 if path.endswith(".flow") else 0]) + 1
