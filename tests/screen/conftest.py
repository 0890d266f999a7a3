"""Fixtures of the screen tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.screen.desk import Desk, still_cursors


@pytest.fixture(autouse=True)
def _no_blinking(monkeypatch: pytest.MonkeyPatch) -> None:
    still_cursors(monkeypatch)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)
