"""The key views at three sizes in each of our themes; all states of the graph and of runs are in sight."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from textual.pilot import Pilot

from agentflow_tui.history.run_summary import RunSummary
from agentflow_tui.tui.screens.runs_screen import RunsScreen
from tests.pictures.flows import ROUNDS, STATES
from tests.pictures.picture import Picture
from tests.pictures.screenshot import Screenshot
from tests.pictures.test_pictures import SIZES
from tests.screen.desk import Desk, bench_of, is_on_top, run, settle, status, until

Show = Callable[[Desk, Pilot[Any]], Awaitable[None]]
STORED = [
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
    for number, state in enumerate(("completed", "failed", "cancelled", "unfinished", "completed"))
]


def _set_up(desk: Desk, theme: str = "agentflow-dark") -> None:
    desk.settings.file.parent.mkdir(parents=True, exist_ok=True)
    desk.settings.file.write_text(f'theme = "{theme}"\nanimation = "none"\n', encoding="utf-8")


async def _stand_in_the_middle(desk: Desk, pilot: Pilot[Any]) -> None:
    """One agent is done, one failed, one works, one is to come, and one was not chosen."""
    bench = await run(pilot, "space")
    await desk.clock.advance(9)
    await status(pilot, "running")
    states = {node.status for node in bench.bridge.view.newest.nodes.values()}
    assert states >= {"completed", "failed", "running"}
    pilot.app.clear_notifications()


async def _be_over(desk: Desk, pilot: Pilot[Any]) -> None:
    await run(pilot, "space")
    await desk.clock.advance(60)
    await status(pilot, "completed")
    pilot.app.clear_notifications()


async def _waterfall(desk: Desk, pilot: Pilot[Any]) -> None:
    await _stand_in_the_middle(desk, pilot)
    await pilot.press("4", "w")


async def _as_it_ran(desk: Desk, pilot: Pilot[Any]) -> None:
    await _be_over(desk, pilot)
    await pilot.press("2", "u", "z")
    # How far it followed what ran depends on the frames that there was time for.
    bench_of(pilot).graph.scroll_to(0, 0, animate=False, force=True)


async def _diff(desk: Desk, pilot: Pilot[Any]) -> None:
    """Show what the writer changed in the last iteration."""
    await _be_over(desk, pilot)
    bridge = bench_of(pilot).bridge
    bridge.look_at([event.seq for event in bridge.view.history if event.kind == "agent_completed"][-2])
    await pilot.press("3", "d")


async def _lens(desk: Desk, pilot: Pilot[Any]) -> None:
    await _be_over(desk, pilot)
    await pilot.press("3", "h", "z")


async def _metrics(desk: Desk, pilot: Pilot[Any]) -> None:
    await _be_over(desk, pilot)
    await _open(pilot, "t")


async def _runs(_desk: Desk, pilot: Pilot[Any]) -> None:
    await pilot.press("r")
    await until(pilot, lambda: isinstance(pilot.app.screen, RunsScreen))
    screen = pilot.app.screen
    assert isinstance(screen, RunsScreen)
    await until(pilot, lambda: bool(screen.query("#runs-list")) and len(screen.rows.rows) == len(STORED))
    await pilot.press("j")


async def _input(_desk: Desk, pilot: Pilot[Any]) -> None:
    await _open(pilot, "i")


async def _help(_desk: Desk, pilot: Pilot[Any]) -> None:
    await _open(pilot, "question_mark")


async def _open(pilot: Pilot[Any], key: str) -> None:
    await pilot.press(key)
    await settle(pilot)
    assert not is_on_top(pilot)


@pytest.mark.parametrize(
    ("flow", "show"),
    [
        pytest.param(STATES, _stand_in_the_middle, id="workbench"),
        pytest.param(STATES, _waterfall, id="waterfall"),
        pytest.param(ROUNDS, _as_it_ran, id="as-it-ran"),
        pytest.param(ROUNDS, _diff, id="diff"),
        pytest.param(ROUNDS, _lens, id="lens"),
        pytest.param(ROUNDS, _metrics, id="metrics"),
        pytest.param(ROUNDS, _runs, id="runs"),
        pytest.param(ROUNDS, _input, id="input"),
        pytest.param(ROUNDS, _help, id="help"),
    ],
)
async def test_a_key_view(
    desk: Desk, screenshot: Screenshot, flow: str, show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def found(_which: object = None) -> list[RunSummary]:
        return STORED

    _set_up(desk)
    async with desk.open(desk.write(flow, "quality_loop.toml"), SIZES[0]) as pilot:
        monkeypatch.setattr(bench_of(pilot).workbench.archive, "runs", found)
        await show(desk, pilot)
        await screenshot.in_each_theme(pilot, SIZES)


async def test_a_theme_looks_the_same_from_the_start_and_put_on_later(desk: Desk) -> None:
    flow, seen = desk.write(STATES, "letters.toml"), []
    for first in ("high-contrast-light", "agentflow-dark"):
        _set_up(desk, first)
        async with desk.open(flow) as pilot:
            assert pilot.app.theme == first
            await _stand_in_the_middle(desk, pilot)
            pilot.app.theme = "high-contrast-light"
            await settle(pilot)
            seen.append(str(Picture(pilot)))
    assert seen[0] == seen[1]
