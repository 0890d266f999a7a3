"""Fixtures of the screen tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.screen.desk import Desk, still_cursors
from tests.screen.quiet_loop import QuietLoop, ask_the_loop


def pytest_asyncio_loop_factories() -> dict[str, type[QuietLoop]]:
    """Run each test on a loop that knows when the app has come to rest."""
    return {"quiet": QuietLoop}


@pytest.fixture(autouse=True)
def _no_blinking(monkeypatch: pytest.MonkeyPatch) -> None:
    still_cursors(monkeypatch)


@pytest.fixture(autouse=True)
def _no_sleeping(monkeypatch: pytest.MonkeyPatch) -> None:
    ask_the_loop(monkeypatch)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)
