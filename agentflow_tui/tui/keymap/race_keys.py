"""The keys of a race of modes, and of the dialog before it, as plain data."""

from __future__ import annotations

from functools import partial

from agentflow_tui.tui.keymap.key import Key

_race = partial(Key, group="Race")
_dialog = partial(Key, group="Dialogs", in_palette=False, is_priority=True)

RACE_MODES: tuple[Key, ...] = (
    Key(
        id="run.race",
        keys=("C",),
        action="race_modes",
        label="race modes",
        tooltip="Run the same input in several modes at once and compare them, or go back to that race.",
        group="Run",
    ),
)

RACE: tuple[Key, ...] = (
    _race(
        id="race.open",
        keys=("enter",),
        is_priority=True,
        action="open_lane",
        label="open",
        tooltip="Look at this mode's run in the workbench; the race goes on, `race modes` comes back to it.",
        in_footer=True,
    ),
    _race(
        id="race.mark",
        keys=("m",),
        action="mark_lane",
        label="mark",
        tooltip="Mark the run of this mode as A, a second one as B.",
        in_footer=True,
    ),
    _race(
        id="race.compare",
        keys=("c", "apostrophe"),
        action="compare_lanes",
        label="compare",
        tooltip="Compare the two marked runs, or the marked one with this one.",
        in_footer=True,
    ),
    _race(
        id="race.sort",
        keys=("s",),
        action="sort_lanes(1)",
        label="sort by",
        tooltip="Sort by the next column, the best first; a click on a column's title sorts by that one.",
        in_footer=True,
    ),
    _race(
        id="race.sort_before",
        keys=("S",),
        action="sort_lanes(-1)",
        label="sort before",
        tooltip="Sort by the column before.",
    ),
    _race(
        id="race.reverse",
        keys=("r",),
        action="reverse_lanes",
        label="reverse",
        tooltip="Turn the order round; so does a second click on the column's title.",
    ),
    _race(
        id="race.again",
        keys=("n",),
        action="race_again",
        label="new race",
        tooltip="Choose modes and input for another race with the text in the editor.",
        in_footer=True,
    ),
    _race(
        id="race.yank",
        keys=("y",),
        action="yank_output",
        label="yank",
        tooltip="Copy the whole output of this mode.",
    ),
    _race(
        id="race.cancel",
        keys=("ctrl+c",),
        action="cancel_race",
        label="cancel all",
        tooltip="Copy the selected text; with none selected, cancel every run of the race.",
        in_footer=True,
    ),
    _race(
        id="race.close",
        keys=("escape",),
        action="close_race",
        label="back",
        tooltip="Back to the workbench; asks what becomes of runs that go on.",
        in_footer=True,
    ),
)

RACE_DIALOG: tuple[Key, ...] = (
    _dialog(
        id="modes.start",
        keys=("f5", "ctrl+enter"),
        action="accept",
        label="start",
        tooltip="Start the race.",
    ),
    _dialog(
        id="modes.switch",
        keys=("space",),
        is_priority=False,
        action="switch",
        label="on/off",
        tooltip="Let the mode under the cursor take part, or leave it out.",
    ),
    _dialog(
        id="modes.input",
        keys=("f6",),
        action="edit_input",
        label="input",
        tooltip="Edit what every mode is given.",
    ),
)
