"""What is told of exceptions that nobody meant to raise (semantics, failures of Python code)."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest

from agentflow_tui.engine import AgentError
from agentflow_tui.engine.errors import AgentNetworkError
from agentflow_tui.engine.fault import fault_text
from agentflow_tui.engine.meta import checked_meta
from agentflow_tui.history.policy_event import AttemptFailed
from agentflow_tui.plan.node import Chain, Step
from agentflow_tui.plan.policy import Policies, RetryPolicy
from tests.unit.engine.probe import Probe, raising


def _raised(call: Callable[[], Any]) -> BaseException:
    with pytest.raises(BaseException) as caught:  # noqa: PT011 - whatever it raises is looked at
        call()
    return caught.value


def _loaded(source: str, file: Path | str, module: str) -> Callable[[], Any]:
    names: dict[str, Any] = {"__name__": module}
    exec(compile(source, str(file), "exec"), names)  # noqa: S102 - code of the user's, as it is loaded
    run: Callable[[], Any] = names["run"]
    return run


SOURCE = "import json\ndef run():\n    deeper()\ndef deeper():\n    {}\n"


def test_the_type_the_text_and_the_place_are_told() -> None:
    run = _loaded(SOURCE.format("return {}['y']"), "/somewhere/handlers.py", "handlers")
    assert fault_text(_raised(run)) == "KeyError: 'y' (handlers.py:5)"


def test_what_has_no_text_or_no_place_goes_without() -> None:
    run = _loaded(SOURCE.format("raise RuntimeError"), "/somewhere/handlers.py", "handlers")
    assert fault_text(_raised(run)) == "RuntimeError (handlers.py:5)"
    assert fault_text(ValueError("never raised")) == "ValueError: never raised"


@pytest.mark.parametrize("kind", [AgentError, AgentNetworkError, type("Own", (AgentError,), {})])
def test_what_an_agent_says_itself_is_left_as_it_is(kind: type[AgentError]) -> None:
    def refuse() -> None:
        raise kind("no paper")

    assert fault_text(_raised(refuse)) == "no paper"


def test_the_place_is_in_the_users_code_and_not_in_what_it_calls() -> None:
    told = fault_text(_raised(_loaded(SOURCE.format("json.loads('nine')"), "/a/steps.py", "steps")))
    assert told == "JSONDecodeError: Expecting value: line 1 column 1 (char 0) (steps.py:5)"
    search = SOURCE.format("importlib.import_module('no_such_module')").replace("json", "importlib")
    told = fault_text(_raised(_loaded(search, "/a/steps.py", "steps")))
    assert told == "ModuleNotFoundError: No module named 'no_such_module' (steps.py:5)"


@pytest.mark.parametrize("folder", ["site-packages", "dist-packages"])
def test_the_place_is_in_the_users_code_and_not_in_what_is_installed(folder: str) -> None:
    library = _loaded(SOURCE.format("raise OSError('x')"), f"/v/{folder}/lib.py", "lib")
    names = {"__name__": "steps", "library": library}
    exec(compile("def run():\n    library()", "/a/steps.py", "exec"), names)  # noqa: S102
    assert fault_text(_raised(names["run"])) == "OSError: x (steps.py:2)"  # type: ignore[arg-type]
    # With no code of the user's on the way, as far as it came.
    error = _raised(library)
    error.__traceback__ = error.__traceback__.tb_next if error.__traceback__ else None
    assert fault_text(error) == "OSError: x (lib.py:5)"


def test_the_place_without_any_code_of_the_users() -> None:
    own = _raised(lambda: checked_meta(None))  # type: ignore[arg-type]
    assert own.__traceback__ is not None
    own.__traceback__ = own.__traceback__.tb_next and own.__traceback__.tb_next.tb_next
    assert "(engine/meta.py:" in fault_text(own)
    missing = _raised(lambda: importlib.import_module("no_such_module"))
    while missing.__traceback__ is not None and missing.__traceback__.tb_next is not None:
        missing.__traceback__ = missing.__traceback__.tb_next
    assert fault_text(missing) == "ModuleNotFoundError: No module named 'no_such_module'"


@pytest.mark.parametrize(
    ("file", "module", "told"),
    [
        ("/one/steps.py", "agentflow_code_0123456789abcdef.steps", "steps.py"),
        ("/other/steps.py", "agentflow_code_fedcba9876543210.steps", "steps.py"),
        ("/one/deep/steps.py", "agentflow_code_0123456789abcdef.deep.steps", "deep/steps.py"),
        ("/one/deep/__init__.py", "agentflow_code_0123456789abcdef.deep", "deep/__init__.py"),
        ("/home/me/app.py", "__main__", "app.py"),
        ("<string>", "__main__", "<string>"),
        ("/a.py", "much.too.deep", "/a.py"),
        ("/a/half \ud800.py", "a", "half ?.py"),
        (f"/a/{'x' * 10_000}.py", "a", f"{'x' * 197}.py"),
    ],
)
def test_the_place_is_the_same_wherever_the_folder_lies(file: str, module: str, told: str) -> None:
    run = _loaded(SOURCE.format("raise ValueError(1)"), file, module)
    assert fault_text(_raised(run)) == f"ValueError: 1 ({told}:5)"


def test_an_exception_that_hides_its_facts_is_told_all_the_same() -> None:
    class Hidden(Exception):
        @property
        def __traceback__(self) -> TracebackType | None:  # type: ignore[override]
            raise SystemExit("traceback")

        def __str__(self) -> str:
            raise SystemExit("text")

    def hide() -> None:
        raise Hidden

    assert fault_text(_raised(hide)).startswith("Hidden (unit/engine/test_fault.py:")
    long = type("Long" * 1_000, (Exception,), {})
    assert len(fault_text(long("x"))) < 210


async def test_a_failed_attempt_tells_it_too() -> None:
    again = Policies(retry=RetryPolicy(1, jitter=False))
    step = Step("flow/a", "a", None, again)
    probe = Probe(Chain("flow", "s", (step,)), {"a": raising(ConnectionError("gone"))})
    await probe.run()
    (failed,) = probe.of_kind(AttemptFailed)
    assert failed.error.startswith("ConnectionError: gone (unit/engine/probe.py:")
