"""Keeps every test away from the developer's own folders and settings."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from agentflow_tui import paths

# The weights of the live tests are large, so they stay in the real cache: saved before it is hidden.
_REAL_CACHE = Path(os.environ.get("AGENTFLOW_TEST_CACHE") or paths.cache_folder())

_DROPPED = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "OPENAI_API_KEY", "OPENAI_BASE_URL")
_DROPPED_PREFIXES = ("AGENTFLOW_", "OLLAMA_", "TEXTUAL_")
# Set by the snapshot plugin for itself; where other conformance cases are.
_KEPT = ("TEXTUAL_SNAPSHOT_TEMPDIR", "AGENTFLOW_CASES")
# So few that what is freed is still in the processor's cache: with more, the tests take longer again.
_OBJECTS_UNTIL_COLLECTED = 5_000
_XDG = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")


def pytest_configure(config: pytest.Config) -> None:
    """Isolate before any test module is imported, as Textual reads its settings when it is imported."""
    # Whatever the environment says: to compile what did not change takes each process seconds.
    sys.dont_write_bytecode = False
    home = TemporaryDirectory(prefix="agentflow-tui-home-", ignore_cleanup_errors=True)
    patch = pytest.MonkeyPatch()
    config.add_cleanup(home.cleanup)
    config.add_cleanup(patch.undo)
    for name in list(os.environ):
        if name not in _KEPT and (name in _DROPPED or name.startswith(_DROPPED_PREFIXES)):
            patch.delenv(name)
    folder = Path(home.name).resolve()
    patch.setenv("HOME", str(folder))
    patch.setenv("USERPROFILE", str(folder))
    for name in _XDG:
        patch.setenv(name, str(folder / name.removeprefix("XDG_").lower()))
    patch.setenv("AGENTFLOW_TEST_CACHE", str(_REAL_CACHE))
    # Pictures show times of day.
    patch.setenv("TZ", "UTC")
    time.tzset()
    # With nohup, or behind a shell's `&`, all that the tests start would ignore these as well; what is
    # handled here is not handed down.
    for number in (signal.SIGHUP, signal.SIGINT):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, lambda *_: None)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Take half as many again as there are cores, as tests of terminals and processes mostly wait."""
    cores = os.cpu_count() or 1
    return cores + cores // 2


def pytest_collection_finish() -> None:
    """Spare the garbage collector what is there for good, and most of its turns.

    A quarter of the processor time of the screen tests was its own: painting makes many small objects.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS_UNTIL_COLLECTED, 50, 100)
    _draw_the_same_examples()


def _draw_the_same_examples() -> None:
    """Let the profile `ci` draw the same examples for a property whatever ran before it.

    Hypothesis mixes in constants of all modules that are imported by then, and which they are hangs on the
    order in which a worker gets its tests.
    """
    if "hypothesis" not in sys.modules:
        return
    from hypothesis import settings
    from hypothesis.internal.conjecture import providers
    from hypothesis.internal.constants_ast import Constants

    if settings().derandomize:
        none = Constants()
        pytest.MonkeyPatch().setattr(providers, "_get_local_constants", lambda: none)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    """Collect what is left, then spare pytest's own five rounds, and the end, what is alive."""
    gc.collect()
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _no_store_left_open() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    for thread in set(threading.enumerate()) - before:
        if "(_connection_worker_thread)" in thread.name:
            thread.join(5)
            assert not thread.is_alive(), "a run store was left open"


@pytest.fixture(scope="session")
def isolated_home() -> Path:
    """Return the temporary folder that stands in for the user's home."""
    return Path.home()


@pytest.fixture(scope="session")
def real_cache() -> Path:
    """Return the cache folder outside the isolation, where fetched weights stay between runs."""
    return _REAL_CACHE
