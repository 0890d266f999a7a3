"""Fixtures of the picture tests: one SVG per name, the same on every machine."""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from tests.pictures.screenshot import Screenshot
from tests.screen.desk import Desk, still_cursors
from tests.screen.quiet_loop import QuietLoop, ask_the_loop


class SvgExtension(SingleFileSnapshotExtension):
    _file_extension = "svg"
    _write_mode = WriteMode.TEXT


def pytest_asyncio_loop_factories() -> dict[str, type[QuietLoop]]:
    """Run each test on a loop that knows when the app has come to rest."""
    return {"quiet": QuietLoop}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    still_cursors(monkeypatch)
    ask_the_loop(monkeypatch)
    return Desk(tmp_path)


@pytest.fixture
def screenshot(snapshot: SnapshotAssertion, tmp_path: Path) -> Screenshot:
    """Compare the screen with the picture of that name, or with one in each theme."""
    return Screenshot(snapshot.use_extension(SvgExtension), tmp_path / "differences")
