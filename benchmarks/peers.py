"""The other engines, which live in a virtual environment of their own and may not be there."""

from __future__ import annotations

import logging
import os
import site
import sys
from importlib import import_module
from pathlib import Path

from benchmarks.adapters.adapter import Adapter

_PLACE = Path(__file__).parent.parent / ".venv-peers"
_ADAPTERS = (("burr", "Burr"), ("langgraph", "LangGraph"))


def peers() -> tuple[list[Adapter], list[str]]:
    """Give those that are installed, and the names of the others.

    They run in this process, so that all are measured alike; their lock file asks for the same versions of
    what they share with this project, whose own come first.
    """
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    site.addsitedir(str(_PLACE / "lib" / version / "site-packages"))
    os.environ["LANGSMITH_TRACING"] = os.environ["LANGCHAIN_TRACING_V2"] = "false"
    logging.getLogger("burr").setLevel(logging.ERROR)
    found: list[Adapter] = []
    missing = []
    for module, name in _ADAPTERS:
        try:
            found.append(getattr(import_module(f"benchmarks.adapters.{module}"), name)())
        except ModuleNotFoundError:
            missing.append(module)
    return found, missing
