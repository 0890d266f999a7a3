"""The finer keys on a run that is live: how far it goes, and which parts of it go on; plain data."""

from __future__ import annotations

from functools import partial

from agentflow_tui.tui.keymap.key import Key

_run = partial(Key, group="Run")

CONTROL: tuple[Key, ...] = (
    _run(
        id="run.over",
        keys=("O",),
        action="step_over",
        label="step over",
        tooltip="Run one agent, or a whole parallel phase to its end, then pause.",
    ),
    _run(
        id="run.stage",
        keys=("U",),
        action="step_stage",
        label="stage",
        tooltip="Run to the end of this or the next stage, loops and phases in it included, then pause.",
    ),
    _run(
        id="run.to_here",
        keys=("greater_than_sign",),
        action="run_to_here",
        label="run to here",
        tooltip="Run until the selected node, or the event under the timeline's cursor, comes next.",
    ),
    _run(
        id="run.hold",
        keys=("H",),
        action="hold",
        label="hold",
        tooltip="Let the selected branch start no further agent while the others go on; again releases it.",
    ),
    _run(
        id="run.cancel_agent",
        keys=("K",),
        action="cancel_agent",
        label="stop agent",
        tooltip="Stop only the selected agent: it counts as failed, and the flow deals with that.",
    ),
)
