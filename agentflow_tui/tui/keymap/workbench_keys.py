"""The keys of the workbench and of the whole program, as plain data."""

from __future__ import annotations

from functools import partial

from agentflow_tui.tui.keymap.control_keys import CONTROL
from agentflow_tui.tui.keymap.key import Key
from agentflow_tui.tui.keymap.mark_keys import MARKS
from agentflow_tui.tui.keymap.race_keys import RACE_MODES
from agentflow_tui.tui.keymap.swap_keys import SWAP
from agentflow_tui.tui.keymap.time_keys import TIME

_app = partial(Key, group="Everywhere")
_run = partial(Key, group="Run")
_history = partial(Key, group="History", in_footer=True)
_pane = partial(Key, group="Panes")
_file = partial(Key, group="File")

EVERYWHERE: tuple[Key, ...] = (
    _app(
        id="app.help",
        keys=("question_mark", "f1"),
        action="app.help",
        label="help",
        tooltip="Show the keys of the pane you are in.",
        in_footer=True,
    ),
    _app(
        id="app.palette",
        keys=("colon", "ctrl+p"),
        action="app.command_palette",
        label="commands",
        tooltip="Search all commands by name; `:q` quits, `:w` saves, `:e` opens.",
        in_footer=True,
        in_palette=False,
    ),
    _app(
        id="app.settings",
        keys=("f12",),
        action="app.open_settings",
        label="settings",
        tooltip="Change the settings; they are kept.",
    ),
    _app(
        id="app.theme",
        keys=("T",),
        action="app.change_theme",
        label="theme",
        tooltip="Choose a colour theme; the choice is kept.",
    ),
    _app(
        id="app.errors",
        keys=("alt+e",),
        action="app.show_errors",
        label="errors",
        tooltip="Show what went wrong, its log, and what is wrong in your settings, keys and themes.",
    ),
    _app(
        id="app.quit",
        keys=("ctrl+q",),
        is_priority=True,
        action="app.ask_to_quit",
        label="quit",
        tooltip="Leave; asks first when there is unsaved text or a live run.",
    ),
)

RUN: tuple[Key, ...] = (
    _run(
        id="run.toggle",
        keys=("space", "f5"),
        action="toggle_run",
        label="run/pause",
        tooltip="Run the flow, pause it after the agents that run (again: stop them), or let it go on.",
        in_footer=True,
    ),
    _run(
        id="run.step",
        keys=("s", "f8"),
        action="step",
        label="step",
        tooltip="Run exactly one agent, then pause.",
        in_footer=True,
    ),
    _run(
        id="run.iteration",
        keys=("S", "f9"),
        action="step_iteration",
        label="iteration",
        tooltip="Run to the end of this loop iteration or stage, then pause.",
        in_footer=True,
    ),
    _run(
        id="run.to_end",
        keys=("f10",),
        action="run_to_end",
        label="to the end",
        tooltip="Run to the next breakpoint, or else to the end.",
    ),
    _run(
        id="run.cancel",
        keys=("ctrl+c",),
        action="cancel_or_copy",
        label="cancel",
        tooltip="Copy the selected text; with none selected, cancel the run.",
    ),
    _run(
        id="run.back",
        keys=("escape",),
        action="back",
        label="cancel/back",
        tooltip="Leave the editor; elsewhere cancel the live run, or else close what is open.",
    ),
    _run(
        id="run.input",
        keys=("i",),
        action="edit_input",
        label="input",
        tooltip="Edit what the next run is given.",
    ),
)

HISTORY: tuple[Key, ...] = (
    _history(
        id="history.earlier",
        keys=("comma",),
        action="scrub(-1)",
        label="scrub",
        tooltip="Look at the run one event earlier.",
    ),
    _history(
        id="history.later",
        keys=("full_stop",),
        action="scrub(1)",
        label="scrub",
        tooltip="Look at the run one event later.",
    ),
    _history(
        id="history.follow",
        keys=("G", "end"),
        action="follow",
        label="follow",
        tooltip="Go to the newest event and follow the run again.",
        in_footer=False,
    ),
    _history(
        id="history.diff",
        keys=("d",),
        action="cycle_diff",
        label="diff",
        tooltip="Go through the inspector's views of what an agent changed.",
    ),
)

PANES: tuple[Key, ...] = (
    *(
        _pane(
            id=f"pane.{name}",
            keys=keys,
            action=f"show_pane('{name}')",
            label=name,
            tooltip=f"Go to the {name}.",
        )
        for name, keys in (
            ("editor", ("1",)),
            ("graph", ("2", "f2")),
            ("inspector", ("3", "f3")),
            ("timeline", ("4", "f4")),
        )
    ),
    _pane(
        id="pane.next",
        keys=("tab",),
        action="next_pane(1)",
        label="next pane",
        tooltip="Go to the next pane.",
    ),
    _pane(
        id="pane.previous",
        keys=("shift+tab",),
        action="next_pane(-1)",
        label="pane before",
        tooltip="Go to the pane before.",
    ),
    _pane(
        id="pane.zoom",
        keys=("z", "f11"),
        action="zoom",
        label="zoom",
        tooltip="Give this pane the whole window, or give it back; so does a double click on its title.",
    ),
    _pane(
        id="pane.larger",
        keys=("right_curly_bracket", "alt+right"),
        action="grow_pane(1)",
        label="larger",
        tooltip="Make this pane larger; dragging the edge between two panes does the same. Sizes are kept.",
    ),
    _pane(
        id="pane.smaller",
        keys=("left_curly_bracket", "alt+left"),
        action="grow_pane(-1)",
        label="smaller",
        tooltip="Make this pane smaller.",
    ),
    _pane(
        id="pane.usual",
        keys=("alt+0",),
        action="reset_panes",
        label="usual sizes",
        tooltip="Give all panes their usual sizes; so does a double click on an edge.",
    ),
    _pane(
        id="pane.jump",
        keys=("semicolon", "ctrl+o"),
        action="jump",
        label="jump",
        tooltip="Show a letter on every pane, tab and box; typing it goes there.",
    ),
    _pane(
        id="pane.metrics",
        keys=("t",),
        action="show_metrics",
        label="metrics",
        tooltip="Show how the agents did over all runs of this workbench: times, failures, tokens.",
    ),
    _pane(
        id="pane.write",
        keys=("W",),
        action="write_pane",
        label="write",
        tooltip="Write the text of this pane to a file.",
    ),
    _pane(
        id="pane.print",
        keys=("V",),
        action="print_pane",
        label="print",
        tooltip="Leave the screen for a moment and print this pane to the terminal, to copy there.",
    ),
)

FILE: tuple[Key, ...] = (
    _file(
        id="file.save", keys=("ctrl+s",), action="save", label="save", tooltip="Write the text to its file."
    ),
    _file(
        id="file.save_as",
        keys=("alt+s",),
        action="save_as",
        label="save as",
        tooltip="Write the text to another file and go on with that one.",
    ),
    _file(
        id="file.open",
        keys=("o",),
        action="app.open_gallery",
        label="open",
        tooltip="Open another flow: samples, recent files, this folder.",
    ),
    _file(
        id="file.yank",
        keys=("y",),
        action="yank",
        label="yank",
        tooltip="Copy what is selected in this pane to the clipboard.",
    ),
    _file(
        id="problem.next",
        keys=("alt+n",),
        action="next_problem(1)",
        label="next problem",
        tooltip="Go to the next problem in the text.",
    ),
    _file(
        id="problem.previous",
        keys=("alt+p",),
        action="next_problem(-1)",
        label="problem before",
        tooltip="Go to the problem before.",
    ),
    _file(
        id="file.line",
        keys=("ctrl+g",),
        action="go_to_line",
        label="go to line",
        tooltip="Go to a line of the text by its number.",
    ),
)

WORKBENCH: tuple[Key, ...] = (*RUN, *SWAP, *RACE_MODES, *CONTROL, *HISTORY, *TIME, *MARKS, *PANES, *FILE)
