"""Every key that the table gives an action of a pane reaches it there, in each preset."""

from __future__ import annotations

from typing import Any

import pytest
from textual.keys import key_to_character
from textual.pilot import Pilot

from agentflow_tui.tui.dialogs.input_dialog import InputDialog
from agentflow_tui.tui.keymap.keymap import make_keymap
from agentflow_tui.tui.keymap.preset import PRESETS
from agentflow_tui.tui.keymap.table import PLACES
from agentflow_tui.tui.panes.line_view import LineView
from agentflow_tui.tui.panes.line_view_keys import LINE_VIEW
from tests.screen.desk import LOOP, Desk, bench_of, settle

PANES = {place.name: place for place in PLACES if place.selector}


def _choose(desk: Desk, preset: str) -> None:
    desk.settings.config_folder.mkdir()
    desk.settings.file.write_text(f'keys = "{preset}"\n', encoding="utf-8")


def _first(pilot: Pilot[Any], key: str) -> str:
    """The action that gets a key where the focus is."""
    found = (
        binding.id
        for _, bindings in pilot.app.screen._modal_binding_chain
        for binding in bindings.key_to_bindings.get(key, ())
        if binding.id
    )
    return next(found, "")


def _types(key: str) -> bool:
    return (key_to_character(key) or "\t").isprintable()


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("pane", PANES)
async def test_a_key_of_a_pane_is_its_action(desk: Desk, preset: str, pane: str) -> None:
    _choose(desk, preset)
    keys = make_keymap(preset, {}).keys
    place = PANES[pane]
    around = next(each for each in PLACES if each.name == place.around)
    async with desk.open(desk.write(LOOP), (140, 42)) as pilot:
        bench_of(pilot).layout_of_panes.show(place.pane)
        await settle(pilot)
        focused = pilot.app.focused
        assert focused is not None
        # What types, or moves in the list that has the focus, does not come to the pane.
        taken = (
            {name for key in LINE_VIEW for name in keys[key.id]} if isinstance(focused, LineView) else set()
        )
        for each in (place, around):
            for key in each.keys:
                for name in keys[key.id]:
                    if name not in taken and not (pane == "Editor" and _types(name)):
                        assert _first(pilot, name) == key.id
            taken |= {name for key in each.keys for name in keys[key.id]}


async def test_vim_types_with_i_asks_for_the_input_with_I_and_goes_on_with_ctrl_w(desk: Desk) -> None:
    _choose(desk, "vim")
    async with desk.open(desk.write(LOOP), (140, 42)) as pilot:
        bench = bench_of(pilot)
        await pilot.press("i", *"# /")
        await settle(pilot)
        assert bench.editor.text == "# /" + LOOP
        await pilot.press("escape")
        await settle(pilot)
        assert bench.layout_of_panes.current == "graph"
        await pilot.press("ctrl+w")
        await settle(pilot)
        assert bench.layout_of_panes.current == "inspector"
        await pilot.press("I")
        await settle(pilot)
        assert isinstance(pilot.app.screen, InputDialog)
        await pilot.press("escape", "ctrl+x")
        await settle(pilot)
