from __future__ import annotations

from agentflow_tui.history.delta import Delta
from agentflow_tui.history.event import AgentCompleted, ModelCallStarted, TokensReceived
from agentflow_tui.redaction import Redaction

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
