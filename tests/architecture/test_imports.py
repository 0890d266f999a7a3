"""What starting and importing costs: proven in fresh processes, as this one has imported everything."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import agentflow_tui
from agentflow_tui.resources import resource_folder

PACKAGE = Path(agentflow_tui.__file__).parent
HEADLESS = sorted(
    f"agentflow_tui.{entry.stem}"
    for entry in PACKAGE.iterdir()
    if entry.name not in {"tui", "cli", "__init__.py", "_data", "__main__.py"}
    and (entry.suffix == ".py" or (entry / "__init__.py").is_file())
)
LISTED = "import json, sys; print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"


def fresh(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=120, check=False
    )


def imported_by(statement: str) -> set[str]:
    ended = fresh(f"{statement}; {LISTED}")
    assert ended.returncode == 0, ended.stderr
    return set(json.loads(ended.stdout.splitlines()[-1]))


def imported_by_command(*arguments: str) -> tuple[set[str], str]:
    code = (
        "import atexit, json, sys\n"
        "listed = lambda: sorted({name.partition('.')[0] for name in sys.modules})\n"
        "atexit.register(lambda: sys.stderr.write('\\n' + json.dumps(listed())))\n"
        "from agentflow_tui.cli.main import main\n"
        "sys.argv[0] = 'agentflow-tui'\n"
        "sys.exit(main())\n"
    )
    ended = fresh(code, *arguments)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return set(json.loads(ended.stderr.splitlines()[-1])), ended.stdout


def test_the_probe_sees_textual_when_it_is_there() -> None:
    assert {"textual", "rich"} <= imported_by("import textual.app")


@pytest.mark.parametrize("module", HEADLESS)
def test_nothing_but_tui_loads_textual_or_a_heavy_client(module: str) -> None:
    loaded = imported_by(f"import {module}")
    assert loaded & {"textual", "rich", "openai", "ollama", "xllamacpp", "opentelemetry"} == set()


def test_every_module_of_every_headless_room_stays_free_of_textual() -> None:
    modules = sorted(
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
        for path in PACKAGE.rglob("*.py")
        if path.relative_to(PACKAGE).parts[0] not in {"tui", "cli", "_data"} and path.name != "__main__.py"
    )
    statement = f"import importlib; [importlib.import_module(name) for name in {modules!r}]"
    assert imported_by(statement) & {"textual", "rich"} == set()


def test_help_does_not_load_textual() -> None:
    loaded, output = imported_by_command("--help")
    assert "check" in output
    assert loaded & {"textual", "openai", "ollama"} == set()


def test_check_does_not_load_textual() -> None:
    flow = sorted(resource_folder("sample_configs").glob("*.toml"))[0]
    loaded, _ = imported_by_command("check", str(flow))
    assert loaded & {"textual", "openai", "ollama"} == set()
