"""The program, called as a person calls it: in this process, or as a process of its own."""

from __future__ import annotations

import functools
import io
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
import typer

from agentflow_tui.__main__ import main

# A process makes its tree of commands once, which takes longer than most commands do; so does this one.
COMMANDS = functools.cache(typer.main.get_command)
PROGRAM = [sys.executable, "-m", "agentflow_tui"]
FLOW = """
[llm]
provider = "scripted"
model = "script"
[orchestration]
mode = "sequential"
sequential_agents = ["first", "second"]
[agents.first]
prompt = "About {message} for {count}"
[agents.second]
[providers.scripted]
answers = ["an answer \\u001b]0;owned\\u0007 with an escape"]
"""
SLOW = FLOW.replace("answers", "seconds_per_word = 30.0\nanswers").replace(
    "[orchestration]", "[orchestration]\ntimeout_seconds = 600"
)


class Done(NamedTuple):
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


def cli(
    *arguments: str, given: str = "", env: Mapping[str, str] | None = None, folder: Path | None = None
) -> Done:
    """Run a command in this process, with streams of its own; an error that it lets out is the test's."""
    streams = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n") for _ in range(3)]
    into, out, err = streams
    into.write(given)
    into.seek(0)
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit) as ended:
        for name, stream in (("stdin", into), ("stdout", out), ("stderr", err)):
            patch.setattr(sys, name, stream)
            patch.setattr(sys, f"__{name}__", stream)
        patch.setattr(sys, "argv", ["agentflow-tui", *arguments])
        patch.setattr(typer.main, "get_command", COMMANDS)
        if env is not None:
            for name in os.environ.keys() - env.keys():
                patch.delenv(name)
            for name, value in env.items():
                patch.setenv(name, value)
        if folder is not None:
            patch.chdir(folder)
        main()
    code = ended.value.code
    assert code is None or isinstance(code, int)
    for stream in (out, err):
        stream.flush()
        stream.seek(0)
    return Done(code or 0, out.read(), err.read())


def program(
    *arguments: str,
    given: str | None = None,
    env: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Done:
    """Run a command as a process of its own: slower, and all that it imports is imported anew."""
    done = subprocess.run(
        [*PROGRAM, *arguments],
        input=given,
        env=env,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)
