"""Flows of many agents that write for as long as one looks."""

from __future__ import annotations

import json
from typing import Literal


def busy_flow(
    mode: Literal["sequential", "collaborative"],
    agents: int,
    words: int,
    seconds_per_word: float,
    at_once: int | None = None,
) -> str:
    """A flow file: so many agents, one after the other or all at once, each of which writes so many words.

    `at_once` is how many of them run at the same time, where that is fewer than all.
    """
    names = [f"worker{number}" for number in range(agents)]
    return "\n".join(
        (
            '# Try it with: {"message": "hello"}',
            '[llm]\nprovider = "scripted"',
            f'[orchestration]\nmode = "{mode}"\ntimeout_seconds = 600',
            f"max_concurrency = {at_once or agents}\n{mode}_agents = {json.dumps(names)}",
            *(f'[agents.{name}]\nprompt = "Do {{message}}"' for name in names),
            f'[providers.scripted]\nanswers = ["{"word " * words}"]\nseconds_per_word = {seconds_per_word}\n',
        )
    )
