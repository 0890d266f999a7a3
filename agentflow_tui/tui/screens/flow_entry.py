"""The flows that the gallery offers: samples, this folder, recent files."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from agentflow_tui.config.flow_notes import FlowNotes
from agentflow_tui.resources import resource_folder

_LARGEST = 1_000_000
_MOST = 50
_ORDER = ("route", "collaborative", "sequential", "loop", "mixed")


@dataclass(frozen=True, slots=True)
class FlowEntry:
    """One flow that can be opened."""

    kind: Literal["sample", "here", "recent"]
    path: Path
    pattern: str
    """The mode that the file names, or empty."""
    when: str
    """When to choose it, in one line; empty where the file does not say."""
    text: str
    """The file's text, for the preview; empty when it cannot be read."""
    is_staged: bool = False
    """True for a flow of several stages, each with a pattern of its own."""

    @property
    def title(self) -> str:
        """The file's name without its ending."""
        return self.path.stem.replace("_", " ")


def find_samples() -> tuple[FlowEntry, ...]:
    """Return the samples that ship with the program, none when they are missing.

    Those that show one pattern come first, the simplest pattern at the top, then flows of several stages.
    """
    try:
        folder = resource_folder("sample_configs")
    except FileNotFoundError:
        return ()
    found = [entry for path in folder.glob("*.toml") if (entry := read_entry("sample", path))]
    rank = {mode: number for number, mode in enumerate(_ORDER)}

    def place(entry: FlowEntry) -> tuple[bool, int, str]:
        return entry.is_staged, rank.get(entry.pattern, len(rank)), entry.path.name

    return tuple(sorted(found, key=place))


def find_here(folder: Path) -> tuple[FlowEntry, ...]:
    """Return the flow files in a folder, `agentflow.toml` first."""
    entries = [entry for path in _toml_files(folder) if (entry := read_entry("here", path))]
    flows = [e for e in entries if e.path.name == "agentflow.toml" or e.pattern or "[agents." in e.text]
    return tuple(sorted(flows, key=lambda entry: (entry.path.name != "agentflow.toml", entry.path.name)))


def read_entry(kind: Literal["sample", "here", "recent"], path: Path) -> FlowEntry | None:
    """Return the entry of a file, or none when it cannot be read as a text of sensible size."""
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST:
            return None
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None
    table = _orchestration(text)
    mode = table.get("mode", "")
    pattern = mode if isinstance(mode, str) else ""
    mixed = table.get("mixed")
    is_staged = isinstance(mixed, dict) and bool(mixed.get("stages"))
    return FlowEntry(kind, path, pattern, FlowNotes.read(text).when_to_choose, text, is_staged)


def _toml_files(folder: Path) -> Iterator[Path]:
    try:
        yield from sorted(folder.glob("*.toml"))[:_MOST]
    except OSError:
        return


def _orchestration(text: str) -> dict[str, Any]:
    try:
        table = tomllib.loads(text).get("orchestration", {})
    except (ValueError, RecursionError):
        return {}
    return table if isinstance(table, dict) else {}
