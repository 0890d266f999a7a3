"""Model calls as rows: who was asked what, what it cost and what came back."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

from textual.content import Content

from agentflow_tui.history.run_state import ModelCall
from agentflow_tui.tui.panes.inspector.amount import grouped, seconds
from agentflow_tui.tui.panes.inspector.notice import error_rows, explanation, text_rows
from agentflow_tui.tui.panes.row import Row
from agentflow_tui.tui.safe_text import one_line

MOST_CALLS = 50
"""Calls listed; the newest."""
_STATUS = {
    "running": ("◐ running", "$status-running"),
    "completed": ("● done", "$status-completed"),
    "failed": ("✗ failed", "$status-failed"),
    "cancelled": ("⊗ cancelled", "$status-cancelled"),
}
_CUT = " ⚠ cut at the most tokens it may have (max_tokens)"
_LONG = 200


def call_rows(calls: Sequence[ModelCall], toggled: Collection[tuple[str, ...]]) -> list[Row]:
    """Return the calls, newest first; the newest is open, and those in `toggled` are the other way round.

    Prompts and answers of an open call are open too, and closed when they are in `toggled`.
    """
    if not calls:
        return explanation(
            "No model was asked here. "
            "Model calls of the selected agent appear with prompt, tokens and timing."
        )
    rows: list[Row] = []
    for number, call in enumerate(reversed(calls[-MOST_CALLS:])):
        is_open = (number == 0) != ((call.call,) in toggled)
        rows.append(_heading(call, is_open))
        if is_open:
            rows += _details(call, toggled)
            rows.append(Row(Content(""), value=""))
    if len(calls) > MOST_CALLS:
        rows += explanation(f"… earlier calls than these {MOST_CALLS:d} are not listed.")
    return rows


def _heading(call: ModelCall, is_open: bool) -> Row:
    word, style = _STATUS.get(call.status, ("? unknown", ""))
    content = Content.assemble(
        "▾ " if is_open else "▸ ",
        (one_line(word, 20), style),
        " ",
        (one_line(call.agent, 60), "bold"),
        (one_line(f" · {call.provider} · {call.model}", _LONG), ""),
        ("" if is_open else one_line(f" · {_timing(call)}", _LONG), "$foreground-muted"),
    )
    return Row(content, value=call.text, key=(call.call,), hanging=2)


def _details(call: ModelCall, folded: Collection[tuple[str, ...]]) -> list[Row]:
    rows = [_fact("time", _timing(call)), _fact("tokens", _tokens(call))]
    if call.finish_reason:
        is_cut = call.finish_reason == "length"
        rows.append(_fact("finish", f"{call.finish_reason}{_CUT if is_cut else ''}"))
    if call.parameters:
        shown = ", ".join(
            f"{key} = {json.dumps(value, ensure_ascii=False, default=str)}"
            for key, value in call.parameters.items()
        )
        rows.append(_fact("with", shown, value=dict(call.parameters)))
    if call.status == "failed":
        rows += error_rows(call.error, call.category, call.hint)
    for number, message in enumerate(call.messages):
        key = (call.call, f"message {number}")
        rows += _text(message.get("role", "message"), message.get("content", ""), key, key in folded)
    answer = "answer so far" if call.status == "running" else "answer, as it came"
    text = call.text or "(nothing yet)" if call.status == "running" else call.text
    key = (call.call, "answer")
    return rows + _text(answer, text, key, key in folded)


def _fact(name: str, text: str, value: object = None) -> Row:
    shown = one_line(text, 10 * _LONG)
    label = f"  {one_line(name, 8):<8}"
    content = Content.assemble((label, "$foreground-muted"), shown)
    return Row(content, value=value or text, hanging=len(label))


def _text(name: str, text: str, key: tuple[str, ...], is_folded: bool) -> list[Row]:
    sign = "▸" if is_folded else "▾"
    size = f" · {grouped(len(text))} characters" if is_folded else ""
    title = Content(f"  {sign} {one_line(name + size, 80)}").stylize("$foreground-muted")
    rows = [Row(title, value=text, key=key)]
    return rows if is_folded else rows + text_rows(text or "(empty)", first="  ")


def _timing(call: ModelCall) -> str:
    if call.duration is None:
        return "still running"
    parts = [seconds(call.duration)]
    if call.first_token_after is not None:
        parts.append(f"first token after {seconds(call.first_token_after)}")
    speed = _tokens_per_second(call)
    if speed is not None:
        parts.append(f"{speed:.1f} tokens/s")
    return " · ".join(parts)


def _tokens_per_second(call: ModelCall) -> float | None:
    if call.completion_tokens is None or call.duration is None:
        return None
    # Speed is about writing: the wait for the first token is shown by itself.
    writing = call.duration - (call.first_token_after or 0.0)
    return call.completion_tokens / writing if writing > 0 else None


def _tokens(call: ModelCall) -> str:
    if call.prompt_tokens is None and call.completion_tokens is None:
        return f"not reported; {grouped(len(call.text))} characters came"
    sent, came = (
        "?" if count is None else grouped(count) for count in (call.prompt_tokens, call.completion_tokens)
    )
    return f"{sent} in · {came} out"
