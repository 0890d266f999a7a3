from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from agentflow_tui.tui.keymap.bind import spelled
from agentflow_tui.tui.keymap.clash import clashes
from agentflow_tui.tui.keymap.handbook import handbook
from agentflow_tui.tui.keymap.key_name import KeyNameError, key_name
from agentflow_tui.tui.keymap.keymap import REQUIRED, make_keymap, read_keymap
from agentflow_tui.tui.keymap.preset import PRESETS
from agentflow_tui.tui.keymap.table import TABLE

DEFAULTS = {key.id: key.keys for key in TABLE}


def test_nothing_in_one_place_has_the_same_key() -> None:
    assert [clash for clash in clashes(DEFAULTS) if not clash.is_hiding] == []


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_is_clean_and_names_known_actions(preset: str) -> None:
    keymap = make_keymap(preset, {})
    assert keymap.problems == ()
    assert set(keymap.keys) == set(DEFAULTS)
    new = set(clashes(keymap.keys)) - set(clashes(DEFAULTS))
    assert [clash for clash in new if not clash.is_hiding] == []
    assert all(keymap.keys[name] for name in REQUIRED)


def test_every_key_of_the_table_has_its_own_name() -> None:
    for names in DEFAULTS.values():
        assert [key_name(name) for name in names] == list(names)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("?", "question_mark"),
        ("^s", "ctrl+s"),
        ("F5", "f5"),
        ("+", "plus"),
        (" ", "space"),
        ("Esc", "escape"),
    ],
)
def test_keys_as_people_write_them(written: str, name: str) -> None:
    assert key_name(written) == name


@pytest.mark.parametrize("written", ["", "ctrl+", "zz+yy", "blah", "<ignore>", "ctrl+i", "ctrl+m", "\x1b"])
def test_what_is_no_key(written: str) -> None:
    with pytest.raises(KeyNameError):
        key_name(written)


@pytest.mark.parametrize(
    ("overrides", "complaint"),
    [
        ({"run.stp": "f6"}, "did you mean run.step?"),
        ({"run.step": "zz+yy"}, "'zz+yy' is no key"),
        ({"run.step": "i"}, "i is taken by run.input"),
        ({"run.step": 3}, "list of texts"),
        ({"graph.down": "s"}, "s would hide run.step"),
        ({"app.quit": ""}, "must keep a key"),
        ({"app.help": []}, "must keep a key"),
        ({"app.palette": ""}, "must keep a key"),
        ({"app.quit": "x"}, "works while one types"),
        ({"\x1b]0;x\x07[/b]": "x"}, "is no action"),
    ],
)
def test_a_wrong_override_is_named_and_left_out(overrides: dict[str, Any], complaint: str) -> None:
    keymap = make_keymap("default", overrides)
    assert len(keymap.problems) == 1
    assert complaint in keymap.problems[0]
    assert "\x1b" not in keymap.problems[0]
    assert keymap.keys == DEFAULTS
    assert keymap.overrides == {}


def test_two_actions_can_swap_their_keys() -> None:
    keymap = make_keymap("default", {"run.step": "f9", "run.iteration": "f8"})
    assert keymap.problems == ()
    assert keymap.overrides["run.step"] == "f9"
    assert set(keymap.overrides) == set(DEFAULTS)


def test_a_file_nests_ids_and_may_be_missing_or_broken(tmp_path: Path) -> None:
    file = tmp_path / "keys.toml"
    assert read_keymap("default", file).keys == DEFAULTS
    file.write_text('run.step = "f6"\n"app.errors" = ""\n', encoding="utf-8")
    keymap = read_keymap("default", file)
    assert keymap.problems == ()
    assert keymap.keys["run.step"] == ("f6",)
    assert keymap.overrides["app.errors"] == "unbound"
    file.write_text("run.step = ", encoding="utf-8")
    assert read_keymap("default", file).keys == DEFAULTS
    assert "keys.toml" in read_keymap("default", file).problems[0]
    file.write_text("x = " + "[" * 100_000, encoding="utf-8")
    assert read_keymap("default", file).problems
    file.write_text("#" * 300_000, encoding="utf-8")
    assert "larger" in read_keymap("default", file).problems[0]


def test_the_handbook_shows_this_table() -> None:
    readme = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
    begin = readme.index("<!-- keys: agentflow-tui keys --markdown -->\n")
    shown = readme[begin : readme.index("<!-- /keys -->")].partition("\n")[2]
    assert shown.strip() == handbook()


def test_signs_are_shown_as_they_are_typed() -> None:
    assert "_" not in re.sub(r"`_`|[a-z_]+\.[a-z_]+", "", "".join(re.findall(r"`[^`]+`", handbook())))
    for sign in "!\"#$%&'()*+,-./:;<=>?@[\\]^_{|}~":
        assert spelled(key_name(sign)) == sign
    assert [spelled(name) for name in ("space", "f5", "ctrl+s", "tab", "escape")] == [
        "space",
        "F5",
        "^s",
        "tab",
        "esc",
    ]
