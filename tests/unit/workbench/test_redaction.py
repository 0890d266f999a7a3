from __future__ import annotations

import base64
import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus, urlencode

import pytest

from agentflow_tui.engine import Event, State
from agentflow_tui.history.delta import Delta
from agentflow_tui.history.event import AgentCompleted, ModelCallStarted, TokensReceived
from agentflow_tui.workbench.flow_runner import FlowRunner
from agentflow_tui.workbench.redaction import Redaction

SECRET = "sk-1234567890"
ENV = {"OPENAI_API_KEY": SECRET, "HOME": "/home/someone", "SHORT_TOKEN": "abc"}


def test_a_secret_is_masked_wherever_it_is() -> None:
    redaction = Redaction.of(ENV)
    call = redaction.event(
        ModelCallStarted(
            seq=0,
            at=0.0,
            path="p",
            agent="a",
            call="c",
            provider="x",
            model="m",
            messages=({"role": "user", "content": f"key {SECRET}!"},),
            parameters={"list": [SECRET, 1], f"k {SECRET}": None},
        )
    )
    assert SECRET not in repr(call)
    assert call.messages[0]["content"] == "key [secret]!"
    delta = Delta(set={"deep": [{"x": SECRET}], "n": 1})
    done = redaction.event(AgentCompleted(seq=1, at=0.0, path="p", agent="a", delta=delta, duration=1.0))
    assert done.delta.set == {"deep": [{"x": "[secret]"}], "n": 1}


def test_what_holds_no_secret_stays_the_same_object() -> None:
    event = TokensReceived(seq=0, at=0.0, path="p", call="c", text="abc /home/someone")
    assert Redaction.of(ENV).event(event) is event
    assert Redaction(()).event(event) is event


def test_a_secret_inside_another_is_masked_whole() -> None:
    assert Redaction(["longer-secret-value", "secret-value"]).text("longer-secret-value") == "[secret]"


ODD = "p\"ä\\s'w/ör+d\n=&1?"


@pytest.mark.parametrize("secret", [ODD, "it's-a-secret", 'say "secret"', "sk-abcdef123456"])
@pytest.mark.parametrize(
    "write",
    [
        str,
        repr,
        json.dumps,
        lambda text: json.dumps(text, ensure_ascii=False),
        lambda text: repr({"both": f"'\" {text}"}),
        quote,
        quote_plus,
        lambda text: quote(text, safe=""),
        lambda text: urlencode({"key": text}),
    ],
)
def test_a_secret_is_masked_however_it_is_written(secret: str, write: Callable[[str], str]) -> None:
    written = write(secret)
    masked = Redaction([secret]).text(written)
    assert "[secret]" in masked
    assert len(masked) <= len(written) - len(secret) + len("[secret]")


@pytest.mark.parametrize("before", ["", "u", "me", "me:", "user:"])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_a_secret_in_base64_is_masked(before: str, encode: Callable[[bytes], bytes]) -> None:
    secret = "s?cret>~key~>?1234"
    text = encode(f"{before}{secret}".encode()).decode()
    masked = Redaction([secret]).text(f"Basic {text}")
    assert "[secret]" in masked
    # At most the one character on each side that shares bits with a neighbour, and the padding, is left.
    rest = masked.removeprefix("Basic ").replace("[secret]", "")
    assert len(rest) <= len(encode(before.encode()).rstrip(b"=")) + len("x==")


@pytest.mark.parametrize(
    "name",
    [
        "MY_KEY",
        "KEY",
        "GITHUB_PAT",
        "AWS_CREDENTIALS",
        "DB_PASSWD",
        "PGPASSWORD",
        "SSH_PASSPHRASE",
        "Api_Token",
    ],
)
def test_the_name_of_a_variable_tells_a_secret(name: str) -> None:
    assert Redaction.of({name: SECRET}).text(SECRET) == "[secret]"


@pytest.mark.parametrize("name", ["PWD", "HOME", "MONKEY", "COMPAT", "PATH", "KEYBOARD_LAYOUT"])
def test_other_variables_are_no_secrets(name: str) -> None:
    assert Redaction.of({name: SECRET}).is_idle


@pytest.mark.parametrize("fails", [True, False])
def test_the_result_for_a_program_holds_no_secret(fails: bool) -> None:
    runner = FlowRunner.from_text(
        '[orchestration]\nmode = "sequential"\nsequential_agents = ["a"]\n[agents.a]\n', env=ENV
    )

    @runner.agent("a")
    async def run(event: Event, state: State) -> dict[str, list[str]]:
        if fails:
            raise RuntimeError(f"refused {SECRET}")
        return {"x": [SECRET]}

    result = runner.run_sync()
    assert result.status == ("failed" if fails else "completed")
    assert "[secret]" in repr(result)
    assert SECRET not in repr(result)
