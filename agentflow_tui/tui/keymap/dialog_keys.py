"""The keys of the gallery and of the dialogs, as plain data."""

from __future__ import annotations

from functools import partial

from agentflow_tui.tui.keymap.key import Key

_gallery = partial(Key, group="Gallery")
_dialog = partial(Key, group="Dialogs", in_palette=False)

GALLERY: tuple[Key, ...] = (
    _gallery(
        id="gallery.open",
        keys=("enter",),
        is_priority=True,
        action="open_chosen",
        label="open",
        tooltip="Open the chosen flow in the workbench.",
        in_footer=True,
    ),
    _gallery(id="gallery.down", keys=("j",), action="move(1)", label="down", tooltip="Next flow."),
    _gallery(id="gallery.up", keys=("k",), action="move(-1)", label="up", tooltip="Flow before."),
    _gallery(
        id="gallery.file",
        keys=("o",),
        action="ask_for_file",
        label="open a file",
        tooltip="Open a flow by the path of its file.",
        in_footer=True,
    ),
    _gallery(
        id="gallery.close",
        keys=("escape",),
        action="close",
        label="back",
        tooltip="Back to the flow that is open.",
        in_footer=True,
    ),
    _gallery(
        id="gallery.quit",
        keys=("q",),
        action="app.ask_to_quit",
        label="quit",
        tooltip="Leave the program; asks first when something would be lost.",
        in_footer=True,
    ),
)

DIALOG: tuple[Key, ...] = (
    _dialog(
        id="dialog.leave",
        keys=("escape",),
        action="leave",
        label="close",
        tooltip="Close without an answer.",
        in_footer=True,
    ),
    _dialog(
        id="dialog.copy",
        keys=("ctrl+c",),
        action="copy_selection",
        label="copy",
        tooltip="Copy the selected text.",
    ),
)

HELP: tuple[Key, ...] = (
    _dialog(
        id="help.close",
        keys=("question_mark", "f1", "q"),
        action="leave",
        label="close",
        tooltip="Close the help.",
    ),
    _dialog(id="help.down", keys=("j",), action="scroll_down", label="down", tooltip="Scroll the help down."),
    _dialog(id="help.up", keys=("k",), action="scroll_up", label="up", tooltip="Scroll the help up."),
)

INPUT: tuple[Key, ...] = (
    _dialog(
        id="input.run",
        keys=("f5", "ctrl+enter"),
        is_priority=True,
        action="accept",
        label="run",
        tooltip="Run with this input.",
    ),
    _dialog(
        id="input.earlier",
        keys=("up",),
        action="recall(-1)",
        label="earlier",
        tooltip="Take an earlier input of this flow.",
    ),
    _dialog(
        id="input.later",
        keys=("down",),
        action="recall(1)",
        label="later",
        tooltip="Take a later input of this flow.",
    ),
    _dialog(
        id="input.json",
        keys=("f6",),
        is_priority=True,
        action="toggle_json",
        label="JSON",
        tooltip="Write the data as JSON, or in fields.",
    ),
    _dialog(
        id="input.load",
        keys=("f7",),
        is_priority=True,
        action="load",
        label="load",
        tooltip="Take the data from a JSON file.",
    ),
    _dialog(
        id="input.outside",
        keys=("f8",),
        is_priority=True,
        action="edit_outside",
        label="$EDITOR",
        tooltip="Give the text of the field to your own editor: $VISUAL, $EDITOR, else nano or vi.",
    ),
)

EDIT: tuple[Key, ...] = (
    _dialog(
        id="edit.accept",
        keys=("ctrl+s", "f5"),
        is_priority=True,
        action="accept",
        label="fork",
        tooltip="Fork with the changed values.",
    ),
    _dialog(
        id="edit.take_back",
        keys=("f4",),
        is_priority=True,
        action="take_back",
        label="take back",
        tooltip="Forget the edit of the value that is shown; in JSON all edits.",
    ),
    _dialog(
        id="edit.json",
        keys=("f6",),
        is_priority=True,
        action="toggle_json",
        label="JSON",
        tooltip="Write the whole state as JSON, or one value at a time.",
    ),
    _dialog(
        id="edit.outside",
        keys=("f8",),
        is_priority=True,
        action="edit_outside",
        label="$EDITOR",
        tooltip="Give the text to your own editor: $VISUAL, $EDITOR, else nano or vi.",
    ),
)

NOT_READY: tuple[Key, ...] = (
    _dialog(
        id="notready.retry",
        keys=("r",),
        action="retry",
        label="try again",
        tooltip="Try to start the run again.",
    ),
    _dialog(
        id="notready.yank",
        keys=("y",),
        action="yank",
        label="copy all",
        tooltip="Copy the text to the clipboard.",
    ),
)

PAGER: tuple[Key, ...] = (
    _dialog(id="pager.yank", keys=("y",), action="yank", label="copy all", tooltip="Copy all of the text."),
    _dialog(id="pager.close", keys=("q", "v"), action="leave", label="close", tooltip="Close the text."),
)

JUMP: tuple[Key, ...] = (
    _dialog(id="jump.leave", keys=("escape",), action="leave", label="stay", tooltip="Stay where you are."),
)

SETTINGS: tuple[Key, ...] = (
    _dialog(
        id="settings.keep",
        keys=("ctrl+s",),
        is_priority=True,
        action="keep",
        label="keep",
        tooltip="Keep these settings.",
    ),
)
