"""Names that a flow file can hold and that are hard to measure."""

from __future__ import annotations

from agentflow_tui.plan.node import Chain, Choice, Fan, Loop, Node, Option, Stage, Step

HARD_TEXTS = {
    "unassigned": "\u0e5c",
    "unassigned among wide ones": "\U0002fffd\U0003fffd",
    "not a character": "\uffff\U0010ffff",
    "private": "\ue000\U000f0000",
    "new in Unicode 15": "\U0001fae8\u0cf3",
    "new in Unicode 16": "\u2630\U0001fae9\u0897",
    "mark at the start": "\u0301ab",
    "marks alone": "\u0301\u0323",
    "mark behind a blank": "ab \u0301 cd",
    "mark behind a sign": "aaaa-\u0338bbbb/\u0301cccc",
    "many marks": "Z" + "\u0300\u0321\u20dd" * 12 + "algo",
    "composed of two": "e\u0301te\u0301 A\u030angstro\u0308m",
    "spacing marks": "\u0938\u092e\u093e\u091a\u093e\u0930",
    "joined family": "\U0001f468\u200d\U0001f469\u200d\U0001f467 team",
    "joiner at the start": "\u200d\u200dab",
    "rainbow flag": "\U0001f3f3\ufe0f\u200d\U0001f308",
    "sign as emoji": "\u26a0\ufe0f hot \u2764\ufe0f",
    "selectors alone": "\ufe0f\ufe0e",
    "selector at the start": "\ufe0f\u0301a",
    "key cap": "1\ufe0f\u20e3 first",
    "skin tone": "\U0001f44d\U0001f3fd ok",
    "skin tone alone": "\U0001f3fd",
    "wide": "\u754c\u754c\u754c\u754c\u754c\u754c\u754c\u754c\u754c",
    "wide and narrow": "a\u754cb\u754cc\u754cd\u754ce\u754c",
    "wide with marks": "\u754c\u0301\u754c\u0301\u304b\u3099\u754c\u0301",
    "full-width": "\uff21\uff22\uff23\u3000\uff24",
    "half-width voiced": "\uff76\uff9e\uff8a\uff9f",
    "Hangul": "\ud55c\uad6d\uc5b4",
    "Hangul letters": "\u1112\u1161\u11ab\u1100\u116e\u11a8",
    "old Hangul letters": "\ua960\ud7b0\ud7cb",
    "Hangul vowel at the start": "\u1161\u11a8",
    "Hangul fillers": "\u3164\u115f\u1160\uffa0",
    "flag": "\U0001f1eb\U0001f1f7\U0001f1ea",
    "tags": "\U0001f3f4\U000e0067\U000e0062\U000e007f",
    "never drawn": "\u034f\u17b4\U000e0fff\U0001d173\ufff0",
    "right to left": "\u05e9\u05b8\u05dc\u05d5\u05b9\u05dd \u0633\u064e\u0644\u0627\u0645",
    "controls": "a\x1b[31m\r\nb\tc\x7f\x85\u2028\u202e",
}
"""By what is hard about them."""


def everywhere(text: str) -> Node:
    """A plan in which each kind of node, and an option's label, has the text."""
    wide = Choice("r/w", text, tuple(Option(text, Step(f"r/w/{place}", text)) for place in range(9)))
    ways = (Option(text, Step("r/c/a", "a")), Option(f"{text} {text}", Step("r/c/b", text)))
    fan = Fan("r/f", text, (Step("r/f/a", text), Step("r/f/b", "b")))
    choice = Choice("r/c", text, ways)
    return Chain(
        "r", text, (wide, choice, Loop("r/l", text, fan), Stage("r/s", text, 1, Step("r/s/a", text)))
    )
