"""What two flows say differently, and what is no difference."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentflow_tui.config import Flow, check_text
from agentflow_tui.config.fingerprint import fingerprint
from agentflow_tui.config.flow_diff import flow_diff
from agentflow_tui.config.value_text import difference_text, value_text
from agentflow_tui.resources import resource_folder

FLOW = """\
[llm]
model = "gemma3:1b"
[orchestration]
mode = "mixed"
timeout_seconds = 90
max_iterations = 3
[orchestration.loop]
condition = "score >= 9"
[[orchestration.mixed.stages]]
name = "draft"
mode = "sequential"
agents = ["writer"]
[[orchestration.mixed.stages]]
name = "check"
mode = "parallel"
[[orchestration.mixed.stages.branches]]
name = "legal"
mode = "sequential"
agents = ["lawyer"]
[[orchestration.routing.rules]]
contains = "refund"
agent = "writer"
[agents.writer]
prompt = "Write about {topic} in three short sentences"
output = { text = "string", score = "integer" }
llm = { temperature = 0.2 }
[agents.lawyer]
[providers.own]
type = "openai"
api_key = "sk-very-secret"
[[hooks]]
hook = "AllHooks"
name = "note"
handler = "steps:note"
"""


def flow_of(text: str) -> Flow:
    checked = check_text(text, env={})
    assert checked.flow is not None, checked.problems
    return checked.flow


def told(new: str, old: str = FLOW) -> list[tuple[int, str]]:
    return [(change.line, change.text) for change in flow_diff(flow_of(old), flow_of(new), new)]


@pytest.mark.parametrize(
    ("before", "after", "line", "text"),
    [
        ("temperature = 0.2", "temperature = 0.7", 26, "agent writer: temperature 0.2 → 0.7"),
        ('"score >= 9"', '"score >= 8"', 8, "orchestration: loop condition score >= 9 → score >= 8"),
        ("max_iterations = 3", "max_iterations = 10", 6, "orchestration: max_iterations 3 → 10"),
        ("max_iterations = 3\n", "", 3, "orchestration: max_iterations 3 → 5"),
        ("three short", "two", 24, "agent writer: prompt 7 → 6 words (+1 −2)"),
        ("{topic} in", "{topic}  in", 24, "agent writer: prompt other spaces or line breaks"),
        ("[agents.lawyer]", "[agents.lawyer]\n[agents.judge]", 28, "agent judge: added"),
        ('name = "legal"', 'name = "law"', 16, "stage check · branch law: added"),
        (
            '["lawyer"]',
            '["lawyer", "writer"]',
            19,
            "stage check · branch legal: agents lawyer → lawyer, writer",
        ),
        ('"refund"', '"money"', 21, "routing rule 1: contains refund → money"),
        ('score = "integer"', 'score = "number"', 25, "agent writer: output score integer → number"),
        ("sk-very-secret", "sk-another-one", 30, "provider own: api_key changed"),
        ('"steps:note"', '"steps:tell"', 34, "hook note on AllHooks: handler steps:note → steps:tell"),
        ('"gemma3:1b"', '"qwen3:4b"', 2, "llm: model gemma3:1b → qwen3:4b"),
        (
            "llm = { temperature = 0.2 }",
            "retry_policy = { max_retries = 2 }",
            26,
            "agent writer: retry_policy added",
        ),
        (
            '{ text = "string", score = "integer" }',
            '{ score = "integer", text = "string" }',
            25,
            "agent writer: output order text, score → score, text",
        ),
    ],
)
def test_a_change_is_told_with_its_line(before: str, after: str, line: int, text: str) -> None:
    assert (line, text) in told(FLOW.replace(before, after))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("mode = ", "# said otherwise\nmode    =   "),
        ("timeout_seconds = 90", 'timeout = "1m30s"'),
        ("llm = { temperature = 0.2 }", "[agents.writer.llm]\ntemperature = 0.20"),
        ("[agents.lawyer]", "[agents.lawyer]\nenabled = true"),
        ("max_iterations = 3", "max_iterations = 0x3"),
        ('"score >= 9"', "'score >= 9'"),
    ],
)
def test_another_spelling_is_no_change(before: str, after: str) -> None:
    assert told(FLOW.replace(before, after)) == []


def test_a_fingerprint_is_that_of_the_meaning_and_holds_no_secret() -> None:
    same = [FLOW, "# a remark\n" + FLOW, FLOW.replace("sk-very-secret", "[secret]")]
    assert len({fingerprint(flow_of(text)) for text in same}) == 1
    for other in (FLOW.replace("0.2", "0.3"), FLOW.replace('api_key = "sk-very-secret"', "")):
        assert fingerprint(flow_of(other)) != fingerprint(flow_of(FLOW))


def test_moved_stages_are_told_as_an_order_and_not_as_changes() -> None:
    first, second = FLOW.split("[[orchestration.mixed.stages]]\n")[1:]
    middle, rest = second.split("[[orchestration.routing.rules]]")
    swapped = (
        FLOW.split("[[orchestration.mixed.stages]]", maxsplit=1)[0]
        + "[[orchestration.mixed.stages]]\n"
        + middle
        + "[[orchestration.mixed.stages]]\n"
        + first
        + "[[orchestration.routing.rules]]"
        + rest
    )
    assert [text for _, text in told(swapped)] == ["orchestration: stages order draft, check → check, draft"]


def test_a_removed_agent_is_told_at_a_line_that_is_there() -> None:
    old = FLOW.replace("[agents.lawyer]", "[agents.lawyer]\n[agents.judge]")
    changes = flow_diff(flow_of(old), flow_of(FLOW), FLOW)
    assert [(change.kind, change.text, change.path) for change in changes] == [
        ("removed", "agent judge: removed", "agents")
    ]
    assert 0 < changes[0].line <= FLOW.count("\n")


def test_a_nested_flow_is_compared_too(tmp_path: Path) -> None:
    outer = '[orchestration]\nmode="sequential"\nsequential_agents=["in"]\n[agents.in]\nflow="inner.toml"\n'
    inner = '[orchestration]\nmode="loop"\nloop_agent="a"\nmax_iterations={}\n[agents.a]\n'
    flows = []
    for limit in (2, 9):
        (tmp_path / "inner.toml").write_text(inner.format(limit), encoding="utf-8")
        flow = check_text(outer, folder=tmp_path, env={}).flow
        assert flow is not None
        flows.append(flow)
    assert [change.text for change in flow_diff(flows[0], flows[1])] == [
        "inner.toml · orchestration: max_iterations 2 → 9"
    ]


def test_a_password_in_an_address_is_not_shown() -> None:
    assert value_text("https://me:topsecret@host/v1") == "https://…@host/v1"
    assert "sk-very-secret" not in value_text({"api_key": "sk-very-secret"})


@pytest.mark.parametrize(
    "key", ["api_key", "auth_token", "X-Api-Key", "accessToken", "db_password", "dsn_pwd"]
)
def test_a_text_under_the_name_of_a_secret_is_not_shown(key: str) -> None:
    assert difference_text(key, "abc-1", "abc-2") == "changed"
    assert difference_text(key, None, "abc-2") == "changed"
    assert "abc" not in value_text({"headers": [{key: "abc-1"}]})


def test_a_number_is_no_secret_whatever_its_name() -> None:
    assert difference_text("max_tokens", 100, 200) == "100 → 200"
    assert difference_text("max_tokens", None, 200) == "not set → 200"
    assert "100" in value_text({"max_tokens": 100})


@pytest.mark.parametrize(
    "file", sorted(resource_folder("sample_configs").rglob("*.toml")), ids=lambda f: f.stem
)
def test_a_flow_does_not_differ_from_itself(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    first, second = (check_text(text, folder=file.parent, env={}).flow for _ in range(2))
    assert first is not None
    assert second is not None
    assert flow_diff(first, second, text) == ()


values = st.one_of(st.integers(1, 900), st.floats(0, 2), st.booleans(), st.text(max_size=30))


@given(
    st.integers(1, 50),
    st.floats(0, 2),
    st.floats(0, 2),
    st.dictionaries(st.sampled_from(("colour", "size", "timeout")), values),
)
def test_every_difference_of_values_is_found_and_no_other(
    limit: int, temperature: float, other: float, metadata: dict[str, object]
) -> None:
    def flow(warmth: float) -> Flow:
        return Flow.model_validate(
            {
                "orchestration": {"max_iterations": limit},
                "agents": {"a": {"llm": {"temperature": warmth}, "metadata": metadata}},
            }
        )

    assert flow_diff(flow(temperature), flow(temperature)) == ()
    changes = flow_diff(flow(temperature), flow(other))
    assert [change.path for change in changes] == ["agents.a.llm.temperature"] * (temperature != other)
