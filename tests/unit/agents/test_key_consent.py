"""What a user allowed to be sent, and what there is to ask about in a flow."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agentflow_tui.agents.sent_keys import sent_headers, sent_keys
from agentflow_tui.agents.trust import AlwaysTrust, Trust
from agentflow_tui.config import check_text
from agentflow_tui.config.telemetry import Telemetry
from agentflow_tui.llm.sent_key import SentKey

KEY = SentKey("OPENAI_API_KEY", "https://h.example:443")
OTHERS = (
    SentKey("OTHER", KEY.origin),
    SentKey(KEY.variable, "http://h.example:443"),
    SentKey(KEY.variable, "https://h.example:444"),
)
FLOW = """
[llm]
provider = "one"
[orchestration]
mode = "sequential"
sequential_agents = ["a"]
[agents.a]
[agents.b.llm]
provider = "two"
[agents.off]
enabled = false
llm = { provider = "three" }
[agents.code]
handler = "steps:run"
llm = { provider = "three" }
[agents.c.llm]
provider = "auto"
[agents.d.llm]
provider = "nowhere"
[providers.one]
base_url = "https://one.example"
[providers.two]
endpoint = "https://two.example"
api_key_env = "MINE"
[providers.three]
base_url = "https://three.example"
[providers.Ollama]
base_url = "http://four.example"
"""
ENV = {"ONE_API_KEY": "k", "MINE": "k", "THREE_API_KEY": "k", "OLLAMA_API_KEY": "k"}


def test_consent_holds_for_this_variable_and_this_origin_only(tmp_path: Path) -> None:
    trust = Trust(tmp_path / "data" / "trust.json")
    assert not trust.may_send(KEY)
    trust.grant_key(KEY)
    again = Trust(trust.file)
    assert again.may_send(KEY)
    assert not any(again.may_send(other) for other in OTHERS)
    assert AlwaysTrust().may_send(KEY)


def test_consents_stand_beside_each_other_and_beside_those_for_code(tmp_path: Path) -> None:
    trust = Trust(tmp_path / "trust.json")
    trust.file.write_text(json.dumps({str(tmp_path.resolve()): "before"}), encoding="utf-8")
    for key in (KEY, *OTHERS, KEY):
        trust.grant_key(key)
    assert trust.is_trusted(tmp_path, "before")
    trust.grant(tmp_path, "after")
    assert all(trust.may_send(key) for key in (KEY, *OTHERS))
    assert json.loads(trust.file.read_text(encoding="utf-8"))["keys"][KEY.origin] == [
        "OPENAI_API_KEY",
        "OTHER",
    ]


@pytest.mark.parametrize(
    "damage",
    ["", "[]", '{"keys": 1}', '{"keys": {"https://h.example:443": "OPENAI_API_KEY"}}', '{"keys": [{}]}'],
)
def test_a_damaged_file_grants_nothing_and_can_be_replaced(tmp_path: Path, damage: str) -> None:
    trust = Trust(tmp_path / "trust.json")
    trust.file.write_text(damage, encoding="utf-8")
    assert not trust.may_send(KEY)
    trust.grant_key(KEY)
    assert trust.may_send(KEY)


def test_what_agents_that_can_run_would_send_is_listed_once() -> None:
    flow = check_text(FLOW, env={}).draft
    assert flow is not None
    assert sent_keys(flow, ENV) == (
        SentKey("ONE_API_KEY", "https://one.example:443"),
        SentKey("MINE", "https://two.example:443"),
        SentKey("OLLAMA_API_KEY", "http://four.example:80"),
    )
    assert sent_keys(flow, {}) == ()


def test_headers_for_telemetry_are_asked_about_too() -> None:
    far = Telemetry(enabled=True, exporter="otlp", endpoint="https://evil.example/otlp")
    env = {"OTEL_EXPORTER_OTLP_HEADERS": "x-key=k", "OTEL_EXPORTER_OTLP_METRICS_HEADERS": "x-key=k"}
    assert sent_headers(far, env) == tuple(SentKey(name, "https://evil.example:443") for name in env)
    assert sent_headers(far, {}) == ()
    assert sent_headers(far, {**env, "OTEL_EXPORTER_OTLP_ENDPOINT": "https://evil.example/otlp/"}) == ()
    for harmless in (
        Telemetry(enabled=True, exporter="otlp", endpoint="http://localhost:4318"),
        far.model_copy(update={"enabled": False}),
        far.model_copy(update={"exporter": "file"}),
    ):
        assert sent_headers(harmless, env) == ()
    text = FLOW + '[telemetry]\nenabled = true\nexporter = "otlp"\nendpoint = "https://evil.example"\n'
    flow = check_text(text, env={}).draft
    assert flow is not None
    assert [key.origin for key in sent_keys(flow, env)] == ["https://evil.example:443"] * 2
