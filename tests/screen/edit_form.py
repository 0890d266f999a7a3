"""What is done over and over in the form in which the state at an event is edited."""

from __future__ import annotations

from typing import Any

from textual.pilot import Pilot
from textual.widgets import OptionList, Static, TextArea

from agentflow_tui.tui.dialogs.edit_dialog import EditDialog
from agentflow_tui.tui.screens.workbench_screen import WorkbenchScreen
from tests.screen.desk import run, settle, status


async def ran(pilot: Pilot[Any]) -> WorkbenchScreen:
    bench = await run(pilot, "space")
    await status(pilot, "completed")
    return bench


async def choose(pilot: Pilot[Any], dialog: EditDialog, name: str) -> None:
    dialog.query_one("#state-keys", OptionList).highlighted = dialog.names.index(name)
    await settle(pilot)


def value(dialog: EditDialog) -> TextArea:
    return dialog.query_one("#state-value", TextArea)


def shown(dialog: Any, name: str) -> str:
    return str(dialog.query_one(name, Static).render())
