from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest
from textual import events
from textual.widgets import Static

from agentflow_tui.tui import app as app_module
from agentflow_tui.tui.app import AgentflowApp
from agentflow_tui.tui.screens.opening_screen import OpeningScreen, _first_lines
from tests.screen.desk import LOOP, Desk, bench_of, is_on_top, settle, until


@pytest.mark.parametrize(("size", "shown"), [((140, 42), 4), ((80, 24), 2), ((50, 24), 1)])
async def test_frames_and_text_come_before_the_workbench_and_keys_wait_for_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], shown: int
) -> None:
    monkeypatch.setattr(app_module, "_WORKBENCH_SCREEN", "not loaded yet")
    seen: list[tuple[str, str, list[str]]] = []
    open_first = AgentflowApp._open_first

    async def look_and_type(app: AgentflowApp) -> None:
        assert isinstance(app.screen, OpeningScreen)
        frames = [pane for pane in app.screen.query(".pane") if pane.display and pane.size.width > 10]
        texts = (app.screen.query_one(f"#{name}", Static).content for name in ("status", "editor"))
        seen.append((*map(str, texts), [str(frame.border_title) for frame in frames]))  # type: ignore[arg-type]
        for key in ("3", "1"):
            await app.on_event(events.Key(key, key))
        await open_first(app)

    monkeypatch.setattr(AgentflowApp, "_open_first", look_and_type)
    async with desk.open(desk.write(LOOP), size) as pilot:
        await until(pilot, lambda: is_on_top(pilot))
        await until(pilot, lambda: bench_of(pilot).layout_of_panes.current == "editor")
        await settle(pilot)
        assert len(pilot.app.screen_stack) == 2
    [(status, text, titles)] = seen
    assert status.startswith("flow.toml")
    assert text.splitlines()[:3] == LOOP.splitlines()[:3]
    assert len(titles) == shown
    assert "2 GRAPH" in titles


async def test_a_file_that_is_not_there_opens_as_before(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_module, "_WORKBENCH_SCREEN", "not loaded yet")
    async with desk.open(desk.write(LOOP).with_name("none.toml")) as pilot:
        await until(pilot, lambda: is_on_top(pilot))
        assert bench_of(pilot).editor.text == ""


def test_a_line_without_end_is_not_read_whole(tmp_path: Path) -> None:
    file = tmp_path / "flow.toml"
    file.write_bytes(b"x" * 20_000_000)
    tracemalloc.start()
    try:
        assert _first_lines(file) == "x" * 200
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()
