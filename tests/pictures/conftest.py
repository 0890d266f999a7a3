"""Fixtures of the picture tests: one SVG per name, the same on every machine."""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from tests.pictures.screenshot import Screenshot
from tests.screen.desk import Desk, still_cursors


class SvgExtension(SingleFileSnapshotExtension):
    _file_extension = "svg"
    _write_mode = WriteMode.TEXT


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    still_cursors(monkeypatch)
    return Desk(tmp_path)


@pytest.fixture
def screenshot(snapshot: SnapshotAssertion, tmp_path: Path) -> Screenshot:
    """Compare the screen with the picture of that name, or with one in each theme."""
    return Screenshot(snapshot.use_extension(SvgExtension), tmp_path / "differences")
