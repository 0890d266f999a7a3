"""A flow that four modes can run, and the ways through a race of them."""

from __future__ import annotations

from typing import Any

from textual.pilot import Pilot

from agentflow_tui.tui.dialogs.race_dialog import RaceDialog
from agentflow_tui.tui.screens.race_screen import RaceScreen
from tests.screen.desk import Desk, settle, until

RACE = """\
# Try it with: {"content": "cats are nice"}

[llm]
provider = "scripted"

[orchestration]
mode = "loop"
timeout_seconds = 300
max_iterations = 3
loop_agent = "improver"
sequential_agents = ["improver", "critic"]
collaborative_agents = ["improver", "critic"]

[orchestration.loop]
condition = "quality >= 9"

[agents.improver]
prompt = "Improve: {content}"
output = { content = "string", quality = "integer" }

[agents.critic]
prompt = "What is wrong with {content}?"

[providers.scripted]
seconds_per_word = 1

[providers.scripted.replies]
improver = [
  '{"content": "cats are very nice", "quality": 4}',
  '{"content": "cats are charming animals", "quality": 9}',
]
critic = ["It says nothing about [whiskers]."]
"""
MODES = ["collaborative", "sequential", "loop", "mixed"]


async def ask(pilot: Pilot[Any]) -> RaceDialog:
    await pilot.press("C")
    await settle(pilot)
    assert isinstance(pilot.app.screen, RaceDialog)
    return pilot.app.screen


async def start(pilot: Pilot[Any]) -> RaceScreen:
    await ask(pilot)
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, RaceScreen))
    assert isinstance(pilot.app.screen, RaceScreen)
    return pilot.app.screen


async def let_pass(desk: Desk, pilot: Pilot[Any], seconds: float) -> None:
    await desk.clock.advance(seconds)
    await settle(pilot)
    for screen in pilot.app.screen_stack:
        if isinstance(screen, RaceScreen):
            screen.show_newest()
    await settle(pilot)


async def ended(desk: Desk, pilot: Pilot[Any]) -> RaceScreen:
    screen = await start(pilot)
    await let_pass(desk, pilot, 100)
    assert screen.race.is_over
    return screen


def on_top(pilot: Pilot[Any]) -> RaceScreen:
    assert isinstance(pilot.app.screen, RaceScreen)
    return pilot.app.screen


def modes(screen: RaceScreen) -> list[str]:
    return [row.key[0] for row in screen.rows.rows]


def lines(screen: RaceScreen) -> list[str]:
    return [row.content.plain for row in screen.rows.rows]


def told(screen: RaceScreen) -> str:
    assert screen.chosen is not None
    return "\n".join(row.content.plain for row in screen.details.view_of(screen.chosen.mode).rows)
