from __future__ import annotations

from textual.widgets import TextArea

from agentflow_tui.tui.dialogs.choice_dialog import ChoiceDialog
from agentflow_tui.tui.dialogs.not_ready_dialog import NotReadyDialog
from tests.screen.desk import LOOP, Desk, bench_of, is_on_top, settle, status, until

HANDLER = """\
# Try it with: {"message": "hello"}

[orchestration]
mode = "sequential"
timeout_seconds = 300
sequential_agents = ["greeter"]

[agents.greeter]
handler = "greet:greeter"
"""


async def test_a_flow_with_errors_says_what_and_runs_once_it_is_mended(desk: Desk) -> None:
    broken = LOOP.replace('loop_agent = "improver"', 'loop_agent = "improve"')
    async with desk.open(desk.write(broken)) as pilot:
        bench = bench_of(pilot)
        await pilot.press("f5")
        await until(pilot, lambda: isinstance(pilot.app.screen, NotReadyDialog))
        text = pilot.app.screen.query_one(TextArea).text
        assert "unknown agent 'improve'" in text
        told = str(pilot.app.screen.query_one(".dialog-error").render()) + text
        assert told.count("unknown agent 'improve'") == 1
        assert "the flow has 1 error" in told
        await pilot.press("y")
        await settle(pilot)
        assert "unknown agent 'improve'" in pilot.app.clipboard
        await pilot.press("escape")
        await settle(pilot)
        assert is_on_top(pilot)
        assert bench.desk.run is None
        assert not bench.desk.is_starting


async def test_what_was_missing_is_looked_for_again(desk: Desk) -> None:
    path = desk.write(HANDLER)
    async with desk.open(path) as pilot:
        await pilot.press("space")
        await settle(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, NotReadyDialog))
        missed = pilot.app.screen
        assert "there is no greet.py" in str(missed.query_one(".dialog-error").render())
        assert not missed.query_one(TextArea).display, "an empty box looks like something to fill in"
        await pilot.press("r")
        await until(
            pilot, lambda: isinstance(pilot.app.screen, NotReadyDialog) and pilot.app.screen is not missed
        )
        path.with_name("greet.py").write_text(
            "async def greeter(event, state):\n    return {'greeting': 'hello'}\n", encoding="utf-8"
        )
        await pilot.press("r")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChoiceDialog))
        await pilot.press("t")
        await status(pilot, "completed")


async def test_code_of_a_flow_runs_only_after_consent(desk: Desk) -> None:
    path = desk.write(HANDLER)
    trace = desk.folder / "ran"
    path.with_name("greet.py").write_text(
        f"open({str(trace)!r}, 'a').close()\n"
        "async def greeter(event, state):\n    return {'greeting': 'hello'}\n",
        encoding="utf-8",
    )
    async with desk.open(path) as pilot:
        bench = bench_of(pilot)
        await pilot.press("space")
        await settle(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChoiceDialog))
        await pilot.press("c")
        await settle(pilot)
        assert bench.desk.run is None
        assert not trace.exists()
        await pilot.press("space")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChoiceDialog))
        await pilot.press("t")
        await status(pilot, "completed")
        assert trace.exists()
        assert bench.bridge.view.newest.state.data["greeting"] == "hello"
