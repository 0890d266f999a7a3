"""Time from a key to the bytes that show what it did, while agents write a thousand events a second."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from benchmarks.busy_flow import busy_flow
from benchmarks.terminal import Terminal
from benchmarks.user import user

STREAMS = 70
"""More than the fifty of the promise: an agent's words become at most twenty events a second."""
LIMIT = 0.1
"""Seconds a key may take."""
RATE = 1000.0
"""Events a second that there have to be meanwhile."""
ROUNDS = 4
"""Of which the quietest counts: the machine has other things to do, too."""
_LETTERS = (
    "ΓΔΘΛΞΠΣΦΨΩαβγδεζηθικλμνξ",
    "БГДЖЗИЙЛПФЦЧШЩЪЫЬЭЮЯбвгд",
    "ԱԲԳԴԵԶԷԸԹԺԻԼԽԾԿՀՁՂՃՄՅՆՇՈ",
    "ႠႡႢႣႤႥႦႧႨႩႪႫႬႭႮႯႰႱႲႳႴႵႶႷ",
)
"""For each round; a letter is seen once it was typed, and never before."""
_PROGRAM = """
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


@dataclass(frozen=True, slots=True)
class KeyLatency:
    """Rounds of keys, and what happened meanwhile."""

    rounds: list[list[float]]
    """Seconds that each key took, by round."""
    rate: float
    """Events a second of the time in which the program had a processor."""

    @classmethod
    def measure(cls, folder: Path) -> Self:
        """Type into the graph's search and the editor of a program whose files are in `folder`.

        There are further rounds, four at most, until in one of them no key took too long.

        Raises:
            TimeoutError: a key did nothing.
            RuntimeError: the program ended, or showed a letter before it was typed.
        """
        path, told = folder / "flow.toml", folder / "events.json"
        path.write_text(busy_flow("collaborative", STREAMS, 3000, 0.0505), encoding="utf-8")
        command = [sys.executable, "-c", _PROGRAM, str(path), str(told)]
        rounds: list[list[float]] = []
        with Terminal(command, env=user(folder), folder=folder) as terminal:
            terminal.read_until("READY")
            terminal.press(" ", "INPUT OF THE RUN")
            terminal.press("\r", "RUNNING")
            terminal.read_for(1.0)
            began, began_at = terminal.now, time.perf_counter()
            while len(rounds) < ROUNDS and not (rounds and max(rounds[-1]) < LIMIT):
                rounds.append(_round(terminal, _LETTERS[len(rounds)]))
            lasted, passed = terminal.now - began, time.perf_counter() - began_at
            terminal.press("\x11", "leave")
            terminal.write("x")
            terminal.read_to_end()
        times = json.loads(told.read_text(encoding="utf-8"))
        return cls(rounds, sum(at > times[-1] - passed for at in times) / lasted)

    @property
    def longest(self) -> float:
        """Seconds of the slowest key of the quietest round."""
        return min(max(took) for took in self.rounds)


def _presses(terminal: Terminal, letters: str) -> list[float]:
    """Seconds until each of these letters, which are nowhere else, is seen where it was typed."""
    took = []
    for letter in letters:
        start = len(terminal.seen)
        terminal.read_for(0.05)
        if letter.encode() in terminal.seen[start:]:
            raise RuntimeError(f"{letter!r} comes without the key")
        took.append(terminal.press(letter, letter))
    return took


def _round(terminal: Terminal, letters: str) -> list[float]:
    """Type half of the letters into the search of the graph, the others into the editor."""
    half = len(letters) // 2
    terminal.press("/", "/▏")
    searched = _presses(terminal, letters[:half])
    terminal.write("\r")
    terminal.press("1", "1 EDITOR")
    return searched + _presses(terminal, letters[half:]) + [terminal.press("\x1bOQ", "2 GRAPH")]
