"""What a person feels while a run goes on, and what the program costs while nothing does."""

from __future__ import annotations

import json
import statistics
import sys
import time
from pathlib import Path

from benchmarks.terminal import Terminal
from tests.screen.desk import LOOP
from tests.terminal.opened import ENTER, F2, opened, run_to_end, user, write

STREAMS = 70
"""More than the fifty of the promise: an agent's words become at most twenty events a second."""
BOUND = 0.1
"""Seconds from a key to the bytes that show what it did."""
IDLE = 0.01
"""Of one core."""
ROUNDS = 4
"""Of which the quietest counts: the machine has other things to do, too."""
LETTERS = (
    "ΓΔΘΛΞΠΣΦΨΩαβγδεζηθικλμνξ",
    "БГДЖЗИЙЛПФЦЧШЩЪЫЬЭЮЯбвгд",
    "ԱԲԳԴԵԶԷԸԹԺԻԼԽԾԿՀՁՂՃՄՅՆՇՈ",
    "ႠႡႢႣႤႥႦႧႨႩႪႫႬႭႮႯႰႱႲႳႴႵႶႷ",
)
"""For each round; a letter is seen once it was typed, and never before."""
PROGRAM = """
import json, sys
from pathlib import Path
from agentflow_tui.cli.opening import open_in_terminal
from agentflow_tui.tui.app import AgentflowApp

leave = AgentflowApp.exit

def exit_with_times(app, *args, **options):
    history = next(screen.desk.run.history for screen in app.screen_stack if hasattr(screen, "desk"))
    Path(sys.argv[2]).write_text(json.dumps([event.at for event in history]))
    leave(app, *args, **options)

AgentflowApp.exit = exit_with_times
open_in_terminal(Path(sys.argv[1]))
"""
"""The program, which tells at its end when each event of its run was."""


def _streaming() -> str:
    agents = [f"worker{number}" for number in range(STREAMS)]
    return "\n".join(
        (
            '# Try it with: {"message": "hello"}',
            '[llm]\nprovider = "scripted"',
            '[orchestration]\nmode = "collaborative"\ntimeout_seconds = 300',
            f"max_concurrency = {STREAMS}\ncollaborative_agents = {json.dumps(agents)}",
            *(f'[agents.{name}]\nprompt = "Do {{message}}"' for name in agents),
            f'[providers.scripted]\nanswers = ["{"word " * 3000}"]\nseconds_per_word = 0.0505\n',
        )
    )


def _presses(terminal: Terminal, letters: str) -> list[float]:
    """Seconds until each of these letters, which are nowhere else, is seen where it was typed."""
    took = []
    for letter in letters:
        start = len(terminal.seen)
        terminal.read_for(0.05)
        assert letter.encode() not in terminal.seen[start:], f"{letter!r} comes without the key"
        took.append(terminal.press(letter, letter))
    return took


def _round(terminal: Terminal, letters: str) -> list[float]:
    """Type half of the letters into the search of the graph, the others into the editor."""
    half = len(letters) // 2
    terminal.press("/", "/▏")
    searched = _presses(terminal, letters[:half])
    terminal.write(ENTER)
    terminal.press("1", "1 EDITOR")
    return searched + _presses(terminal, letters[half:]) + [terminal.press(F2, "2 GRAPH")]


def test_keys_are_quick_while_fifty_agents_write_a_thousand_events_a_second(tmp_path: Path) -> None:
    path, told = write(tmp_path, _streaming()), tmp_path / "events.json"
    command = [sys.executable, "-c", PROGRAM, str(path), str(told)]
    rounds: list[list[float]] = []
    with Terminal(command, env=user(tmp_path), folder=tmp_path) as terminal:
        terminal.read_until("READY")
        terminal.press(" ", "INPUT OF THE RUN")
        terminal.press(ENTER, "RUNNING")
        terminal.read_for(1.0)
        began, began_at = terminal.now, time.perf_counter()
        while len(rounds) < ROUNDS and not (rounds and max(rounds[-1]) < BOUND):
            rounds.append(_round(terminal, LETTERS[len(rounds)]))
        lasted, passed = terminal.now - began, time.perf_counter() - began_at
        terminal.press("\x11", "leave")
        terminal.write("x")
        terminal.read_to_end()
    times = json.loads(told.read_text())
    rate = sum(at > times[-1] - passed for at in times) / lasted
    assert rate >= 1000, f"only {rate:.0f} events a second"
    assert min(len(took) for took in rounds) >= 20
    assert statistics.median(took for each in rounds for took in each) < BOUND
    assert min(max(took) for took in rounds) < BOUND


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
