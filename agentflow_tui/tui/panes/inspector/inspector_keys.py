"""The inspector's keys, as plain data."""

from __future__ import annotations

from agentflow_tui.tui.keymap.key import Key

_IN_FOOTER = ("search", "pager", "mark")


def _key(name: str, keys: tuple[str, ...], action: str, label: str, tooltip: str) -> Key:
    return Key(
        id=f"inspector.{name}",
        keys=keys,
        action=action,
        label=label,
        tooltip=tooltip,
        in_palette=False,
        in_footer=name in _IN_FOOTER,
        group="Inspector",
    )


INSPECTOR: tuple[Key, ...] = (
    _key(
        "next",
        ("right", "l"),
        "show_tab(1)",
        "next tab",
        "Show the next of State, Diff, Output, Calls, Writers and Loop.",
    ),
    _key("previous", ("left", "h"), "show_tab(-1)", "previous tab", "Show the tab before."),
    _key("search", ("slash",), "search", "search", "Search for a key or a text in this tab."),
    _key("found", ("n",), "seek(1)", "next found", "Go to the next place that was found."),
    _key("found-before", ("N",), "seek(-1)", "found before", "Go to the place before that was found."),
    _key("end-search", ("escape",), "end_search", "end search", "Close the search."),
    _key("yank-path", ("Y",), "yank_path", "yank path", "Copy the path of the key under the cursor."),
    _key("yank-json", ("J",), "yank_json", "yank JSON", "Copy the value under the cursor as JSON."),
    _key("pager", ("v",), "open_pager", "view", "Show the value under the cursor by itself, in full."),
    _key("mark", ("m",), "mark", "mark", "Mark the state at the cursor, to compare others with it."),
    _key(
        "writer-before",
        ("left_square_bracket",),
        "walk(-1)",
        "writer before",
        "Go to the moment when the key under the cursor was written before.",
    ),
    _key(
        "writer-next",
        ("right_square_bracket",),
        "walk(1)",
        "next writer",
        "Go to the moment when the key under the cursor was written next.",
    ),
    _key("column", ("c",), "next_column", "next column", "Go to the next of the texts side by side."),
)
