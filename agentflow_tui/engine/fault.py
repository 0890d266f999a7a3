"""What is told of an exception that nobody meant to raise: its type, its text, and where it came from."""

from __future__ import annotations

import os
from pathlib import Path, PurePath
from types import TracebackType
from typing import Any

from agentflow_tui.engine.errors import AgentError, error_text, plain_text

_LONGEST = 200
"""So many characters of a name are told: users can make up types and files, of any length."""
_NOT_THEIRS = (f"{Path(__file__).parents[1]}{os.sep}", f"{Path(os.__file__).parent}{os.sep}", "<frozen ")
_INSTALLED = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")


def fault_text(error: BaseException) -> str:
    """`KeyError: 'y' (steps.py:12)`; the text alone of an `AgentError`, which says what its raiser meant.

    The same error at the same place gives the same text on every machine and in every run; never raises.
    The text may be `MAX_TEXT` long; it is no ground for a category, which `categorize` gives.
    """
    text, kind = error_text(error), type(error)
    if issubclass(kind, AgentError):
        return text
    name = plain_text(kind.__name__)[:_LONGEST]
    told = text if text == name else f"{name}: {text}"
    place = _place(error)
    return f"{told} ({place})" if place else told


def _place(error: BaseException) -> str:
    """Where the user's code stood, else where the error was raised; empty when neither is known."""
    # By the descriptor: a class of the user's may have a property of that name.
    trace = vars(BaseException)["__traceback__"].__get__(error)
    theirs = last = None
    while trace is not None:
        file, last = trace.tb_frame.f_code.co_filename, trace
        if not file.startswith(_NOT_THEIRS) and not any(folder in file for folder in _INSTALLED):
            theirs = trace
        trace = trace.tb_next
    found = theirs or last
    if found is None or found.tb_frame.f_code.co_filename.startswith("<frozen "):
        return ""
    return f"{_file(found)}:{found.tb_lineno}"


def _file(trace: TracebackType) -> str:
    """The file's path below the package that it is in: where the package lies differs between machines."""
    frame = trace.tb_frame
    parts = PurePath(plain_text(frame.f_code.co_filename)).parts
    module: Any = dict.get(frame.f_globals, "__name__")
    depth = str.count(module, ".") if issubclass(type(module), str) else 0
    depth = max(depth, 1) + (parts[-1:] == ("__init__.py",))
    return PurePath(*parts[-depth:]).as_posix()[-_LONGEST:]
