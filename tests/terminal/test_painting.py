"""The benchmark of painting measures what happens on the screen."""

from __future__ import annotations

import pytest

from benchmarks import painting
from benchmarks.busy_flow import busy_flow
from benchmarks.painting import SCENES, Scene


def test_agents_that_write_cost_more_than_a_flow_that_is_only_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(painting, "_LOOKS", 2)
    flow = busy_flow("collaborative", 20, 1000, 0.02)
    idle = Scene("idle", flow, 100.0, is_running=False).verdict()
    busy = Scene("busy", flow, 0.01).verdict()
    assert busy.value > 2 * idle.value
    assert (idle.holds, busy.holds, busy.unit) == (True, False, "% core")


def test_every_scene_has_a_limit_and_a_name_of_its_own() -> None:
    assert len({scene.what for scene in SCENES}) == len(SCENES)
    assert all(0 < scene.limit <= 25 for scene in SCENES)
