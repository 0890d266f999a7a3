"""Fixtures of the picture tests: one SVG per name, the same on every machine."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from textual.pilot import Pilot

from tests.screen.desk import Desk, settle, still_cursors

Screenshot = Callable[[Pilot[Any], str], Awaitable[None]]


class SvgExtension(SingleFileSnapshotExtension):
    _file_extension = "svg"
    _write_mode = WriteMode.TEXT


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    still_cursors(monkeypatch)
    return Desk(tmp_path)


@pytest.fixture
def screenshot(snapshot: SnapshotAssertion) -> Screenshot:
    """Compare the screen with the picture of that name."""
    pictures = snapshot.use_extension(SvgExtension)

    async def check(pilot: Pilot[Any], name: str) -> None:
        await pilot.wait_for_scheduled_animations()
        await settle(pilot)
        svg = pilot.app.export_screenshot(title="agentflow", simplify=True)
        # Rich numbers the classes of each picture anew.
        assert re.sub(r"terminal-\d+-", "terminal-", svg) == pictures(name=name)

    return check
