"""The key views in each of our themes; every state of the graph and of the runs is in sight."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest
from textual.pilot import Pilot

from agentflow_tui.history.run_summary import RunSummary
from agentflow_tui.resources import resource_folder
from agentflow_tui.tui.screens.runs_screen import RunsScreen
from tests.pictures.conftest import Screenshot
from tests.screen.desk import LOOP, Desk, bench_of, run, status, until

THEMES = sorted(path.stem for path in resource_folder("themes").glob("*.toml"))
FOR_FEWER_COLOURS = [name for name in THEMES if not name.startswith("agentflow-")]
USUAL = (120, 40)
STATES = """\
# Try it with: {"content": "cats are nice", "kind": "letter"}

[llm]
provider = "scripted"

[orchestration]
mode = "mixed"
timeout_seconds = 300
retry_attempts = 0

[[orchestration.mixed.stages]]
name = "reading"
mode = "parallel"

[[orchestration.mixed.stages.branches]]
name = "facts"
mode = "sequential"
agents = ["reader"]

[[orchestration.mixed.stages.branches]]
name = "numbers"
mode = "sequential"
agents = ["counter"]
required = false

[[orchestration.mixed.stages]]
name = "writing"

[[orchestration.mixed.stages.choices]]
name = "blog"
when = "kind == 'blog'"
mode = "sequential"
agents = ["blogger"]

[[orchestration.mixed.stages.choices]]
name = "letter"
otherwise = true
mode = "sequential"
agents = ["writer", "sender"]

[agents.reader]
prompt = "Read {content}"
[agents.counter]
prompt = "Count {content}"
output = { count = "integer" }
[agents.blogger]
prompt = "Blog about {content}"
[agents.writer]
prompt = "Write about {reader_response}"
[agents.sender]
prompt = "Send {writer_response}"

[providers.scripted]
answers = ["cats purr when all is well"]
seconds_per_word = 1
"""


def _choose(desk: Desk, theme: str) -> None:
    desk.settings.file.parent.mkdir(parents=True)
    desk.settings.file.write_text(f'theme = "{theme}"\nanimation = "none"\n', encoding="utf-8")


async def _stand_in_the_middle(desk: Desk, pilot: Pilot[Any]) -> None:
    """One agent is done, one failed, one works, one is to come, and one was not chosen."""
    bench = await run(pilot, "space")
    await desk.clock.advance(9)
    await status(pilot, "running")
    states = {node.status for node in bench.bridge.view.newest.nodes.values()}
    assert states >= {"completed", "failed", "running"}
    pilot.app.clear_notifications()


@pytest.mark.parametrize(
    ("theme", "size"),
    [(name, USUAL) for name in THEMES] + list(product(FOR_FEWER_COLOURS, [(80, 24), (200, 60)])),
    ids=str,
)
async def test_a_run_in_the_middle(
    desk: Desk, screenshot: Screenshot, theme: str, size: tuple[int, int]
) -> None:
    _choose(desk, theme)
    async with desk.open(desk.write(STATES, "letters.toml"), size) as pilot:
        assert pilot.app.theme == theme
        await _stand_in_the_middle(desk, pilot)
        await screenshot(pilot, f"{theme}_{size[0]}x{size[1]}")
        if size == USUAL:
            await pilot.press("4", "w")
            await screenshot(pilot, f"{theme}_waterfall")


@pytest.mark.parametrize("theme", THEMES)
async def test_what_changed_and_all_runs(
    desk: Desk, screenshot: Screenshot, theme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = _runs()

    async def found(_which: object = None) -> list[RunSummary]:
        return runs

    _choose(desk, theme)
    async with desk.open(desk.write(LOOP, "quality_loop.toml")) as pilot:
        await run(pilot, "space")
        await status(pilot, "completed")
        await pilot.press("3", "d")
        await screenshot(pilot, f"{theme}_diff")
        monkeypatch.setattr(bench_of(pilot).workbench.archive, "runs", found)
        await pilot.press("r")
        await until(pilot, lambda: isinstance(pilot.app.screen, RunsScreen))
        screen = pilot.app.screen
        assert isinstance(screen, RunsScreen)
        await until(pilot, lambda: len(screen.rows.rows) == len(runs))
        await pilot.press("j")
        await screenshot(pilot, f"{theme}_runs")


def _runs() -> list[RunSummary]:
    states = ("completed", "failed", "cancelled", "unfinished", "completed")
    return [
        RunSummary(
            f"{number:08d}-0000-4000-8000-000000000000",
            "quality_loop",
            "loop",
            datetime(2026, 1, 2, 9, number, tzinfo=UTC).isoformat(),
            state,
            "the model is gone" if state == "failed" else "",
            40 + number,
            tags=("gold",) if number == 0 else (),
            duration=12.0 + number,
            prompt_tokens=1200,
            completion_tokens=340,
            size=18_000,
        )
        for number, state in enumerate(states)
    ]
