"""Fixtures of the workbench's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agentflow_tui.agents.trust import Trust
from agentflow_tui.history.store import RunStore
from agentflow_tui.workbench import Workbench


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Workbench]:
    """A workbench with runs and consents of its own."""
    bench = Workbench(env={}, store=RunStore(tmp_path / "runs.sqlite3"), trust=Trust(tmp_path / "trust.json"))
    yield bench
    await bench.aclose()
