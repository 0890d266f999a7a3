from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input, TextArea

from agentflow_tui.tui.dialogs.choice_dialog import ChoiceDialog
from agentflow_tui.tui.dialogs.not_ready_dialog import NotReadyDialog
from tests.screen.desk import LOOP, Desk, bench_of, run, settle, status, until

ESCAPE = "\x1b]52;c;cHduZWQ=\x07\x1b]0;HIJACKED\x07\x1b[2J"
MARKUP = ["[/foo]", "z [b + [/]", "[red", "x[0]", "['a']", "path [/usr/bin]", "[@click=app.quit]x[/]"]


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[orchestration\nmode = ", "TOML"),
        ("", "empty"),
        ("\n\n  \n", "empty"),
        ("mode = 'loop'\n[[/foo]]\n", ""),
        ("x = [[[[[[[[[[" * 500, ""),
    ],
)
async def test_broken_text_opens_with_a_problem(
    desk: Desk, text: str, problem: str, size: tuple[int, int]
) -> None:
    path = desk.write(text)
    async with desk.open(path, size) as pilot:
        editor = bench_of(pilot).editor
        assert editor.text == text
        assert any(problem.lower() in p.message.lower() for p in editor.problem_list.problems)
        await pilot.press("s", "alt+n")
        await settle(pilot)
    assert path.read_text(encoding="utf-8") == text


async def test_a_large_file_is_refused_and_left_alone(desk: Desk) -> None:
    path = desk.write("")
    path.write_text("# five megabytes\n" * 310_000, encoding="utf-8")
    before = path.stat().st_size
    assert before > 5_000_000
    async with desk.open(path) as pilot:
        problems = bench_of(pilot).editor.problem_list.problems
        assert "bytes" in problems[0].message
        await pilot.press("1", "x", "ctrl+s")
        await settle(pilot)
    assert path.stat().st_size == before


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_a_file_that_cannot_be_shown_cannot_be_typed_into(desk: Desk, size: tuple[int, int]) -> None:
    path = desk.write("")
    path.write_bytes(b"\xff\xfe\x00binary")
    async with desk.open(path, size) as pilot:
        bench = bench_of(pilot)
        await pilot.press("1", "x", "ctrl+s")
        await settle(pilot)
        assert bench.editor.text == ""
        assert not bench.editor.is_modified
        assert bench.editor.draft is None
        assert bench.files.draft.text is None
        assert "read-only" in str(bench.editor.notice.render())
        entry = str(bench.editor.problem_list.get_option_at_index(0).prompt)
        assert entry.startswith("✗ flow.toml is not UTF-8")
        assert "save it as UTF-8" in entry
        assert any("save as with alt+s" in note.message for note in pilot.app._notifications)
        await pilot.press("f5")
        await until(pilot, lambda: isinstance(pilot.app.screen, NotReadyDialog))
        dialog = pilot.app.screen
        told = str(dialog.query_one(".dialog-error").render()) + dialog.query_one(TextArea).text
        assert told.count("not UTF-8") == 1
        assert "1:1" not in told
        assert "line 1" not in told


async def test_a_file_that_cannot_be_shown_gives_way_to_another_by_save_as(desk: Desk) -> None:
    path = desk.write("")
    path.write_bytes(b"\xff")
    async with desk.open(path) as pilot:
        editor = bench_of(pilot).editor
        await pilot.press("alt+s")
        await settle(pilot)
        target = path.with_name("other.toml")
        pilot.app.screen.query_one(Input).value = str(target)
        await pilot.press("enter")
        await until(pilot, target.exists)
        await settle(pilot)
        await pilot.press("1", "#")
        await settle(pilot)
        assert editor.text == "#"
        assert editor.draft is not None
    assert path.read_bytes() == b"\xff"


async def test_reloading_what_became_unreadable_keeps_what_was_typed(desk: Desk) -> None:
    path = desk.write(LOOP)
    async with desk.open(path) as pilot:
        editor = bench_of(pilot).editor
        await pilot.press("1", *"# mine")
        path.write_bytes(b"\xff")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChoiceDialog))
        await pilot.press("r")
        await until(pilot, lambda: pilot.app.screen is bench_of(pilot))
        assert editor.text == "# mine" + LOOP
    assert path.read_bytes() == b"\xff"


async def test_a_large_text_that_is_allowed_can_be_edited(desk: Desk) -> None:
    text = LOOP + "# padding padding padding\n" * 35_000
    path = desk.write(text)
    async with desk.open(path) as pilot:
        bench = bench_of(pilot)
        assert bench.editor.code.language is None
        await pilot.press("1", "x")
        await until(pilot, lambda: bench.editor.problem_list.option_count > 0)
        assert bench.editor.text == "x" + text


async def test_a_folder_is_named_as_such(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP).parent) as pilot:
        assert "folder" in bench_of(pilot).editor.problem_list.problems[0].message


async def test_a_file_that_is_no_text_is_never_overwritten(desk: Desk) -> None:
    path = desk.write("")
    path.write_bytes(b"\xff\xfe\x00binary")
    async with desk.open(path) as pilot:
        assert "UTF-8" in bench_of(pilot).editor.problem_list.problems[0].message
        await pilot.press("1", "x", "ctrl+s")
        await settle(pilot)
    assert path.read_bytes() == b"\xff\xfe\x00binary"


async def test_an_unreadable_file_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    path = desk.write(LOOP)
    # Root reads every file, whatever its mode, so the refusal comes from the call.
    real = Path.read_bytes

    def refused(self: Path) -> bytes:
        if self == path:
            raise PermissionError(13, "Permission denied", str(self))
        return real(self)

    monkeypatch.setattr(Path, "read_bytes", refused)
    async with desk.open(path) as pilot:
        assert "Permission denied" in bench_of(pilot).editor.problem_list.problems[0].message


async def test_a_missing_file_starts_an_empty_flow(desk: Desk) -> None:
    path = desk.write(LOOP).with_name("new.toml")
    async with desk.open(path) as pilot:
        bench = bench_of(pilot)
        assert "no file" in bench.editor.problem_list.problems[0].message
        await pilot.press("1", "#", "ctrl+s")
        await until(pilot, path.exists)
    assert path.read_text(encoding="utf-8") == "#"


async def test_a_hostile_file_name_is_shown_as_text(desk: Desk) -> None:
    path = desk.write(LOOP, "a[red] [b\x1b]0;x\x07.toml")
    async with desk.open(path) as pilot:
        shown = str(bench_of(pilot).status.render())
        assert "\x1b" not in shown
        assert "a[red] [b" in shown


async def test_markup_and_escapes_everywhere_stay_text(desk: Desk) -> None:
    path = desk.write(hostile_flow())
    async with desk.open(path, (200, 60)) as pilot:
        await run(pilot, "space")
        await status(pilot, "completed")
        for key in ("d", "d", "3", "4", "comma", "comma", "1", "alt+n", "f1", "escape", "2", "y", "i"):
            await pilot.press(key)
            await settle(pilot)
        assert "\x1b]" not in pilot.app.export_screenshot()
        await pilot.press("escape", "o")
        await settle(pilot)
    assert path.read_text(encoding="utf-8") == hostile_flow()


async def test_odd_line_breaks_make_the_text_read_only(desk: Desk) -> None:
    text = LOOP + "# a\u2028b\n"
    path = desk.write(text)
    async with desk.open(path) as pilot:
        editor = bench_of(pilot).editor
        assert editor.text == text
        await pilot.press("1", "x")
        assert editor.text == text
        assert "read-only" in str(editor.notice.render())


def hostile_flow() -> str:
    """A flow that is valid TOML and hostile in every text."""
    escape = ESCAPE.replace("\x1b", "\\u001b").replace("\x07", "\\u0007")
    answers = ", ".join(f'"{text} {escape}"' for text in MARKUP)
    return (
        "# When to choose it: [/foo] [@click=app.quit]x[/]\n"
        f'# Try it with: {{"message": "[/foo] {MARKUP[1]}"}}\n'
        f'[agent_flow]\nname = "[/foo] {escape}"\n\n[llm]\nprovider = "scripted"\nmodel = "[/m]{escape}"\n\n'
        '[orchestration]\nmode = "sequential"\ntimeout_seconds = 300\n'
        'sequential_agents = ["[/foo]", "b[0]"]\n\n'
        f'[agents."[/foo]"]\ndescription = "{escape}"\nsystem_prompt = "[red {escape}"\n\n'
        f'[agents."b[0]"]\nprompt = "{{message}} {escape}"\n\n"[odd {escape}" = 1\n\n'
        f"[providers.scripted]\nanswers = [{answers}]\n"
    )
