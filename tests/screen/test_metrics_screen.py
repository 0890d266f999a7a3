"""The metrics: numbers, order, growth and what they cost."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from agentflow_tui.history import event as ev
from agentflow_tui.history.delta import Delta
from agentflow_tui.telemetry.agent_metrics import AgentMetrics
from agentflow_tui.tui.commands import Commands
from agentflow_tui.tui.dialogs.help_dialog import HelpDialog, key_table
from agentflow_tui.tui.screens.metrics_columns import COLUMNS, LONGEST_NAME
from agentflow_tui.tui.screens.metrics_screen import MetricsScreen
from agentflow_tui.tui.session_metrics import SessionMetrics
from tests.screen.desk import CHAIN, LOOP, SLOW_CHAIN, Desk, bench_of, is_on_top, run, settle, status


def _started(agent: str) -> ev.HistoryEvent:
    return ev.AgentStarted(seq=0, at=0.0, path=agent, agent=agent)


def _completed(agent: str, duration: float) -> ev.HistoryEvent:
    return ev.AgentCompleted(seq=0, at=1.0, path=agent, agent=agent, delta=Delta(), duration=duration)


async def _open(pilot: Pilot[Any]) -> MetricsScreen:
    await pilot.press("t")
    await settle(pilot)
    assert isinstance(pilot.app.screen, MetricsScreen)
    return pilot.app.screen


def _rows(screen: MetricsScreen) -> list[dict[str, str]]:
    rows = [screen.table.get_row_at(place) for place in range(screen.table.row_count)]
    keys = [column.key for column in COLUMNS]
    return [dict(zip(keys, (cell.plain for cell in row), strict=True)) for row in rows]


def _text(screen: MetricsScreen, name: str) -> str:
    return str(screen.query_one(name, Static).content)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (50, 12)])
async def test_before_the_first_run_it_says_how_to_get_numbers(desk: Desk, size: tuple[int, int]) -> None:
    async with desk.open(desk.write(LOOP), size) as pilot:
        screen = await _open(pilot)
        assert "press space" in _text(screen, "#metrics-empty") and screen.query_one("#metrics-empty").display
        assert not screen.table.display and "0 runs" in _text(screen, "#metrics-title")
        await pilot.press("s", "S", "r", "j", "k", "escape")
        await settle(pilot)
        assert is_on_top(pilot)


async def test_it_counts_all_runs_of_the_workbench(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        for count in (1, 2):
            await run(pilot, "space")
            await status(pilot, "completed")
            screen = await _open(pilot)
            [row] = _rows(screen)
            assert row["agent"] == "improver" and row["runs"] == str(3 * count) and row["ok"] == "100%"
            assert len(row["last"]) == 3 * count and row["breaker"] == "–"
            assert f"{count} completed" in _text(screen, "#metrics-totals")
            assert "errors" not in _text(screen, "#metrics-totals")
            await pilot.press("q")
            await settle(pilot)


async def test_a_failure_counts_as_one_and_its_category_is_told(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP.replace('"quality": 6', '"quality": "bad"'))) as pilot:
        await run(pilot, "space")
        await status(pilot, "failed")
        screen = await _open(pilot)
        metrics = bench_of(pilot).metrics.metrics
        [category] = metrics.errors
        assert _rows(screen)[0]["ok"] == "50%"
        assert f"1 {category}" in _text(screen, "#metrics-totals")
        assert "1 failed" in _text(screen, "#metrics-totals")


async def test_it_grows_while_a_run_goes_on(desk: Desk) -> None:
    async with desk.open(desk.write(SLOW_CHAIN)) as pilot:
        await run(pilot, "space")
        await status(pilot, "running")
        screen = await _open(pilot)
        assert "1 going on" in _text(screen, "#metrics-title")
        assert [(row["agent"], row["runs"]) for row in _rows(screen)] == [("reader", "0+1")]
        for _ in range(12):
            await desk.clock.advance(1)
            await settle(pilot)
        await status(pilot, "completed")
        seen = {row["agent"]: row for row in _rows(screen)}
        assert seen["reader"]["runs"] == seen["writer"]["runs"] == "1"
        assert seen["reader"]["mean"] == seen["reader"]["p95"] != "–"
        assert "1 run in" in _text(screen, "#metrics-title")


async def test_keys_and_clicks_sort(desk: Desk) -> None:
    async with desk.open(desk.write(CHAIN)) as pilot:
        await run(pilot, "space")
        await status(pilot, "completed")
        screen = await _open(pilot)

        def names() -> list[str]:
            return [row["agent"] for row in _rows(screen)]

        assert names() == ["reader", "writer"]
        await pilot.press("s")
        assert screen.sorted_by is COLUMNS[0] and names() == ["reader", "writer"]
        await pilot.press("r")
        assert names() == ["writer", "reader"]
        await pilot.press("S", "r")
        assert screen.sorted_by is None and names() == ["writer", "reader"]
        await pilot.click(screen.table, offset=(3, 0))
        assert screen.sorted_by is COLUMNS[0] and names() == ["reader", "writer"]
        await pilot.click(screen.table, offset=(3, 0))
        assert names() == ["writer", "reader"]


async def test_numbers_sort_from_the_largest_and_what_is_unknown_comes_last(desk: Desk) -> None:
    async with desk.open(desk.write(CHAIN)) as pilot:
        screen = await _open(pilot)
        fold = screen.source.take_in
        fold([_started(name) for name in "abc"])
        fold([_completed("b", 2.0), _completed("c", 9.0)])
        await pilot.press("s", "s", "s", "s")
        assert screen.sorted_by is not None and screen.sorted_by.key == "mean"
        assert [row["agent"] for row in _rows(screen)] == ["c", "b", "a"]
        await pilot.press("r")
        assert [row["agent"] for row in _rows(screen)] == ["b", "c", "a"]
        fold([_completed("a", 0.5)])
        assert [row["agent"] for row in _rows(screen)] == ["a", "b", "c"]


async def test_only_what_changed_is_drawn_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async with desk.open(desk.write(CHAIN)) as pilot:
        screen = await _open(pilot)
        first = [_started(name) for name in "abc"]
        screen.source.take_in(first)
        drawn: list[str] = []
        monkeypatch.setattr(screen, "_show_agent", lambda agent: drawn.append(agent.agent))
        screen.source.take_in(first)
        assert drawn == []
        screen.source.take_in([_started("b")])
        assert drawn == ["b"]


async def test_many_agents_scroll_in_a_small_terminal(desk: Desk) -> None:
    async with desk.open(desk.write(CHAIN), (80, 24)) as pilot:
        screen = await _open(pilot)
        names = [f"agent-{place:02}" for place in range(60)]
        screen.source.take_in([_started(name) for name in names])
        await pilot.press("end", *"j" * 3, "right", "right")
        await settle(pilot)
        assert screen.table.max_scroll_y > 0 and screen.table.max_scroll_x > 0
        await pilot.press("ctrl+end")
        await settle(pilot)
        assert screen.table.cursor_row == 59 and screen.table.scroll_y > 0


async def test_help_and_palette_know_it(desk: Desk) -> None:
    async with desk.open(desk.write(CHAIN)) as pilot:
        assert "pane.metrics" in {command.key.id for command in Commands(pilot.app.screen).commands()}
        screen = await _open(pilot)
        assert {"metrics.sort", "metrics.reverse", "app.quit"} <= {
            c.key.id for c in Commands(screen).commands()
        }
        await pilot.press("question_mark")
        await settle(pilot)
        assert isinstance(pilot.app.screen, HelpDialog)
        assert "Sort by the next column" in key_table(pilot.app.screen.active).plain


def test_hostile_names_are_harmless() -> None:
    agent = AgentMetrics("\x1b[31m\u202e[red]x\n" * 9, breaker="\x1b]0;x\a")
    for column in COLUMNS:
        shown = column.show(agent)
        assert "\x1b" not in shown and "\u202e" not in shown and "\n" not in shown
    assert len(COLUMNS[0].show(agent)) <= LONGEST_NAME


def test_not_quite_all_is_not_all() -> None:
    [ok] = [column for column in COLUMNS if column.key == "ok"]
    assert ok.show(AgentMetrics("a", successes=999, failures=1)) == "99%"
    assert ok.show(AgentMetrics("a", cancelled=1)) == "–"


def test_the_end_of_a_run_counts_though_the_next_one_has_begun() -> None:
    session = SessionMetrics()
    first: list[ev.HistoryEvent] = [_started("a")]
    session.take_in(first)
    first.append(_completed("a", 1.0))
    session.take_in([_started("a")])
    assert session.metrics.agents["a"].runs == 1 and session.metrics.agents["a"].running == 1
