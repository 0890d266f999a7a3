"""Which keys do what after the preset and the user's own changes: always a map that can be used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from agentflow_tui.config.nearest import nearest_name
from agentflow_tui.control_characters import visible_line
from agentflow_tui.tui.keymap.clash import Clash, clashes
from agentflow_tui.tui.keymap.key_name import KeyNameError, key_name
from agentflow_tui.tui.keymap.preset import PRESETS
from agentflow_tui.tui.keymap.table import TABLE
from agentflow_tui.tui.toml_file import TomlFileError, read_toml

REQUIRED = ("app.quit", "app.help", "app.palette")
"""Actions that always keep a key."""
UNBOUND = "unbound"
"""Stands for the key of an action that has none."""
_LONGEST = 60
_MOST_PROBLEMS = 50

_DEFAULTS: Mapping[str, tuple[str, ...]] = {key.id: key.keys for key in TABLE}


@dataclass(frozen=True, slots=True)
class Keymap:
    """The keys of every action, and what was wrong with the user's own."""

    keys: Mapping[str, tuple[str, ...]]
    problems: tuple[str, ...] = ()
    """One line per override that was left out."""

    @property
    def overrides(self) -> dict[str, str]:
        """The map as Textual takes it: all of it, since a part would take keys from what is not in it."""
        if self.keys == _DEFAULTS:
            return {}
        return {name: ",".join(keys) or UNBOUND for name, keys in self.keys.items()}


@runtime_checkable
class Keyed(Protocol):
    """An app with a keymap."""

    keymap: Keymap


def read_keymap(preset: str, file: Path) -> Keymap:
    """Return the keymap of a preset with the overrides in a TOML file; a missing file changes nothing.

    The file holds `"run.step" = "f6"`, or a list of keys, or an empty text for no key; tables nest ids.
    """
    try:
        overrides = dict(_flat(read_toml(file)))
    except FileNotFoundError:
        overrides = {}
    except TomlFileError as error:
        return Keymap(_preset(preset), (str(error),))
    keymap = make_keymap(preset, overrides)
    return replace(keymap, problems=tuple(f"{file.name}: {problem}" for problem in keymap.problems))


def make_keymap(preset: str, overrides: Mapping[str, Any]) -> Keymap:
    """Return the keymap of a preset with overrides; those that cannot be used are left out and named."""
    base = _preset(preset)
    problems = [] if preset in PRESETS else [f"{_shown(preset)} is no preset; there are {', '.join(PRESETS)}"]
    wanted: dict[str, tuple[str, ...]] = {}
    for name, value in overrides.items():
        try:
            wanted[_known(name)] = _keys(name, value)
        except KeyNameError as error:
            problems.append(str(error))
    while clash := next(_new_clashes(base | wanted, wanted), None):
        culprit = clash.second if clash.second in wanted else clash.first
        problems.append(f"{culprit}: {clash.told(culprit)}")
        del wanted[culprit]
    if len(problems) > _MOST_PROBLEMS:
        problems[_MOST_PROBLEMS:] = [f"… and {len(problems) - _MOST_PROBLEMS} more"]
    return Keymap(base | wanted, tuple(problems))


def _preset(name: str) -> dict[str, tuple[str, ...]]:
    return {**_DEFAULTS, **PRESETS.get(name, {})}


def _new_clashes(keys: Mapping[str, tuple[str, ...]], wanted: Iterable[str]) -> Iterator[Clash]:
    known = set(clashes(_DEFAULTS))
    return (
        clash
        for clash in clashes(keys)
        if clash not in known and (clash.first in wanted or clash.second in wanted)
    )


def _known(name: str) -> str:
    if name in _DEFAULTS:
        return name
    near = nearest_name(name, _DEFAULTS)
    raise KeyNameError(f"{_shown(name)} is no action" + (f"; did you mean {near}?" if near else ""))


def _keys(name: str, value: object) -> tuple[str, ...]:
    names = value.split(",") if isinstance(value, str) and value != "," else value
    if isinstance(names, str):
        names = [names]
    if not isinstance(names, list) or not all(isinstance(each, str) for each in names):
        raise KeyNameError(f'{name}: keys are a text such as "f6" or a list of texts')
    try:
        keys = tuple(dict.fromkeys(key_name(each) for each in names if each.strip() or each == " "))
    except KeyNameError as error:
        raise KeyNameError(f"{name}: {error}") from error
    if not keys and name in REQUIRED:
        raise KeyNameError(f"{name}: must keep a key")
    if name == "app.quit" and any(len(key) == 1 or "+" not in key and key[0] != "f" for key in keys):
        raise KeyNameError(
            f"{name}: works while one types, so it must be a function key or one with ctrl or alt"
        )
    return keys


def _flat(table: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


def _shown(name: str) -> str:
    return repr(visible_line(name, _LONGEST))
