from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from textual.command import CommandPalette
from textual.widgets import Input, Static

from agentflow_tui.tui.commands import Commands
from agentflow_tui.tui.dialogs.help_dialog import HelpDialog, key_table
from agentflow_tui.tui.dialogs.theme_dialog import ThemeDialog
from agentflow_tui.tui.keymap.table import PLACES, TABLE
from agentflow_tui.tui.panes.graph.graph_keys import GRAPH
from agentflow_tui.tui.screens.gallery_screen import GalleryScreen
from tests.screen.desk import LOOP, Desk, bench_of, is_on_top, settle, until


@pytest.mark.parametrize("key", ["question_mark", "f1"])
async def test_help_lists_the_keys_of_the_pane_one_is_in(desk: Desk, key: str) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        await pilot.press(key)
        await settle(pilot)
        dialog = pilot.app.screen
        assert isinstance(dialog, HelpDialog)
        text = key_table(dialog.active).plain
        for entry in GRAPH[:2]:
            assert entry.tooltip in text
        assert "Run exactly one agent, then pause." in text
        await pilot.press("escape")
        await settle(pilot)
        assert pilot.app.screen is bench_of(pilot)


@pytest.mark.parametrize("key", ["question_mark", "f1", "q"])
async def test_help_scrolls_and_closes_with_a_letter(desk: Desk, key: str) -> None:
    async with desk.open(desk.write(LOOP), (80, 24)) as pilot:
        await pilot.press("f1")
        await settle(pilot)
        keys = pilot.app.screen.query_one("#keys")
        seen = []
        for way in ("j", "j", "k"):
            await pilot.press(way)
            await settle(pilot)
            seen.append(keys.scroll_offset.y)
        assert seen == [1, 2, 1]
        await pilot.press(key)
        await settle(pilot)
        assert is_on_top(pilot)


async def test_help_in_the_editor_opens_with_f1_and_tells_of_find(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        await pilot.press("1", "f1")
        await settle(pilot)
        assert isinstance(pilot.app.screen, HelpDialog)
        assert "Search in the text" in key_table(pilot.app.screen.active).plain


async def test_help_uses_the_room_that_a_wide_terminal_has(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP), (300, 80)) as pilot:
        await pilot.press("2", "f1")
        await settle(pilot)
        table = pilot.app.screen.query_one("#key-table", Static)
        lines = str(table.content).splitlines()
        [line] = [line for line in lines if "shift+right ^right" in line]
        assert "Look at what is to the right" in line
        assert max(map(len, lines)) > 110 and table.region.width >= max(map(len, lines))
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        lines = str(table.content).splitlines()
        assert table.region.width >= max(map(len, lines)) and pilot.app.screen.region.width == 80


@pytest.mark.parametrize("key", ["ctrl+p", "colon"])
async def test_the_palette_opens_and_runs_a_command(desk: Desk, key: str) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        await pilot.press(key)
        await settle(pilot)
        assert isinstance(pilot.app.screen, CommandPalette)
        await pilot.press(*"inspector")
        await pilot.pause(0.5)
        await pilot.press("enter")
        await pilot.press("enter")
        await until(pilot, lambda: bench_of(pilot).layout_of_panes.current == "inspector")


async def test_every_action_of_the_workbench_is_in_the_palette(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        found = {command.key.id for command in Commands(bench_of(pilot)).commands()}
        places = ("Workbench", "Graph", "Inspector", "Timeline", "Editor")
        wanted = {key.id for place in PLACES if place.name in places for key in place.keys}
        assert found == wanted - {"app.palette"}


def test_ids_are_unique_and_every_key_is_explained() -> None:
    ids = [key.id for key in TABLE]
    assert len(set(ids)) == len(ids)
    assert all(key.tooltip.endswith(".") and key.label and key.keys for key in TABLE)


async def test_the_chosen_theme_is_kept(desk: Desk) -> None:
    path = desk.write(LOOP)
    desk.settings.config_folder.mkdir()
    settings = desk.settings.config_folder / "settings.toml"
    settings.write_text("# mine\n", encoding="utf-8")
    async with desk.open(path) as pilot:
        assert pilot.app.theme == "agentflow-dark"
        await pilot.press("T")
        await settle(pilot)
        assert isinstance(pilot.app.screen, ThemeDialog)
        await pilot.press("down")
        await settle(pilot)
        assert pilot.app.theme == "agentflow-light"
        assert settings.read_text(encoding="utf-8") == "# mine\n"
        await pilot.press("enter")
        await settle(pilot)
        assert is_on_top(pilot)
    assert settings.read_text(encoding="utf-8").startswith("# mine\n")
    assert tomllib.loads(settings.read_text(encoding="utf-8")) == {"theme": "agentflow-light"}
    async with desk.open(path) as pilot:
        assert pilot.app.theme == "agentflow-light"


async def test_a_theme_that_is_only_looked_at_goes_again(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP), (80, 24)) as pilot:
        usual = pilot.app.screen.styles.background
        await pilot.press("T")
        await settle(pilot)
        await pilot.press("down")
        await settle(pilot)
        bench = bench_of(pilot)
        assert pilot.app.theme == "agentflow-light"
        assert bench.styles.background != usual and bench.region.width == 80
        dialog = pilot.app.screen
        assert dialog.styles.background.a == 0 and dialog.query_one(".dialog-frame").region.x > 40
        await pilot.press("end", "escape")
        await settle(pilot)
        assert is_on_top(pilot)
        assert pilot.app.theme == "agentflow-dark" and bench.styles.background == usual
    assert not desk.settings.file.exists()


async def test_a_click_keeps_a_theme(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP), (140, 42)) as pilot:
        await pilot.press("T")
        await settle(pilot)
        await pilot.click("#themes", offset=(3, 1))
        await settle(pilot)
        assert is_on_top(pilot) and pilot.app.theme == "agentflow-light"
    assert tomllib.loads(desk.settings.file.read_text(encoding="utf-8")) == {"theme": "agentflow-light"}


async def test_an_unknown_theme_in_the_settings_falls_back(desk: Desk) -> None:
    desk.settings.config_folder.mkdir()
    (desk.settings.config_folder / "settings.toml").write_text('theme = "gone"\n', encoding="utf-8")
    async with desk.open(desk.write(LOOP)) as pilot:
        assert pilot.app.theme == "agentflow-dark"


async def test_every_builtin_theme_can_be_shown(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP), (80, 24)) as pilot:
        for name in pilot.app.available_themes:
            pilot.app.theme = name
            await pilot.pause()
        assert pilot.app.is_running


async def test_the_gallery_lists_samples_this_folder_and_recent_files(desk: Desk) -> None:
    here = desk.write(LOOP, "agentflow.toml")
    desk.write("[tool]\n", "pyproject.toml")
    elsewhere = desk.folder / "elsewhere.toml"
    elsewhere.write_text(LOOP, encoding="utf-8")
    desk.settings.keep_recent(elsewhere)
    async with desk.open(None) as pilot:
        gallery = pilot.app.screen
        assert isinstance(gallery, GalleryScreen)
        kinds = [(entry.kind, entry.path.name) for entry in gallery.entries.values()]
        samples = [entry for entry in gallery.entries.values() if entry.kind == "sample"]
        assert {entry.pattern for entry in samples} == {
            "route",
            "collaborative",
            "sequential",
            "loop",
            "mixed",
        }
        assert all(entry.when for entry in samples)
        assert ("here", here.name) in kinds
        assert ("recent", "elsewhere.toml") in kinds
        assert not any(name == "pyproject.toml" for _, name in kinds)
        await pilot.press("j", "k", "j")
        assert gallery.flows.highlighted_option is not None
        assert gallery.flows.highlighted_option.id == "flow-1"


async def test_the_gallery_opens_a_file_by_its_path(desk: Desk) -> None:
    path = desk.write(LOOP)
    async with desk.open(None) as pilot:
        await pilot.press("o")
        await settle(pilot)
        pilot.app.screen.query_one(Input).value = str(path)
        await pilot.press("enter")
        await until(pilot, lambda: len(pilot.app.screen_stack) == 2 and not _is_gallery(pilot.app.screen))
        assert bench_of(pilot).workbench.path == path


async def test_an_error_in_an_action_is_shown_and_the_program_goes_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = bench_of(pilot)

        def broken() -> None:
            raise ValueError("[/nobody] expected this")

        monkeypatch.setattr(bench.desk, "cancel", broken)
        await pilot.press("escape")
        await settle(pilot)
        assert pilot.app.is_running
        problems = pilot.app.problems  # type: ignore[attr-defined]
        assert problems == ["back: ValueError: [/nobody] expected this"]
        problems.clear()


def test_only_screens_and_dialogs_catch_everything_where_they_report_it() -> None:
    folder = Path(__file__).parents[2] / "agentflow_tui" / "tui"
    broad = [p.name for p in folder.rglob("*.py") if "except Exception" in p.read_text(encoding="utf-8")]
    assert sorted(broad) == ["app.py", "guard.py"]


def _is_gallery(screen: object) -> bool:
    return isinstance(screen, GalleryScreen)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 20)])
async def test_the_gallery_says_in_full_when_to_choose_a_flow(desk: Desk, size: tuple[int, int]) -> None:
    async with desk.open(None, size) as pilot:
        gallery = pilot.app.screen
        assert isinstance(gallery, GalleryScreen)
        for number, entry in enumerate(gallery.entries.values()):
            gallery.flows.highlighted = gallery.flows.get_option_index(f"flow-{number}")
            await settle(pilot)
            shown = " ".join(strip.text for strip in gallery._compositor.render_strips())
            missing = [word for word in entry.when.split() if word not in shown]
            assert entry.when and not missing


async def test_the_gallery_tells_single_patterns_from_flows_of_stages(desk: Desk) -> None:
    async with desk.open(None, (80, 24)) as pilot:
        gallery = pilot.app.screen
        assert isinstance(gallery, GalleryScreen)
        prompts = [str(option.prompt).strip() for option in gallery.flows.options]
        stages = prompts.index("SAMPLES · several stages")
        assert prompts[0] == "SAMPLES · one pattern each" and stages == 6
        assert len({prompt.split()[-1] for prompt in prompts[1:stages]}) == 5
        # All of them are in sight at once.
        assert gallery.flows.max_scroll_y == 0
