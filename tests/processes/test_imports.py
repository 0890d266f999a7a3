"""What a fresh process imports, and what an import that fails says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.telemetry.test_telemetry import FLOW


def fresh(tmp_path: Path, choice: str) -> list[str]:
    """Run the flow in a new process; give the roots of the modules that it imported."""
    path = tmp_path / "flow.toml"
    path.write_text(FLOW)
    code = (
        "import asyncio, json, sys\n"
        "from pathlib import Path\n"
        "from agentflow_tui.engine import Event\n"
        "from agentflow_tui.history.store import RunStore\n"
        "from agentflow_tui.workbench import Workbench\n"
        "async def main():\n"
        "    store = RunStore(Path(sys.argv[1]).with_name('runs.sqlite3'))\n"
        "    bench = Workbench(env={'AGENTFLOW_TELEMETRY': sys.argv[2]}, store=store)\n"
        "    bench.open(Path(sys.argv[1]))\n"
        "    run = await bench.start(Event.make({'message': 'm'}))\n"
        "    assert (await run.wait()).status == 'completed'\n"
        "    await bench.aclose()\n"
        "asyncio.run(main())\n"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))\n"
    )
    arguments = [sys.executable, "-c", code, str(path), choice]
    ended = subprocess.run(arguments, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 0, ended.stderr
    roots: list[str] = json.loads(ended.stdout)
    return roots


def test_opentelemetry_is_imported_only_when_it_is_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert "opentelemetry" not in fresh(tmp_path, "off")
    assert "opentelemetry" in fresh(tmp_path, "file")


def test_importing_the_package_imports_nothing_else_of_it() -> None:
    code = (
        "import sys, agentflow_tui\n"
        "print([n for n in sys.modules if n.startswith('agentflow_tui.')])\n"
        "agentflow_tui.FlowRunner\n"
        "print(sorted({'textual', 'rich', 'openai', 'ollama', 'typer'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    # What imports the names when somebody asks for them is all that has to be there.
    assert done.stdout.splitlines() == ["['agentflow_tui.lazy_names']", "[]"]


def test_showing_control_characters_needs_only_the_standard_library() -> None:
    code = (
        "import sys; import agentflow_tui.control_characters; "
        "print(sorted(m for m in sys.modules if m.split('.')[0] in {'textual', 'rich', 'pydantic'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


BROKEN_ENVIRONMENTS = {
    "socks proxy": ({"ALL_PROXY": "socks5://127.0.0.1:9"}, "ALL_PROXY"),
    "bad host": ({"OLLAMA_HOST": "1.2.3.4:99999"}, "OLLAMA_HOST"),
}


@pytest.mark.parametrize("case", BROKEN_ENVIRONMENTS)
def test_the_client_that_cannot_be_imported_is_explained(case: str, tmp_path: Path) -> None:
    """In its own process, because the import happens once."""
    variables, hint = BROKEN_ENVIRONMENTS[case]
    script = tmp_path / "ask.py"
    script.write_text(
        "import asyncio\n"
        "from agentflow_tui.llm.ollama_provider import OllamaProvider\n"
        "from agentflow_tui.llm.model_error import ModelError\n"
        "from agentflow_tui.llm.provider import ChatRequest, Message\n"
        "from agentflow_tui.llm.server_address import ServerAddress\n"
        "async def main():\n"
        "    provider = OllamaProvider(ServerAddress('http://127.0.0.1:9', True))\n"
        "    try:\n"
        "        async for _ in provider.stream(ChatRequest('m', (Message('user', 'x'),))): pass\n"
        "    except ModelError as error:\n"
        "        print(error.category, error.hint)\n"
        "asyncio.run(main())\n"
    )
    run = subprocess.run(
        [sys.executable, str(script)],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.startswith("validation ")
    assert hint in run.stdout
