"""What a person feels while a run goes on, and what the program costs while nothing does."""

from __future__ import annotations

import statistics
from pathlib import Path

import pytest

from benchmarks.key_latency import LIMIT, RATE, KeyLatency
from benchmarks.terminal import Terminal
from tests.screen.desk import LOOP
from tests.terminal.opened import opened, run_to_end, write

IDLE = 0.01
"""Of one core."""
ROUNDS = 4
"""Of which the quietest counts: the machine has other things to do, too."""


# It types a hundred letters at most, and each may wait for a processor.
@pytest.mark.timeout(900)
def test_keys_are_quick_while_fifty_agents_write_a_thousand_events_a_second(tmp_path: Path) -> None:
    found = KeyLatency.measure(tmp_path)
    assert found.rate >= RATE, f"only {found.rate:.0f} events a second"
    assert min(len(took) for took in found.rounds) >= 20
    assert statistics.median(took for each in found.rounds for took in each) < LIMIT
    assert found.longest < LIMIT


def _idle_share(terminal: Terminal) -> float:
    """The share of a core that it takes; at first it may still have to load something."""
    shares: list[float] = []
    while len(shares) < ROUNDS and not (shares and shares[-1] <= IDLE):
        shares.append(terminal.read_for(2.0) / 2.0)
    return min(shares)


def test_a_flow_that_is_open_costs_nothing_before_and_after_a_run(tmp_path: Path) -> None:
    with opened(write(tmp_path, LOOP)) as terminal:
        assert _idle_share(terminal) <= IDLE
        run_to_end(terminal)
        assert _idle_share(terminal) <= IDLE
