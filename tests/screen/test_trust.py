"""Python code of a flow's folder: what the question says, and what the answers do."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from agentflow_tui.agents.user_code import UntrustedCodeError
from agentflow_tui.tui.dialogs.input_dialog import InputDialog
from agentflow_tui.tui.dialogs.not_ready_dialog import NotReadyDialog
from agentflow_tui.tui.dialogs.trust_dialog import TrustDialog
from tests.screen.desk import Desk, bench_of, is_on_top, status, until

FLOW = """\
# Try it with: {"message": "go"}
[orchestration]
mode = "sequential"
sequential_agents = ["step"]

[agents.step]
handler = "trusted_steps:step"
"""


def write(desk: Desk, answer: str) -> Path:
    file = desk.write(FLOW)
    code = f"async def step(event, state):\n    return {{'answer': {answer!r}}}\n"
    file.with_name("trusted_steps.py").write_text(code, encoding="utf-8")
    return file


async def start(pilot: Pilot[None]) -> None:
    """Run the flow with the input that it proposes."""
    await pilot.press("f5")
    await until(pilot, lambda: isinstance(pilot.app.screen, InputDialog | TrustDialog))
    if isinstance(pilot.app.screen, InputDialog):
        await pilot.press("enter")


async def asked(pilot: Pilot[None]) -> TrustDialog:
    """Wait for the question."""
    await until(pilot, lambda: isinstance(pilot.app.screen, TrustDialog) and pilot.app.screen.is_current)
    assert isinstance(pilot.app.screen, TrustDialog)
    return pilot.app.screen


async def test_code_runs_once_it_is_trusted(desk: Desk) -> None:
    file = write(desk, "one")
    async with desk.open(file) as pilot:
        await start(pilot)
        text = str((await asked(pilot)).body.content)
        assert str(file.parent) in text and "the file trusted_steps.py" in text
        await pilot.press("c")
        await until(pilot, lambda: is_on_top(pilot))
        assert not bench_of(pilot).desk.run_id
        await start(pilot)
        await asked(pilot)
        await pilot.press("t")
        await status(pilot, "completed")


async def test_code_that_changes_while_one_is_asked_is_asked_about_again(desk: Desk) -> None:
    async with desk.open(write(desk, "one")) as pilot:
        await start(pilot)
        first = await asked(pilot)
        write(desk, "two")
        await pilot.press("t")
        await until(pilot, lambda: pilot.app.screen is not first)
        await asked(pilot)
        await pilot.press("t")
        await status(pilot, "completed")
        assert bench_of(pilot).bridge.view.newest.state.data["answer"] == "two"


async def test_a_consent_that_cannot_be_kept_is_told(desk: Desk) -> None:
    (desk.folder / "trust.json").mkdir()
    async with desk.open(write(desk, "one")) as pilot:
        await start(pilot)
        await asked(pilot)
        await pilot.press("t")
        await until(pilot, lambda: isinstance(pilot.app.screen, NotReadyDialog))
        await pilot.press("r")
        await asked(pilot)
        await pilot.press("c")
        await until(pilot, lambda: is_on_top(pilot))
        assert not bench_of(pilot).desk.run_id


@pytest.mark.parametrize("letter", ["x", "\u6f22"])
async def test_no_name_hides_the_answers_or_reads_as_anything_else(desk: Desk, letter: str) -> None:
    folder = Path("/", "a\x1b[31mb\u202e\nIt is safe.", letter * 200, letter * 200)
    files = tuple(Path(f"{letter * 100}{number}.py") for number in range(5_000))
    async with desk.open(write(desk, "one"), (80, 24)) as pilot:
        dialog = TrustDialog(UntrustedCodeError(folder, files, ""))
        await pilot.app.push_screen(dialog)
        await asked(pilot)
        text = str(dialog.body.content)
        assert not set(text) & {"\x1b", "\u202e"}
        assert "\nIt is safe." not in text and "5000 files" in text
        for name in ("no", "yes"):
            button = dialog.query_one(f"#answer-{name}").region
            assert dialog.query_one(".dialog-frame").content_region.contains_region(button) and button.height
