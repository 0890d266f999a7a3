"""The only door for outside text into widgets: control characters become visible, markup is never parsed.

Model output, file names, config values, errors and run files can carry terminal escapes, markup with
actions, text that reads backwards and characters that cannot be written at all (design §4).
"""

from __future__ import annotations

from textual.content import Content

from agentflow_tui.control_characters import visible, visible_line


def clean(text: str) -> str:
    r"""Return the text with every character that could drive a terminal or hide text made visible.

    Keeps `\n` and `\t`; `\r\n` counts as `\n`. One megabyte takes milliseconds.
    """
    return visible(text)


def plain(text: str, *, limit: int | None = None) -> Content:
    """Return cleaned text that a widget shows as it is, without markup; at most `limit` characters."""
    if limit is not None and len(text) > limit:
        text = text[: max(0, limit - 1)] + "…"
    return Content(visible(text))


def one_line(text: str, limit: int) -> str:
    """Return cleaned text without line breaks and tabs, at most `limit` characters, cut with `…`."""
    return visible_line(text, limit)
