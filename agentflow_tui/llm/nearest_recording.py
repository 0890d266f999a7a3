"""Which recording a request nearly matches, and what keeps it from being the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz

from agentflow_tui.history.diff import diff_words
from agentflow_tui.history.recording import Recording
from agentflow_tui.llm.provider import ChatRequest
from agentflow_tui.llm.recording_key import rendered_parameters

_LONGEST_COMPARED = 20_000
"""Characters of a conversation that count for its likeness."""
_LONGEST_SHOWN = 60
_MAX_DIFFERENCES = 3


@dataclass(frozen=True, slots=True)
class Nearest:
    """A recording and the differences to it, in words."""

    recording: Recording
    likeness: float
    """Of the messages, from 0 to 100."""
    differences: tuple[str, ...]
    """Empty when the very same request was recorded, only not so often."""


def nearest_recording(
    provider: str, request: ChatRequest, messages: Sequence[Mapping[str, str]], among: Sequence[Recording]
) -> Nearest | None:
    """Return the recording most like the request; `messages` are the rendered ones, without secrets."""
    wanted = _joined(messages)
    best: tuple[float, Recording] | None = None
    for each in among:
        likeness = fuzz.ratio(wanted, _joined(each.request.messages))
        if best is None or likeness > best[0]:
            best = likeness, each
    if best is None:
        return None
    likeness, recording = best
    found = _differences(provider, request, messages, recording)
    return Nearest(recording, likeness, tuple(found[:_MAX_DIFFERENCES]))


def _differences(
    provider: str, request: ChatRequest, messages: Sequence[Mapping[str, str]], recording: Recording
) -> list[str]:
    old = recording.request
    found = []
    if provider != old.provider:
        found.append(f"the provider is {provider}, not {old.provider}")
    if request.model != old.model:
        found.append(f"the model is {request.model}, not {old.model}")
    new_parameters: Mapping[str, Any] = rendered_parameters(request)
    for key in sorted({*new_parameters, *old.parameters}):
        was, now = old.parameters.get(key), new_parameters.get(key)
        if was != now:
            found.append(f"{key} is {_shown(now)}, not {_shown(was)}")
    if len(messages) != len(old.messages):
        found.append(f"{len(messages)} messages, not {len(old.messages)}")
    for now_message, was_message in zip(messages, old.messages, strict=False):
        role, content = now_message["role"], now_message["content"]
        if role != was_message.get("role"):
            found.append(f"a message is by the {role}, not by the {was_message.get('role')}")
        if content != was_message.get("content", ""):
            found.append(f"the {role}'s message has {_word_change(was_message.get('content', ''), content)}")
    return found


def _word_change(old: str, new: str) -> str:
    changes = diff_words(old, new)
    gone = next((change.text for change in changes if change.kind == "removed"), "")
    came = next((change.text for change in changes if change.kind == "added"), "")
    if gone and came:
        return f"{_shown(came)} instead of {_shown(gone)}"
    return f"{_shown(came)} more" if came else f"{_shown(gone)} less"


def _shown(value: object) -> str:
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"


def _joined(messages: Sequence[Mapping[str, str]]) -> str:
    return "\n".join(message.get("content", "") for message in messages)[:_LONGEST_COMPARED]
