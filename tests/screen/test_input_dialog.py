from __future__ import annotations

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from agentflow_tui.history.event import RunStarted
from agentflow_tui.tui.dialogs.input_dialog import InputDialog
from tests.screen.desk import CHAIN, LOOP, Desk, bench_of, run, settle, status

SMALL = (80, 24)


async def opened(pilot: Pilot[None], key: str = "i") -> InputDialog:
    await pilot.press(key)
    await settle(pilot)
    dialog = pilot.app.screen
    assert isinstance(dialog, InputDialog)
    return dialog


def note(dialog: InputDialog) -> str:
    return str(dialog.query_one("#note").render())


def ways(dialog: InputDialog) -> str:
    return str(dialog.query_one(".dialog-frame").border_subtitle)


async def test_what_was_typed_is_there_after_escape(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP), SMALL) as pilot:
        await opened(pilot)
        await pilot.press("end", *"!!", "tab", *"{bad", "escape")
        await settle(pilot)
        dialog = await opened(pilot)
        assert dialog.query_one("#field-0", Input).value == "cats are nice!!"
        assert dialog.query_one("#rest", TextArea).text == "{bad"
        assert "as it was left" in note(dialog)


async def test_the_json_view_is_there_after_escape(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP), SMALL) as pilot:
        await opened(pilot)
        await pilot.press("f6", *"x", "escape")
        await settle(pilot)
        dialog = await opened(pilot)
        assert dialog.fields.is_json
        assert dialog.query_one("#whole", TextArea).text.startswith("x{")
        assert dialog.query_one("#whole").region.height > 0


async def test_what_was_run_does_not_come_back_as_unsent(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        await opened(pilot)
        await pilot.press("end", *"!!", "escape")
        await settle(pilot)
        await run(pilot, "space")
        await status(pilot, "completed")
        assert bench_of(pilot).desk.unsent == {}
        dialog = await opened(pilot)
        assert note(dialog) == ""
        await pilot.press("escape")
        await settle(pilot)
        assert bench_of(pilot).desk.unsent == {}


async def test_going_through_earlier_inputs_keeps_what_was_typed(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP)) as pilot:
        await run(pilot, "space")
        await status(pilot, "completed")
        await opened(pilot)
        await pilot.press("end", *"!", "enter")
        await settle(pilot)
        dialog = await opened(pilot)
        await pilot.press("end", *"?", "up")
        assert dialog.query_one("#field-0", Input).value == "cats are nice"
        await pilot.press("down")
        assert dialog.query_one("#field-0", Input).value == "cats are nice!?"


async def test_a_file_with_an_object_fills_the_form_and_another_one_is_refused(desk: Desk) -> None:
    good, bad = desk.folder / "good.json", desk.folder / "bad.json"
    good.write_text('{"content": "dogs are loyal", "tone": "dry"}', encoding="utf-8")
    bad.write_text("[1, 2]", encoding="utf-8")
    async with desk.open(desk.write(LOOP)) as pilot:
        dialog = await opened(pilot, "space")
        field = dialog.query_one("#field-0", Input)
        await pilot.press("f7")
        await settle(pilot)
        question = pilot.app.screen
        answer = question.query_one("#answer", Input)
        answer.value = str(bad)
        await pilot.press("enter")
        await settle(pilot)
        assert pilot.app.screen is question and "✗" in str(question.query_one("#note").render())
        await pilot.press("escape")
        await settle(pilot)
        assert pilot.app.screen is dialog and field.value == "cats are nice"
        await pilot.press("f7")
        await settle(pilot)
        pilot.app.screen.query_one("#answer", Input).value = str(good)
        await pilot.press("enter")
        await settle(pilot)
        assert field.value == "dogs are loyal"
        assert '"tone": "dry"' in dialog.query_one("#rest", TextArea).text
        assert note(dialog) == "loaded 2 keys"
        await pilot.press("f5")
        await status(pilot, "completed")
        started = bench_of(pilot).bridge.view.history[0]
        assert isinstance(started, RunStarted)
        assert started.event["data"] == {"content": "dogs are loyal", "tone": "dry"}


async def test_the_border_says_which_key_runs_from_this_field(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP), SMALL) as pilot:
        dialog = await opened(pilot, "space")
        assert ways(dialog).startswith("enter or F5 run")
        await pilot.press("tab")
        await settle(pilot)
        assert ways(dialog).startswith("F5 run · enter new line")
        await pilot.press("enter", "f5")
        await status(pilot, "completed")


@pytest.mark.parametrize("key", ["f5", "f6"])
async def test_bad_json_is_shown_whole_with_the_cursor_at_its_place(desk: Desk, key: str) -> None:
    async with desk.open(desk.write(LOOP), SMALL) as pilot:
        dialog = await opened(pilot)
        await pilot.press("tab", *'{"a": 1,', "enter", *"  x}", "shift+tab", key)
        await settle(pilot)
        area = dialog.query_one("#rest", TextArea)
        assert note(dialog).startswith("✗ line 2, column 3 of more data:")
        assert dialog.focused is area
        assert area.cursor_location == (1, 2)
        assert area.text == '{"a": 1,\n  x}'
        assert not dialog.fields.is_json
        shown = dialog.query_one("#note")
        assert shown.region.height >= shown.get_content_height(dialog.size, dialog.size, shown.size.width)
        assert dialog.query_one(".dialog-frame").region.contains_region(shown.region)
        assert ("F6 changes the view once that is mended" in note(dialog)) == (key == "f6")


async def test_a_target_that_is_nobody_is_told_once(desk: Desk) -> None:
    flow = CHAIN.replace('"sequential"', '"route"\nrouting.default_agent = "reader"')
    flow = flow.replace("{response}", "it")
    async with desk.open(desk.write(flow), SMALL) as pilot:
        dialog = await opened(pilot)
        field = dialog.query_one("#target", Input)
        field.value = "writter"
        await pilot.press("enter")
        await settle(pilot)
        assert note(dialog).startswith("✗ no enabled agent is called 'writter'; did you mean writer?")
        assert dialog.focused is field
        shown = dialog.query_one("#note")
        assert shown.region.height >= shown.get_content_height(dialog.size, dialog.size, shown.size.width)
        assert dialog.query_one(".dialog-frame").region.contains_region(shown.region)
        await pilot.press("enter")
        await settle(pilot)
        assert pilot.app.screen is not dialog
        assert bench_of(pilot).desk.given is not None


async def test_a_missing_key_and_a_target_that_is_nobody_are_told_at_once(desk: Desk) -> None:
    flow = CHAIN.replace('"sequential"', '"route"\nrouting.default_agent = "reader"')
    async with desk.open(desk.write(flow), SMALL) as pilot:
        dialog = await opened(pilot)
        dialog.query_one("#target", Input).value = "nobody"
        await pilot.press("enter")
        await settle(pilot)
        first, second = note(dialog).split("\n")
        assert first == "✗ the flow needs response; again runs without"
        assert second.startswith("no enabled agent is called 'nobody' (agents: reader, writer)")
        assert dialog.focused is dialog.query_one("#field-1")
        await pilot.press("enter")
        await settle(pilot)
        assert pilot.app.screen is not dialog


async def test_bad_metadata_gets_the_cursor(desk: Desk) -> None:
    async with desk.open(desk.write(LOOP), SMALL) as pilot:
        dialog = await opened(pilot)
        field = dialog.query_one("#metadata", Input)
        field.value = '{"a": }'
        await pilot.press("enter")
        await settle(pilot)
        assert note(dialog).startswith("✗ line 1, column 7 of metadata:")
        assert dialog.focused is field
        assert field.cursor_position == 6


async def test_in_a_low_window_what_is_wrong_is_in_sight_below_the_fields(desk: Desk) -> None:
    flow = LOOP.replace("Improve: {content}", "Improve: {content} for {reader} in {tone} with {length}")
    async with desk.open(desk.write(flow), SMALL) as pilot:
        dialog = await opened(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert "the flow needs length, reader, tone" in note(dialog)
        frame, told = dialog.query_one(".dialog-frame"), dialog.query_one("#note")
        assert told.region.height > 0 and frame.content_region.contains_region(told.region)
        assert not told.region.overlaps(dialog.query_one(".dialog-body").region)


async def test_the_name_of_the_first_field_is_in_sight_in_a_small_window(desk: Desk) -> None:
    flow = LOOP.replace("{content}", "{content} for {audience} in {place}")
    async with desk.open(desk.write(flow), SMALL) as pilot:
        dialog = await opened(pilot)
        body = dialog.query_one(".dialog-body")
        assert body.max_scroll_y > 0
        assert body.scroll_y == 0
