"""The keys of the editor, its list of problems and its search bar, as plain data."""

from __future__ import annotations

from functools import partial

from agentflow_tui.tui.keymap.key import Key

_editor = partial(Key, group="Editor")
_problems = partial(Key, group="Problems", in_palette=False)
_find = partial(Key, group="Find", in_palette=False)

EDITOR: tuple[Key, ...] = (
    _editor(
        id="editor.find",
        keys=("ctrl+f",),
        action="screen.find",
        label="find",
        tooltip="Search in the text, then go from place to place.",
        in_footer=True,
    ),
    _editor(
        id="editor.undo",
        keys=("ctrl+z",),
        action="undo",
        label="undo",
        tooltip="Take back the last change of the text.",
        in_footer=True,
    ),
    _editor(
        id="editor.redo",
        keys=("ctrl+y",),
        action="redo",
        label="redo",
        tooltip="Do again what undo took back.",
    ),
    _editor(
        id="editor.start",
        keys=("ctrl+home",),
        action="go_to_start",
        label="start",
        tooltip="Go to the start of the text.",
    ),
    _editor(
        id="editor.end",
        keys=("ctrl+end",),
        action="go_to_end",
        label="end",
        tooltip="Go to the end of the text.",
    ),
)

PROBLEMS: tuple[Key, ...] = (
    _problems(
        id="problems.next",
        keys=("n", "j"),
        action="cursor_down",
        label="next",
        tooltip="Next problem in the list.",
    ),
    _problems(
        id="problems.previous",
        keys=("N", "k"),
        action="cursor_up",
        label="previous",
        tooltip="Problem before in the list.",
    ),
    _problems(
        id="problems.go",
        keys=("enter",),
        action="select",
        label="go there",
        tooltip="Put the cursor where the problem is.",
    ),
)

FIND: tuple[Key, ...] = (
    _find(
        id="find.next",
        keys=("n", "enter", "f3"),
        action="seek(True)",
        label="next",
        tooltip="Next place.",
        in_footer=True,
    ),
    _find(
        id="find.previous",
        keys=("N",),
        action="seek(False)",
        label="previous",
        tooltip="Place before.",
        in_footer=True,
    ),
    _find(
        id="find.edit",
        keys=("slash", "ctrl+f"),
        action="edit",
        label="change",
        tooltip="Change what is searched.",
    ),
    _find(
        id="find.close",
        keys=("escape",),
        action="close",
        label="close",
        tooltip="Back to the text.",
        in_footer=True,
    ),
)
