"""Keys that a flow's file sends to an address: what the question says, and what the answers do."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import pytest
from textual.pilot import Pilot

from agentflow_tui.llm.sent_key import SentKey, UntrustedAddressError
from agentflow_tui.tui.dialogs.trust_dialog import TrustDialog
from tests.screen.desk import Desk, bench_of, is_on_top, status, until
from tests.screen.test_trust import asked, start

FLOW = """\
# Try it with: {"message": "go"}
[llm]
provider = "own"
model = "m"
[orchestration]
mode = "sequential"
sequential_agents = ["writer"]

[agents.writer]
prompt = "Write"

[providers.own]
base_url = "ADDRESS/v1"
api_key_env = "MY_SECRET"
"""


@pytest.fixture
def door() -> Iterator[socket.socket]:
    """Listen, so that one sees whether somebody comes."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        door.setblocking(False)
        yield door


def origin_of(door: socket.socket) -> str:
    """This machine for the system, and not for the rule."""
    return f"http://127.1:{door.getsockname()[1]}"


async def body(pilot: Pilot[None]) -> str:
    return str((await asked(pilot)).body.content)


@pytest.mark.parametrize("size", [(80, 24), (140, 42)])
async def test_a_key_is_sent_once_its_address_is_trusted(
    desk: Desk, door: socket.socket, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    monkeypatch.setenv("NO_PROXY", "*")
    desk.env["MY_SECRET"] = "sk-1"
    origin = origin_of(door)
    async with desk.open(desk.write(FLOW.replace("ADDRESS", origin)), size) as pilot:
        await start(pilot)
        text = await body(pilot)
        assert "MY_SECRET" in text and origin in text
        assert "sk-1" not in text
        await pilot.press("c")
        await until(pilot, lambda: is_on_top(pilot))
        assert not bench_of(pilot).desk.run_id
        with pytest.raises(BlockingIOError):
            door.accept()
        await start(pilot)
        await asked(pilot)
        await pilot.press("t")
        await until(pilot, lambda: bool(bench_of(pilot).desk.run_id))
        trusted = json.loads((desk.folder / "trust.json").read_text(encoding="utf-8"))
        assert trusted == {"keys": {origin: ["MY_SECRET"]}}
        door.close()
        await status(pilot, "failed")
        (desk.folder / "trust.json").unlink()
        run = bench_of(pilot).desk.run_id
        await pilot.press("R")
        assert origin in await body(pilot)
        await pilot.press("c")
        await until(pilot, lambda: is_on_top(pilot))
        assert bench_of(pilot).desk.run_id == run


@pytest.mark.parametrize("letter", ["x", "\u6f22"])
async def test_no_name_hides_the_answers_or_reads_as_anything_else(desk: Desk, letter: str) -> None:
    key = SentKey(
        f"A\x1b[31mB\u202e\nIt is safe.{letter * 500}", f"https://good.example{'.x' * 900}.evil.example:443"
    )
    async with desk.open(desk.write(FLOW), (80, 24)) as pilot:
        await pilot.app.push_screen(TrustDialog(UntrustedAddressError(key, f"{letter * 300}.toml")))
        text = await body(pilot)
        assert not set(text) & {"\x1b", "\u202e"}
        assert "\nIt is safe." not in text
        assert "x.evil.example:443" in text
        dialog = await asked(pilot)
        for name in ("no", "yes"):
            button = dialog.query_one(f"#answer-{name}").region
            assert dialog.query_one(".dialog-frame").content_region.contains_region(button) and button.height
