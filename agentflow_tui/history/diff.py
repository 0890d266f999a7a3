"""What differs between two states: by key, down into lists and objects, and by word in texts."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import jsonpatch
from jsonpointer import JsonPointer
from rapidfuzz.distance import Indel

MAX_NESTED_CHANGES = 200
"""More changes inside one key are shown as one change of the whole key."""
REWRITTEN_FRACTION = 0.6
"""A text in which more than this fraction of the words differs counts as rewritten."""
MAX_WORD_PAIRS = 100_000_000
"""Words of one text times words of the other that are compared at most (about 30 ms)."""
MAX_ITEM_PAIRS = 1_000_000
"""Items of one list times items of the other that are compared at most, from where they differ (50 ms)."""
LONG_TEXT = 200_000
"""Characters of both texts; of longer ones words are compared from the first to the last difference only."""

_TOKEN = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class KeyChange:
    """One value that was added, removed or changed."""

    path: tuple[str, ...]
    """The key, then keys and indexes inside it; an index is the one before the change for removals."""
    kind: str
    """added, removed, changed or moved."""
    old: Any = None
    new: Any = None
    source: tuple[str, ...] = ()
    """Of a value that moved: where it was before."""

    @property
    def key(self) -> str:
        """The path as people write it: `result.items[2]`."""
        return written(self.path)


@dataclass(frozen=True, slots=True)
class WordChange:
    """A piece of text that stayed, went or came."""

    kind: str
    """same, removed or added."""
    text: str
    is_rewrite: bool = False
    """True when so much differs that single words would only confuse."""


def written(path: tuple[str, ...]) -> str:
    """Return a path as people write it: `result.items[2]`."""
    first, *rest = path
    return first + "".join(f"[{part}]" if part.isdecimal() else f".{part}" for part in rest)


def diff_states(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[KeyChange, ...]:
    """Return the changes from one state's data (or meta) to another's, sorted by key."""
    changes: list[KeyChange] = []
    for key in sorted(set(old) | set(new)):
        if key not in new:
            changes.append(KeyChange((key,), "removed", old=old[key]))
        elif key not in old:
            changes.append(KeyChange((key,), "added", new=new[key]))
        elif not _is_same(old[key], new[key]):
            changes.extend(_inside(key, old[key], new[key]))
    return tuple(changes)


def diff_words(old: str, new: str) -> tuple[WordChange, ...]:
    """Return the new text word by word against the old one; a rewritten text is one removal, one addition."""
    if len(old) + len(new) > LONG_TEXT:
        return _diff_long(old, new)
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    head = _common(before, after)
    tail = _common(before[head:][::-1], after[head:][::-1])
    left, right = before[head : len(before) - tail], after[head : len(after) - tail]
    middle = _compared(left, right)
    changes = [
        WordChange("same", "".join(before[:head])),
        *middle,
        WordChange("same", "".join(before[len(before) - tail :])),
    ]
    words = _words(before) + _words(after)
    differing = sum(_words(_TOKEN.findall(change.text)) for change in middle if change.kind != "same")
    if differing > REWRITTEN_FRACTION * words and (head + tail or len(middle) > 1) and old and new:
        changes = [WordChange("removed", old, is_rewrite=True), WordChange("added", new, is_rewrite=True)]
    return tuple(change for change in changes if change.text)


def _diff_long(old: str, new: str) -> tuple[WordChange, ...]:
    shorter = min(len(old), len(new))
    head = _agreement(shorter, lambda count: old[:count] == new[:count])
    # A word that begins alike is one word.
    head = max(old.rfind(" ", 0, head), old.rfind("\n", 0, head)) + 1
    ends = len(old), len(new)
    tail = _agreement(shorter - head, lambda count: old[ends[0] - count :] == new[ends[1] - count :])
    space = old.find(" ", ends[0] - tail)
    tail = ends[0] - space if space >= 0 else 0
    left, right = old[head : ends[0] - tail], new[head : ends[1] - tail]
    differing = len(left) + len(right)
    if differing <= LONG_TEXT:
        middle = _compared(_TOKEN.findall(left), _TOKEN.findall(right))
        differing = sum(len(change.text) for change in middle if change.kind != "same")
    else:
        middle = [WordChange("removed", left), WordChange("added", right)]
    changes = [WordChange("same", old[:head]), *middle, WordChange("same", old[ends[0] - tail :])]
    if differing > REWRITTEN_FRACTION * sum(ends) and old and new:
        changes = [WordChange("removed", old, is_rewrite=True), WordChange("added", new, is_rewrite=True)]
    return tuple(change for change in changes if change.text)


def _agreement(most: int, is_same: Callable[[int], bool]) -> int:
    """Return the largest count up to `most` for which it still holds."""
    return bisect_left(range(1, most + 1), True, key=lambda count: not is_same(count))


def _is_too_long(old: Any, new: Any) -> bool:
    """Whether lists in two values would take too long to compare."""
    if old is new or type(old) is not type(new):
        return False
    if isinstance(old, dict):
        return any(_is_too_long(value, new[key]) for key, value in old.items() if key in new)
    if not isinstance(old, list):
        return False
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    pairs = (len(old) - head - tail) * (len(new) - head - tail)
    return pairs > MAX_ITEM_PAIRS or any(map(_is_too_long, old, new))


def _is_same(old: Any, new: Any) -> bool:
    if old is new:
        return True
    # To Python True equals 1; to a reader of JSON it does not.
    return type(old) is type(new) and bool(old == new)


def _inside(key: str, old: Any, new: Any) -> list[KeyChange]:
    whole = [KeyChange((key,), "changed", old, new)]
    if type(old) is not type(new) or not isinstance(old, dict | list):
        return whole
    if _is_too_long(old, new):
        return whole
    patch = jsonpatch.make_patch(old, new).patch
    if len(patch) > MAX_NESTED_CHANGES or any(step["path"] == "" for step in patch):
        return whole
    changes: list[KeyChange] = []
    document = deepcopy(old)
    for step in patch:
        # Each step speaks about the document as the steps before left it.
        changes.extend(_changed(key, step, document))
        document = jsonpatch.JsonPatch([step]).apply(document, in_place=True)
    return changes


def _changed(key: str, step: Mapping[str, Any], document: Any) -> list[KeyChange]:
    def path(pointer: str) -> tuple[str, ...]:
        return (key, *JsonPointer(pointer).parts)

    def value(pointer: str) -> Any:
        return deepcopy(JsonPointer(pointer).resolve(document))

    match step["op"]:
        case "add":
            return [KeyChange(path(step["path"]), "added", new=step["value"])]
        case "remove":
            return [KeyChange(path(step["path"]), "removed", old=value(step["path"]))]
        case "replace":
            return [KeyChange(path(step["path"]), "changed", value(step["path"]), step["value"])]
    moved = value(step["from"])
    return [KeyChange(path(step["path"]), "moved", moved, moved, path(step["from"]))]


def _common(left: list[Any], right: list[Any]) -> int:
    count = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        count += 1
    return count


def _compared(left: list[str], right: list[str]) -> list[WordChange]:
    if not left or not right or len(left) * len(right) > MAX_WORD_PAIRS:
        return [WordChange("removed", "".join(left)), WordChange("added", "".join(right))]
    changes: list[WordChange] = []
    removed = added = ""
    for step in Indel.opcodes(left, right):
        if step.tag == "equal":
            same = "".join(left[step.src_start : step.src_end])
            changes += (WordChange("removed", removed), WordChange("added", added), WordChange("same", same))
            removed = added = ""
        else:
            removed += "".join(left[step.src_start : step.src_end])
            added += "".join(right[step.dest_start : step.dest_end])
    changes += (WordChange("removed", removed), WordChange("added", added))
    return [change for change in changes if change.text]


def _words(tokens: list[str]) -> int:
    return sum(1 for token in tokens if not token.isspace())
