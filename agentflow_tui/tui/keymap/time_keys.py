"""The keys of time travel in the workbench, as plain data."""

from __future__ import annotations

from functools import partial

from agentflow_tui.tui.keymap.key import Key

_time = partial(Key, group="Time travel")

TIME: tuple[Key, ...] = (
    _time(
        id="time.runs",
        keys=("r",),
        action="choose_run",
        label="runs",
        tooltip="List all stored runs: open, resume, compare, export or delete them.",
    ),
    _time(
        id="time.edit",
        keys=("x",),
        action="edit_state",
        label="edit state",
        tooltip="Change data and meta at the cursor and go on from there as a fork; the run stays as it is.",
    ),
    _time(
        id="time.input",
        keys=("D",),
        action="edit_event",
        label="edit input",
        tooltip="Change what the run was given and run it all again as a fork; the run stays as it is.",
    ),
    _time(
        id="time.fork",
        keys=("f",),
        action="fork",
        label="fork",
        tooltip="Go on from the cursor as a run of its own, with the flow that the run began with.",
    ),
    _time(
        id="time.rerun",
        keys=("R",),
        action="rerun",
        label="re-run",
        tooltip=(
            "Run again from the cursor on with the text in the editor, as a fork; at the end, all of it. "
            "Calls that did not change come from recordings."
        ),
    ),
    _time(
        id="time.answers",
        keys=("alt+r",),
        action="choose_answers",
        label="answers",
        tooltip=(
            "Choose where the next runs' answers come from, models or recordings, and at which speed "
            "recordings stream."
        ),
    ),
    _time(
        id="time.replay",
        keys=("P",),
        action="replay",
        label="replay",
        tooltip=(
            "Live the run again without calling anybody: the same history, or a report of the first "
            "difference."
        ),
    ),
    _time(
        id="time.test",
        keys=("alt+t",),
        action="save_test",
        label="save as test",
        tooltip=(
            "Keep this run as a test beside its flow: `agentflow-tui test` replays it with the flow of then "
            "and calls nobody."
        ),
    ),
)
