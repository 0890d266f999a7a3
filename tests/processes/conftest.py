"""Fixtures of the tests that start processes: the servers of the models' tests, to download from."""

from __future__ import annotations

from tests.unit.llm.conftest import refused_url, respond, start_server

__all__ = ["refused_url", "respond", "start_server"]
