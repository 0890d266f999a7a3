"""Terminals of every kind and size: small, resized while a run streams, without colour, with few colours."""

from __future__ import annotations

import os
import re
import sys
import time
from pathlib import Path

import pytest

from agentflow_tui.cli.exit_code import USAGE
from benchmarks.terminal import PATIENCE, Terminal
from benchmarks.user import user
from tests.screen.desk import LOOP
from tests.terminal.opened import ENTER, ESCAPE, opened, run_to_end, write
from tests.terminal.page import Page

SLOW = LOOP.replace("animals", "animals " + "and so on " * 200) + "seconds_per_word = 0.02\n"
SGR = re.compile(rb"\x1b\[([0-9;:]*)m")


def _codes(seen: bytes) -> set[int]:
    """All numbers in sequences that choose colours and looks."""
    return {int(code) for match in SGR.finditer(seen) for code in re.split(rb"[;:]", match[1]) if code}


def _colours(seen: bytes) -> set[bytes]:
    """The sequences that choose a colour."""
    found = set()
    for match in SGR.finditer(seen):
        codes = [int(code) for code in re.split(rb"[;:]", match[1]) if code]
        if any(30 <= code <= 49 or 90 <= code <= 107 for code in codes):
            found.add(match[0])
    return found


def _look_around(terminal: Terminal) -> None:
    """Every screen and dialog that one comes to with a key."""
    run_to_end(terminal)
    terminal.press("3d", "Diff")
    terminal.press("4w", "improver")
    terminal.press("?", "HELP")
    _close(terminal, "HELP")
    for keys, title in (
        ("t", "METRICS"),
        ("r", "RUNS"),
        ("B", "BREAKPOINTS"),
        ("\x1b[24~", "SETTINGS"),
        ("o", "SAMPLES"),
        (":", "Search"),
    ):
        terminal.press(keys, title)
        _close(terminal, title)


def _close(terminal: Terminal, title: str) -> None:
    # Another key right behind escape would be taken for one with alt.
    terminal.write(ESCAPE)
    end = time.monotonic() + PATIENCE
    while title in Page((140, 42), terminal.seen).text:
        assert time.monotonic() < end, f"{title} stays"
        terminal.read_for(0.2)


def test_without_colour_every_screen_is_told_by_glyph_and_word(tmp_path: Path) -> None:
    with opened(write(tmp_path, LOOP), NO_COLOR="1") as terminal:
        _look_around(terminal)
        assert not _colours(terminal.seen)
        page = Page((140, 42), terminal.seen).text
    assert "● COMPLETED" in page and "● loop" in page and "done" in page


@pytest.mark.parametrize(("inside", "finest"), [("OUTSIDE", b"38;2;"), ("STY", b"38;5;")])
def test_gnu_screen_gets_no_colours_that_it_garbles(tmp_path: Path, inside: str, finest: bytes) -> None:
    more = {"COLORTERM": "truecolor", "TERM": "screen", inside: "1.pts-0.host"}
    with opened(write(tmp_path, LOOP), (140, 42), by=(), **more) as terminal:
        colours = b" ".join(_colours(terminal.seen))
    assert [each for each in (b"38;2;", b"38;5;") if each in colours] == [finest]


def test_the_sorting_of_colours_sees_what_it_must() -> None:
    seen = b"\x1b[1;7mx\x1b[0;38;2;1;2;3my\x1b[91m\x1b[4m"
    assert _colours(seen) == {b"\x1b[0;38;2;1;2;3m", b"\x1b[91m"}


@pytest.mark.parametrize("theme", ["ansi-dark", "ansi-light"])
def test_an_ansi_theme_leaves_the_colours_to_the_terminal(tmp_path: Path, theme: str) -> None:
    settings = tmp_path / "config" / "agentflow-tui" / "settings.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text(f'theme = "{theme}"\n', encoding="utf-8")
    with opened(write(tmp_path, LOOP)) as terminal:
        run_to_end(terminal)
        assert b"38;2;" not in terminal.seen and b"48;2;" not in terminal.seen
        assert _codes(terminal.seen) & set(range(30, 38)) | _codes(terminal.seen) & set(range(90, 98))


def test_a_run_goes_on_while_the_terminal_takes_every_size(tmp_path: Path) -> None:
    size = (120, 40)
    with opened(write(tmp_path, SLOW), size) as terminal:
        terminal.press(" ", "INPUT OF THE RUN")
        terminal.press(ENTER, "RUNNING")
        for size, shown, hidden in (
            ((80, 24), ("2 graph",), ()),
            ((300, 80), ("1 EDITOR", "2 GRAPH", "3 INSPECTOR", "4 TIMELINE"), ("Too small",)),
            ((40, 10), ("RUNNING",), ("Too small",)),
            ((30, 8), ("Too small",), ("TIMELINE",)),
            ((120, 40), ("1 EDITOR", "2 GRAPH", "3 INSPECTOR", "4 TIMELINE"), ("Too small",)),
        ):
            start = len(terminal.seen)
            terminal.resize(size)
            end = time.monotonic() + PATIENCE
            page = ""
            while not all(word in page for word in shown) or any(word in page for word in hidden):
                assert time.monotonic() < end, page
                terminal.read_for(0.1)
                page = Page(size, terminal.seen[start:]).text
        assert terminal.process.poll() is None


def test_the_terminal_is_believed_and_not_variables_that_say_another_size(tmp_path: Path) -> None:
    with opened(write(tmp_path, LOOP), (80, 24), COLUMNS="500", LINES="4") as terminal:
        end = time.monotonic() + PATIENCE
        while "commands" not in (rows := Page((80, 24), terminal.seen).rows)[-1]:
            assert time.monotonic() < end, "\n".join(rows)
            terminal.read_for(0.1)
        assert "flow.toml" in rows[0] and "READY" in rows[0]
        terminal.resize((140, 42))
        terminal.read_until("4 TIMELINE")


def test_a_pipe_among_the_themes_is_told_and_holds_nothing_up(tmp_path: Path) -> None:
    themes = tmp_path / "config" / "agentflow-tui" / "themes"
    themes.mkdir(parents=True)
    os.mkfifo(themes / "pipe.toml")
    with opened(write(tmp_path, LOOP)) as terminal:
        terminal.read_until("pipe.toml: not a regular file")


def test_a_terminal_that_only_writes_lines_is_told_another_way(tmp_path: Path) -> None:
    path = write(tmp_path, LOOP)
    command = [sys.executable, "-m", "agentflow_tui", str(path)]
    with Terminal(command, env=user(tmp_path, TERM="dumb"), folder=tmp_path) as terminal:
        assert terminal.read_to_end() == USAGE
        assert b"TERM=dumb" in terminal.seen and b"run --plain" in terminal.seen
        assert b"\x1b[?1049h" not in terminal.seen
