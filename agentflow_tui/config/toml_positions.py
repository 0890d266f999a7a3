"""Where each key and value of a TOML text stands; `tomllib` reads values but forgets places.

Only texts that `tomllib` accepted are scanned, so the scanner need not judge what it meets.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate
from typing import NamedTuple

from agentflow_tui.config.problem import KeyPath
from agentflow_tui.config.toml_string import key_text, string_end

_SPACE = re.compile(r"[ \t]*")
_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_BARE_KEY = re.compile(r"[ \t]*([A-Za-z0-9_-]+)[ \t]*")
_PLAIN = re.compile(r"[^,\]}#\r\n]*")


class Span(NamedTuple):
    """Places of one key and its value, as offsets in the text; the ends are exclusive.

    For a table, the value is its header; for a list's item, the key is the item itself.
    """

    key_start: int
    key_end: int
    value_start: int
    value_end: int


class TomlPositions:
    """The places of everything in one TOML text."""

    def __init__(self, text: str) -> None:
        """Scan `text`, which `tomllib` has accepted; takes time in proportion to its length."""
        self.text = text
        self.spans: dict[KeyPath, Span] = {}
        self._starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
        self._list_lengths: dict[KeyPath, int] = {}
        self._scan()

    def line_and_column(self, offset: int) -> tuple[int, int]:
        """Turn an offset into a line and a column, both from 1."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def nearest(self, path: KeyPath) -> tuple[KeyPath, Span | None]:
        """Find the longest beginning of `path` that stands in the text, and its span."""
        for length in range(len(path), 0, -1):
            span = self.spans.get(path[:length])
            if span is not None:
                return path[:length], span
        return (), None

    def _scan(self) -> None:
        text, position, table = self.text, 0, ()
        current: KeyPath = table
        while (position := _blank_end(text, position)) < len(text):
            if text[position] == "[":
                current, position = self._header(position)
            else:
                position = self._pair(current, position)

    def _header(self, position: int) -> tuple[KeyPath, int]:
        is_list = self.text.startswith("[[", position)
        keys, position = self._keys(position + 1 + is_list)
        path: KeyPath = ()
        for index, (key, start, end) in enumerate(keys):
            path = (*path, key)
            is_last = index == len(keys) - 1
            if is_last and is_list:
                item = self._list_lengths.get(path, 0)
                self._list_lengths[path] = item + 1
                self.spans.setdefault(path, Span(start, end, start, end))
                path = (*path, item)
            elif not is_last and path in self._list_lengths:
                path = (*path, self._list_lengths[path] - 1)
            if path not in self.spans:
                self.spans[path] = Span(start, end, start, end)
        return path, position + 1 + is_list

    def _pair(self, table: KeyPath, position: int) -> int:
        keys, position = self._keys(position)
        path, starts = table, keys[0][1]
        for key, start, end in keys[:-1]:
            path = (*path, key)
            self.spans.setdefault(path, Span(start, end, start, end))
        key, _, key_end = keys[-1]
        path = (*path, key)
        start = _space_end(self.text, position + 1)
        end = self._value(path, start)
        self.spans[path] = Span(keys[-1][1] if len(keys) > 1 else starts, key_end, start, end)
        return end

    def _keys(self, position: int) -> tuple[list[tuple[str, int, int]], int]:
        """Read a dotted key; returns its parts with their places, and the offset of what follows."""
        text, keys = self.text, []
        while True:
            if found := _BARE_KEY.match(text, position):
                keys.append((found[1], *found.span(1)))
                position = found.end()
            else:
                start = _space_end(text, position)
                end = string_end(text, start)
                keys.append((key_text(text[start:end]), start, end))
                position = _space_end(text, end)
            if text[position : position + 1] != ".":
                return keys, position
            position += 1

    def _value(self, path: KeyPath, start: int) -> int:
        """Note what is inside the value at `start`; returns the offset behind it."""
        opening = self.text[start : start + 1]
        if opening in ('"', "'"):
            return string_end(self.text, start)
        if opening == "[":
            return self._list(path, start)
        if opening == "{":
            return self._inline_table(path, start)
        found = _PLAIN.match(self.text, start)
        return start + len(found[0].rstrip()) if found else start

    def _list(self, path: KeyPath, start: int) -> int:
        text, position, index = self.text, start + 1, 0
        while text[position := _blank_end(text, position)] != "]":
            item = (*path, index)
            end = self._value(item, position)
            self.spans[item] = Span(position, end, position, end)
            position, index = _blank_end(text, end), index + 1
            position += text[position] == ","
        return position + 1

    def _inline_table(self, path: KeyPath, start: int) -> int:
        text, position = self.text, start + 1
        while text[position := _blank_end(text, position)] != "}":
            position = _blank_end(text, self._pair(path, position))
            position += text[position] == ","
        return position + 1


def _space_end(text: str, position: int) -> int:
    found = _SPACE.match(text, position)
    return found.end() if found else position


def _blank_end(text: str, position: int) -> int:
    found = _BLANK.match(text, position)
    return found.end() if found else position
