"""Keys that a flow's file sends to an address: refused before anything is sent, and allowed."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.cli.program import FLOW, Done, cli


class Asker:
    """The program, with a key in its environment, and a server that notes whether somebody comes."""

    def __init__(self, folder: Path, door: socket.socket) -> None:
        self.folder = folder
        self.door = door
        self.env = {**os.environ, "XDG_DATA_HOME": str(folder / "data"), "MY_SECRET": "k", "NO_PROXY": "*"}
        # This machine for the system, and not for the rule.
        self.origin = f"http://127.1:{door.getsockname()[1]}"
        own = f'[providers.own]\nbase_url = "{self.origin}/v1"\napi_key_env = "MY_SECRET"\n'
        text = FLOW.replace('provider = "scripted"', 'provider = "own"') + own
        (folder / "flow.toml").write_text(text, encoding="utf-8")
        (folder / "told.toml").write_text(FLOW, encoding="utf-8")

    def __call__(self, *arguments: str) -> Done:
        return cli(*arguments, env=self.env, folder=self.folder)

    @property
    def way_out(self) -> str:
        return f"agentflow-tui trust {self.folder / 'flow.toml'}"

    def was_called(self) -> bool:
        try:
            self.door.accept()[0].close()
        except BlockingIOError:
            return False
        return True


@pytest.fixture
def asker(tmp_path: Path) -> Iterator[Asker]:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        door.setblocking(False)
        yield Asker(tmp_path, door)


@pytest.mark.parametrize(
    "command",
    [
        ("run", "flow.toml"),
        ("run", "flow.toml", "--watch"),
        ("race", "flow.toml", "--modes", "sequential,collaborative"),
    ],
)
def test_no_run_begins_and_nothing_is_sent(asker: Asker, command: tuple[str, ...]) -> None:
    refused = asker(*command, "--input", "message=tea", "--input", "count=1")
    assert refused.returncode == 1
    assert refused.stdout == ""
    for part in ("MY_SECRET", asker.origin, "flow.toml names", asker.way_out):
        assert part in refused.stderr
    assert not asker.was_called()


def test_forks_and_reruns_are_refused_as_well(asker: Asker) -> None:
    assert asker("run", "told.toml", "--input", "message=tea", "--input", "count=1").returncode == 0
    before = asker("runs", "--json").stdout
    (run,) = (found["run_id"] for found in json.loads(before))
    for command in (("fork", run, "--at", "2"), ("rerun", run, "--from", "first")):
        refused = asker(*command, "--flow", "flow.toml")
        assert refused.returncode == 1
        assert asker.way_out in refused.stderr
    assert asker("runs", "--json").stdout == before
    assert not asker.was_called()


def test_trust_names_what_it_allows(asker: Asker) -> None:
    allowed = asker("trust", "flow.toml")
    assert allowed.returncode == 0
    assert f"MY_SECRET to {asker.origin}" in allowed.stdout
    assert "Python" not in allowed.stdout
    assert not asker.was_called()
    asker.door.close()
    ended = asker("run", "flow.toml", "--input", "message=tea", "--input", "count=1")
    assert ended.returncode == 1
    assert "agentflow-tui trust" not in ended.stderr


def test_trust_of_a_key_that_is_not_set_has_nothing_to_allow(asker: Asker) -> None:
    del asker.env["MY_SECRET"]
    assert "nothing to trust" in asker("trust", "flow.toml").stdout


def test_trust_allows_code_and_keys_together(asker: Asker) -> None:
    file = asker.folder / "flow.toml"
    text = file.read_text(encoding="utf-8") + '\n[agents.own]\nhandler = "own_code:run"\n'
    file.write_text(text, encoding="utf-8")
    (asker.folder / "own_code.py").write_text("", encoding="utf-8")
    told = asker("trust", "flow.toml").stdout
    assert "own_code.py" in told and f"MY_SECRET to {asker.origin}" in told
