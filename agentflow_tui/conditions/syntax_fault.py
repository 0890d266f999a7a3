"""Python's words about a text that does not parse, turned into ones for people who write flows."""

from __future__ import annotations

import keyword
import re

from agentflow_tui.conditions.condition_error import ConditionSyntaxError

_TOKEN = re.compile(r"[^\W\d]\w*|\d[\w.]*|[=<>!&|:]+|.", re.DOTALL)
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_LONE_EQUALS = re.compile(r"(?<![=<>!:])=(?!=)")
_SIGN_PAIR = re.compile(r"[=<>!&|:]{2}")
_SIGNS = {
    "&&": "write and",
    "&": "write and",
    "||": "write or",
    "|": "write or",
    "!": "write not",
    "===": "write ==",
    "=": "write ==",
    "<>": "write !=",
    "=>": "write >=",
    "=<": "write <=",
}


def explain_syntax_error(error: SyntaxError, text: str, indent: int) -> ConditionSyntaxError:
    """Say what is wrong with `text`, in front of which `indent` characters were cut off, and the way out."""
    end = len(text.rstrip()) + 1
    if not error.offset:
        message = "the condition ends too early"
        return ConditionSyntaxError(message, indent + end, hint="write what belongs behind its last word")
    column = min(error.offset, end)
    if "never closed" in error.msg or "unterminated" in error.msg:
        reason = error.msg.partition(" (detected")[0].replace("string literal", "text")
        return ConditionSyntaxError(reason, indent + column, hint="close it")
    while column > 1 and _SIGN_PAIR.fullmatch(text[column - 2 : column]):
        column -= 1
    found = _TOKEN.match(text, column - 1)
    token = found[0] if found else ""
    if "=" in token or "'=='" in error.msg:
        lone = _LONE_EQUALS.search(_QUOTED.sub(lambda quoted: "x" * len(quoted[0]), text))
        if lone:
            column, token = lone.start() + 1, text[lone.start() : lone.start() + 2]
            token = token if token in _SIGNS else "="
    hint = _SIGNS.get(token, "")
    if keyword.iskeyword(token):
        hint = f'{token} is a reserved word; for a data key of that name write data["{token}"]'
    start = indent + column
    return ConditionSyntaxError(f"unexpected {token!r}"[:60], start, start + len(token), hint)
