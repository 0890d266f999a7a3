from __future__ import annotations

import pytest
from textual.widgets._footer import FooterKey

from agentflow_tui.tui.dialogs.help_dialog import HelpDialog, key_table
from agentflow_tui.tui.key_footer import KeyFooter
from agentflow_tui.tui.panes.inspector.tab_bar import TabBar
from agentflow_tui.tui.screens.workbench_screen import WorkbenchScreen
from agentflow_tui.tui.status_line import Headline, StatusLine
from tests.screen.desk import LOOP, SLOW_LOOP, Desk, bench_of, run, settle, status, until

MODEL = "embedded smollm2:135m (tiny demo model)"


@pytest.mark.parametrize("pane", ["1", "2", "4"])
async def test_the_focus_comes_back_after_a_terminal_that_was_too_small(desk: Desk, pane: str) -> None:
    async with desk.open(desk.write(LOOP), (80, 24)) as pilot:
        await pilot.press(pane)
        await settle(pilot)
        before = pilot.app.focused
        assert before is not None
        await pilot.resize_terminal(30, 8)
        await settle(pilot)
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        assert pilot.app.focused is before


async def test_d_in_the_timeline_goes_to_the_inspector_that_takes_its_place(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP), (80, 24)) as pilot:
        bench = await run(pilot, "space")
        await status(pilot, "completed")
        await pilot.press("4", "d")
        await settle(pilot)
        assert bench.layout_of_panes.current == "inspector"
        assert pilot.app.focused is not None
        assert bench.inspector in pilot.app.focused.ancestors_with_self


async def test_a_run_that_begins_leaves_the_focused_timeline_where_it_is(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP), (80, 24)) as pilot:
        bench = bench_of(pilot)
        await pilot.press("4")
        await run(pilot, "f5")
        await status(pilot, "completed")
        assert bench.timeline.display
        assert pilot.app.focused is not None
        assert bench.timeline in pilot.app.focused.ancestors_with_self


@pytest.mark.parametrize("size", [(50, 24), (40, 10)])
async def test_help_and_commands_come_first_where_not_all_keys_fit(desk: Desk, size: tuple[int, int]) -> None:
    async with desk.open(desk.write(LOOP), size) as pilot:
        assert [key.action for key in pilot.app.screen.query(FooterKey)][:2] == [
            "app.help",
            "app.command_palette",
        ]


@pytest.mark.parametrize("screen", ["", "r", "t", "o"])
@pytest.mark.parametrize("width", [80, 70, 60, 45])
async def test_no_key_at_the_bottom_is_cut(desk: Desk, screen: str, width: int) -> None:
    async with desk.open(desk.write(LOOP), (width, 24)) as pilot:
        if screen:
            await pilot.press(screen)
            await until(pilot, lambda: not isinstance(pilot.app.screen, WorkbenchScreen))

        def shown() -> list[FooterKey]:
            return [key for key in pilot.app.screen.query(FooterKey) if key.visible]

        wanted = {"app.help", "app.command_palette"}
        await until(pilot, lambda: wanted <= {key.action for key in shown()})
        await until(pilot, lambda: all(key.region.right <= width for key in shown()))
        assert screen not in ("r", "t") or "escape" in {key.key for key in shown()}


async def test_the_keys_are_ordered_anew_when_the_terminal_becomes_narrow(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP), (120, 40)) as pilot:
        assert pilot.app.screen.query(FooterKey).first().action != "app.help"
        await pilot.resize_terminal(50, 24)
        await settle(pilot)
        assert pilot.app.screen.query(FooterKey).first().action == "app.help"


async def test_the_keys_come_to_rest_once_they_are_shown(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[KeyFooter] = []
    recompose = KeyFooter.recompose

    async def counted(footer: KeyFooter) -> None:
        made.append(footer)
        await recompose(footer)

    async with desk.open(desk.write(LOOP), (50, 24)) as pilot:
        monkeypatch.setattr(KeyFooter, "recompose", counted)
        for key in ("f3", "f4", "f2"):
            await pilot.press(key)
            await settle(pilot)
        assert 0 < len(made) <= 9
        assert any(key.visible for key in pilot.app.screen.query(FooterKey))


async def test_the_title_gives_way_before_the_model(desk: Desk) -> None:
    async with desk.open(desk.write(SLOW_LOOP, "a_rather_long_name_of_a_flow.toml"), (80, 24)) as pilot:
        bench = await run(pilot, "space")
        await desk.clock.advance(1)
        await settle(pilot)
        line = bench.query_one(StatusLine)
        line.show(Headline(title="a_rather_long_name_of_a_flow.toml", mode="loop", model=MODEL))
        text = str(line.render())
        assert MODEL in text
        assert "a_rather…" in text or "a_rathe…" in text or "a_rather_" in text
        shown = bench.bridge.view.state
        line.show(Headline(title="a_rather_long_name_of_a_flow.toml", mode="loop", model=MODEL, state=shown))
        assert "embedded smollm2…" in str(line.render()) or MODEL in str(line.render())
        assert "(tiny demo model)" in str(line.render())


async def test_the_help_keeps_keys_and_meaning_apart(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP), (80, 24)) as pilot:
        await pilot.press("1", "f1")
        await settle(pilot)
        dialog = pilot.app.screen
        assert isinstance(dialog, HelpDialog)
        lines = key_table(dialog.active, 68).plain.splitlines()
        assert len(lines) > 30
        rows = [line for line in lines if line != line.upper() or " " in line]
        assert all(line[16:17] in ("", " ") for line in rows)


async def test_the_mode_gives_way_before_the_title(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP), (80, 24)) as pilot:
        line = bench_of(pilot).query_one(StatusLine)
        line.show(
            Headline(
                title="a_really_rather_long_name_of_a_flow.toml", mode="sequential", model="ollama gemma3:1b"
            )
        )
        text = str(line.render())
        assert "a_really_rather_long_name_of_a_flow.toml │ ollama gemma3:1b" in text


@pytest.mark.parametrize("tab", ["State", "Diff", "Output", "Calls", "Writers", "Loop"])
async def test_the_names_of_tabs_stay_words_beside_a_graph(desk: Desk, tab: str) -> None:
    async with desk.open(desk.write(LOOP), (80, 24)) as pilot:
        await pilot.press("3")
        await settle(pilot)
        bar = bench_of(pilot).query_one(TabBar)
        bar.current = tab
        names = str(bar.render()).replace("[", " ").replace("]", " ").split()
        known = {"State", "Diff", "Output", "Out", "Calls", "Writers", "Who", "Loop"}
        assert len(names) == 6 and set(names) <= known and len(str(bar.render())) <= bar.size.width


async def test_narrow_timeline_lines_name_the_part_and_not_the_way_to_it(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP), (80, 24)) as pilot:
        bench = await run(pilot, "f10")
        await status(pilot, "completed")
        await pilot.press("4")
        await settle(pilot)
        lines = [bench.timeline.list.render_line(y).text for y in range(bench.timeline.list.size.height)]
        assert any("improver" in line for line in lines) and not any("loop/" in line for line in lines)
        # The numbers end in one column.
        assert len({len(line) - len(line.lstrip().partition(" ")[2]) for line in lines if line.strip()}) == 1
