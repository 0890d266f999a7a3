"""Which name was probably meant (semantics §8)."""

from __future__ import annotations

import time

import pytest

from agentflow_tui.config import check_text
from agentflow_tui.config.nearest import nearest_name

KEYS = ["model", "timeout_seconds", "sequential_agents", "system_prompt"]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("modle", "model"),
        ("Timeout_Seconds", "timeout_seconds"),
        ("timeoutseconds", "timeout_seconds"),
        ("sequental_agents", "sequential_agents"),
        ("system_promt", "system_prompt"),
        ("temperature", None),
        ("", None),
        ("x" * 10_000, None),
    ],
)
def test_nearest(name: str, meant: str | None) -> None:
    assert nearest_name(name, KEYS) == meant


def test_nothing_is_near_to_nothing() -> None:
    assert nearest_name("mode", []) is None


def test_thousands_of_wrong_names_do_not_keep_an_editor_waiting() -> None:
    names = ", ".join(f'"zz{number}"' for number in range(7500))
    agents = "".join(f"[agents.a{number}]\nsystem_prompt = 'You are a helper.'\n" for number in range(7500))
    text = f'[orchestration]\nmode = "sequential"\nsequential_agents = [{names}]\n{agents}'
    start = time.process_time()
    checked = check_text(text, env={})
    assert len(checked.errors) == 7500
    assert time.process_time() - start < 5
