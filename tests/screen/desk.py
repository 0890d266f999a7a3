"""One app under test with everything around it isolated, and the words that tests use for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from agentflow_tui.agents.trust import Trust
from agentflow_tui.history.store import RunStore
from agentflow_tui.tui.app import AgentflowApp
from agentflow_tui.tui.screens.workbench_screen import WorkbenchScreen
from agentflow_tui.tui.settings import Settings
from agentflow_tui.workbench import Workbench
from tests.screen.hand_clock import HandClock

LOOP = """\
# When to choose it: a draft gets better with each round.
# Try it with: {"content": "cats are nice"}

[llm]
provider = "scripted"

[orchestration]
mode = "loop"
timeout_seconds = 300
max_iterations = 3
loop_agent = "improver"

[orchestration.loop]
condition = "quality >= 9"

[agents.improver]
prompt = "Improve: {content}"
output = { content = "string", quality = "integer" }

[providers.scripted]
answers = [
  '{"content": "cats are very nice", "quality": 4}',
  '{"content": "cats are very nice animals", "quality": 6}',
  '{"content": "cats are charming animals", "quality": 9}',
]
"""

CHAIN = """\
# Try it with: {"message": "hello"}

[llm]
provider = "scripted"

[orchestration]
mode = "sequential"
timeout_seconds = 300
sequential_agents = ["reader", "writer"]

[agents.reader]
prompt = "Read {message}"

[agents.writer]
prompt = "Write about {response}"

[providers.scripted]
answers = ["one two three", "four five six"]
"""

SLOW_LOOP = LOOP + "seconds_per_word = 1\n"
SLOW_CHAIN = CHAIN + "seconds_per_word = 1\n"


@dataclass
class Desk:
    """A folder of its own with an app in it."""

    folder: Path
    clock: HandClock = field(default_factory=HandClock)
    copied: list[str] = field(default_factory=list)
    env: dict[str, str] = field(default_factory=dict)

    @property
    def settings(self) -> Settings:
        return Settings(self.folder / "config", self.folder / "state")

    def write(self, text: str, name: str = "flow.toml") -> Path:
        path = self.folder / "work" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
        return path

    def workbench(self) -> Workbench:
        return Workbench(
            env=self.env,
            clock=self.clock,
            store=RunStore(self.folder / "runs.sqlite3"),
            trust=Trust(self.folder / "trust.json"),
        )

    def app(self, path: Path | None) -> AgentflowApp:
        (self.folder / "work").mkdir(exist_ok=True)
        return AgentflowApp(
            path,
            make_workbench=self.workbench,
            clock=self.clock,
            settings=self.settings,
            folder=self.folder / "work",
        )

    @asynccontextmanager
    async def open(self, path: Path | None, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Pilot[None]]:
        app = self.app(path)
        app.animation_level = "none"
        async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
            await settle(pilot)
            yield pilot
            assert app.problems == []


def bench_of(pilot: Pilot[Any]) -> WorkbenchScreen:
    """The workbench on the screen, or below a dialog."""
    return next(screen for screen in pilot.app.screen_stack if isinstance(screen, WorkbenchScreen))


def is_on_top(pilot: Pilot[Any]) -> bool:
    """Whether no dialog lies over the workbench."""
    return isinstance(pilot.app.screen, WorkbenchScreen)


async def settle(pilot: Pilot[Any]) -> None:
    """Let everything that is ready happen, and let the bridge publish it."""
    for _ in range(3):
        await pilot.pause()
        for _ in range(20):
            await asyncio.sleep(0)
    for screen in pilot.app.screen_stack:
        if isinstance(screen, WorkbenchScreen):
            screen.bridge.drain()
    await pilot.pause()


async def until(pilot: Pilot[Any], holds: Callable[[], bool]) -> None:
    """Wait for what workers and threads do on real time; fails after ten seconds."""
    for _ in range(500):
        await pilot.pause(0.02)
        if holds():
            await settle(pilot)
            return
    raise AssertionError("it never came true")


async def run(pilot: Pilot[Any], key: str) -> WorkbenchScreen:
    """Start with a key, take the proposed input, and wait until the run stands or is over."""
    bench = bench_of(pilot)
    await pilot.press(key)
    await settle(pilot)
    if pilot.app.screen is not bench:
        await pilot.press("enter")
    await until(pilot, lambda: bench.desk.run is not None and not bench.desk.is_starting)
    return bench


async def status(pilot: Pilot[Any], wanted: str) -> None:
    """Wait until the run has a status."""
    bench = bench_of(pilot)
    await until(pilot, lambda: bench.bridge.view.newest.status == wanted)


def still_cursors(patch: Any) -> None:
    """Keep cursors from blinking."""
    patch.setattr(Input, "cursor_blink", False)
    patch.setattr(TextArea, "cursor_blink", False)
