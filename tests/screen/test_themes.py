from __future__ import annotations

from itertools import combinations, product
from pathlib import Path

import pytest
from textual.color import Color
from textual.widgets import Button, Input, Select
from textual.widgets._select import SelectCurrent

from agentflow_tui.resources import resource_folder
from agentflow_tui.tui.pane_tabs import PANES, PaneTab
from agentflow_tui.tui.theming.theme_file import ThemeError, read_theme
from agentflow_tui.tui.theming.theme_shelf import load_themes
from agentflow_tui.tui.theming.variables import OUR_VARIABLES
from tests.colour_vision import DEUTERANOPIA, NORMAL, PROTANOPIA, Matrix, contrast, distance
from tests.screen.desk import LOOP, Desk, bench_of, run, settle, status

OURS = sorted(resource_folder("themes").glob("*.toml"))
READABLE = 4.5
"""The least contrast of a text (WCAG 2.2, level AA)."""


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_every_colour_of_a_text_is_readable_wherever_texts_are(path: Path) -> None:
    theme = read_theme(path)
    known = theme.to_color_system().generate() | theme.variables
    texts = {name for name in theme.variables if name.startswith(("status-", "syntax-", "diff-"))}
    texts |= {"foreground", "muted", "foreground-muted"}
    texts |= {"primary", "secondary", "accent", "warning", "error", "success"}
    grounds = ("surface", "panel", "background", "footer-background", "block-cursor-blurred-background")
    for name, ground in product(sorted(texts), grounds):
        ratio = contrast(Color.parse(known[name]), Color.parse(known[ground]))
        assert ratio >= READABLE, f"{name} on {ground}: {ratio:.2f}"


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_the_cursor_and_the_footer_are_readable(path: Path) -> None:
    theme = read_theme(path)
    known = theme.to_color_system().generate() | theme.variables
    for name, ground in (
        ("block-cursor-foreground", "block-cursor-background"),
        ("footer-key-foreground", "footer-background"),
        ("footer-description-foreground", "footer-background"),
    ):
        assert contrast(Color.parse(known[name]), Color.parse(known[ground])) >= READABLE, name


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_ours_name_every_colour_of_ours(path: Path) -> None:
    assert set(read_theme(path).variables) >= OUR_VARIABLES


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (('primary = "#56B4E9"', 'primary = "blurple"'), "blurple"),
        (('primary = "#56B4E9"', ""), "primary"),
        (('status-running = "#FBF55A"', 'status-running = "[/foo]"'), "[/foo]"),
        (("dark = true", "dark = true\nlight = 1"), "light"),
        (("dark = true", "dark = "), "line"),
        (('block-cursor-text-style = "bold"', 'block-cursor-text-style = "loud"'), "loud"),
        (('block-cursor-text-style = "bold"', 'link-style = "bold none"'), "bold none"),
        (('block-cursor-text-style = "bold"', 'link-style = ""'), "link-style"),
        (('block-cursor-text-style = "bold"', 'link-style-hover = "#ff0000"'), "#ff0000"),
        (('status-running = "#FBF55A"', 'status-running = "red 1e9%"'), "1e9%"),
        (('status-running = "#FBF55A"', 'status-running = "red %"'), "red %"),
        (('status-running = "#FBF55A"', '"x; } * { display: none" = "red"'), "display: none"),
        (('status-running = "#FBF55A"', '"\\u001b]0;owned\\u0007" = "red"'), "owned"),
    ],
)
def test_a_bad_theme_is_left_out_and_named(tmp_path: Path, change: tuple[str, str], complaint: str) -> None:
    good = (resource_folder("themes") / "agentflow-dark.toml").read_text(encoding="utf-8")
    assert change[0] in good
    (tmp_path / "bad.toml").write_text(good.replace(*change), encoding="utf-8")
    (tmp_path / "good.toml").write_text(good, encoding="utf-8")
    shelf = load_themes(tmp_path)
    assert [theme.name for theme in shelf.themes] == ["agentflow-dark"]
    assert len(shelf.problems) == 1
    assert "bad.toml" in shelf.problems[0]
    assert complaint in shelf.problems[0]
    assert "\x1b" not in shelf.problems[0]


def test_a_missing_theme_file_is_an_error_in_words(tmp_path: Path) -> None:
    with pytest.raises(ThemeError, match="gone"):
        read_theme(tmp_path / "gone.toml")


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
@pytest.mark.parametrize(
    "vision", [NORMAL, PROTANOPIA, DEUTERANOPIA], ids=["all", "protanopia", "deuteranopia"]
)
def test_states_look_different_to_everybody(path: Path, vision: Matrix) -> None:
    variables = read_theme(path).variables
    states = ("running", "completed", "failed", "paused", "cancelled")
    colours = {name: Color.parse(variables[f"status-{name}"]) for name in states}
    least = 20 if path.stem.startswith(("okabe", "high")) else 15
    for one, other in combinations(states, 2):
        assert distance(colours[one], colours[other], vision) >= least, f"{one} and {other}"
    added, removed = (Color.parse(variables[f"diff-{kind}"]) for kind in ("added", "removed"))
    assert distance(added, removed, vision) >= 40
    # Everything else in the editor differs by its shape, too: bold, italic, or one of a few signs and words.
    tokens = {name: Color.parse(variables[f"syntax-{name}"]) for name in ("key", "string", "number")}
    for one, other in combinations(tokens, 2):
        assert distance(tokens[one], tokens[other], vision) >= 15, f"{one} and {other}"


@pytest.mark.parametrize(
    "text", ["x = " + "[" * 100_000, "#" * 10_000_000, 'name = "[/foo]\\u001b[2J"\ndark = true', "\x00"]
)
async def test_a_hostile_theme_is_one_toast_and_the_usual_colours(desk: Desk, text: str) -> None:
    folder = desk.settings.themes_folder
    folder.mkdir(parents=True)
    (folder / "a[red].toml").write_text(text, encoding="utf-8")
    desk.settings.file.write_text('theme = "[/foo]"\n', encoding="utf-8")
    async with desk.open(desk.write(LOOP)) as pilot:
        assert pilot.app.theme == "agentflow-dark"
        toasts = [note.message for note in pilot.app._notifications]
        assert len(toasts) == 1
        assert "a[red].toml" in toasts[0]
        assert "\x1b" not in toasts[0]


async def test_without_colour_everything_is_still_there(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with desk.open(desk.write(LOOP)) as pilot:
        bench = await run(pilot, "space")
        await status(pilot, "completed")
        assert "COMPLETED" in str(bench.status.render())


async def test_without_colour_the_focus_is_seen_on_panes_tabs_fields_and_buttons(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with desk.open(desk.write(LOOP), (80, 24)) as pilot:
        for key, pane in (("2", "graph"), ("3", "inspector")):
            await pilot.press(key)
            await settle(pilot)
            panes = {each: bench_of(pilot).query_one(f"#{each}") for each in PANES}
            assert {each for each, shown in panes.items() if shown.styles.border_top[0] == "heavy"} == {pane}
            tabs = bench_of(pilot).query(PaneTab)
            assert [tab.pane for tab in tabs if tab.styles.text_style.reverse] == [pane]
        await pilot.press("f12")
        await settle(pilot)
        seen = set()
        for _ in range(30):
            focused = pilot.app.screen.focused
            assert focused is not None
            shown = focused.query_one(SelectCurrent) if isinstance(focused, Select) else focused
            # A field for text has its cursor.
            assert isinstance(focused, Input) or shown.styles.text_style.reverse, focused
            seen.add(type(focused))
            await pilot.press("tab")
        assert seen == {Select, Input, Button}
