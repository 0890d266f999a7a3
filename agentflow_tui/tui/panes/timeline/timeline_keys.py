"""The timeline's keys, as plain data."""

from __future__ import annotations

from agentflow_tui.tui.keymap.key import Key

_IN_FOOTER = ("filter", "waterfall", "error-next")


def _key(name: str, keys: tuple[str, ...], action: str, tooltip: str, label: str = "") -> Key:
    return Key(
        id=f"timeline.{name}",
        keys=keys,
        action=action,
        label=label or name,
        tooltip=tooltip,
        in_palette=False,
        in_footer=name in _IN_FOOTER,
        group="Timeline",
    )


TIMELINE: tuple[Key, ...] = (
    _key("up", ("up", "k"), "move_line(-1)", "Look at the run one line earlier."),
    _key("down", ("down", "j"), "move_line(1)", "Look at the run one line later."),
    _key("earlier", ("left", "h"), "move_event(-1)", "Look at the run one event earlier."),
    _key("later", ("right", "l"), "move_event(1)", "Look at the run one event later."),
    _key(
        "agent-before",
        ("shift+left",),
        "jump('agent', -1)",
        "Go to the start of the agent run before.",
        "agent",
    ),
    _key(
        "agent-next", ("shift+right",), "jump('agent', 1)", "Go to the start of the next agent run.", "agent"
    ),
    _key(
        "iteration-before",
        ("ctrl+left",),
        "jump('iteration', -1)",
        "Go to the start of the iteration before.",
        "iteration",
    ),
    _key(
        "iteration-next",
        ("ctrl+right",),
        "jump('iteration', 1)",
        "Go to the start of the next iteration.",
        "iteration",
    ),
    _key("page-up", ("pageup", "ctrl+u"), "page(-1)", "Go one window up."),
    _key("page-down", ("pagedown", "ctrl+d"), "page(1)", "Go one window down."),
    _key("start", ("home", "g"), "start", "Look at the run before anything happened."),
    _key("newest", ("end", "G"), "newest", "Go to the newest event and follow the run."),
    _key("error-next", ("e",), "jump('error', 1)", "Go to the next error.", "next error"),
    _key("error-before", ("E",), "jump('error', -1)", "Go to the error before.", "error before"),
    _key("filter", ("slash",), "filter", "Show only some events: errors, agent:NAME, kind:NAME or any text."),
    _key(
        "errors",
        ("exclamation_mark",),
        "only_errors",
        "Show only errors, or everything again.",
        "errors only",
    ),
    _key("clear", ("escape",), "clear_filter", "Show all events again.", "all events"),
    _key("waterfall", ("w",), "waterfall", "Change between the list and bars over time."),
    _key(
        "zoom-in", ("plus", "equals_sign"), "zoom(1)", "In the waterfall: show less time, wider.", "zoom in"
    ),
    _key("zoom-out", ("minus",), "zoom(-1)", "In the waterfall: show more time, narrower.", "zoom out"),
    _key("yank-event", ("Y",), "yank_event", "Copy the event under the cursor as JSON.", "yank event"),
    _key("pager", ("v",), "open_pager", "Show the event under the cursor by itself, in full.", "view"),
)
