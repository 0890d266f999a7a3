"""Finished text with light styling: headings, bullets, quotes, code, tables. Nothing can be followed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from textual.content import Content

from agentflow_tui.tui.panes.inspector.markdown_table import is_table, is_table_line, table_lines
from agentflow_tui.tui.safe_text import clean

_HEADING = re.compile(r"(#{1,6})\s+(.*)")
_BULLET = re.compile(r"(\s*)[-*+]\s+(\[[ xX]\]\s+)?(.*)")
_RULE = re.compile(r"\s*([-*_])(\s*\1){2,}\s*")
_FENCE = re.compile(r"\s*(```+|~~~+)\s*([^`]*)")
_INLINE = re.compile(
    r"`(?P<code>[^`]+)`|\*\*(?P<bold>[^*\s][^*]*)\*\*|__(?P<strong>[^_\s][^_]*)__"
    r"|(?<![\w*])\*(?P<italic>[^*\s][^*]*)\*(?![\w*])|\[(?P<label>[^\[\]]+)\]\((?P<target>[^()\s]+)\)"
)
_STYLES = {"code": "$syntax-string", "bold": "bold", "strong": "bold", "italic": "italic"}
_LONGEST = 5_000


def markdown_lines(text: str) -> Iterator[Content]:
    """Yield one line of content per line of the text."""
    fence, table = "", []
    for each in text.split("\n"):
        line = each.removesuffix("\r")
        if not fence and is_table_line(line):
            table.append(line)
            continue
        yield from _table(table)
        table = []
        edge = _FENCE.fullmatch(line)
        if edge and (not fence or edge[1].startswith(fence)):
            fence = "" if fence else edge[1]
            yield Content(f"┄┄ {clean(edge[2])}" if edge[2] else "┄┄").stylize("$foreground-muted")
        elif fence:
            yield Content.assemble(("│ ", "$foreground-muted"), (clean(line), "$syntax-string"))
        else:
            yield _line(line)
    yield from _table(table)


def _table(lines: list[str]) -> Iterator[Content]:
    return table_lines(lines, _inline) if is_table(lines) else map(_line, lines)


def _line(line: str) -> Content:
    if len(line) > _LONGEST:
        return Content(clean(line))
    if heading := _HEADING.fullmatch(line):
        return _inline(heading[2]).stylize(
            "bold $primary" if len(heading[1]) > 1 else "bold underline $primary"
        )
    if _RULE.fullmatch(line):
        return Content("─" * 20).stylize("$foreground-muted")
    if bullet := _BULLET.fullmatch(line):
        box = {"": "• ", "[ ]": "☐ ", "[x]": "☑ "}[(bullet[2] or "").strip().lower()]
        return Content.assemble(clean(bullet[1]), (box, "$primary"), _inline(bullet[3]))
    if line.startswith(">"):
        quote = line.lstrip("> ")
        return Content.assemble(("▎ ", "$foreground-muted"), _inline(quote).stylize("italic"))
    return _inline(line)


def _inline(text: str) -> Content:
    parts: list[Content] = []
    end = 0
    for found in _INLINE.finditer(text):
        parts.append(Content(clean(text[end : found.start()])))
        end = found.end()
        kind = found.lastgroup or ""
        if kind == "target":
            parts += (
                Content(clean(found["label"])).stylize("underline"),
                Content(f" ({clean(found['target'])})").stylize("$foreground-muted"),
            )
        else:
            parts.append(Content(clean(found[kind])).stylize(_STYLES[kind]))
    parts.append(Content(clean(text[end:])))
    return Content("").join(parts)
