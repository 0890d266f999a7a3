"""One story from a loop that went wrong to a test that keeps it right, key by key."""

from __future__ import annotations

from typing import Any

from textual.pilot import Pilot
from textual.widgets import Checkbox, Input, OptionList, Static, TextArea

from agentflow_tui.history.event import AgentCompleted, IterationStarted, ModelCallEnded, ModelCallStarted
from agentflow_tui.tui.dialogs.choice_dialog import ChoiceDialog
from agentflow_tui.tui.dialogs.edit_dialog import EditDialog
from agentflow_tui.tui.dialogs.text_dialog import TextDialog
from agentflow_tui.tui.panes.line_view import LineView
from agentflow_tui.tui.screens.compare_screen import CompareScreen
from agentflow_tui.tui.screens.runs_screen import RunsScreen
from agentflow_tui.tui.screens.workbench_screen import WorkbenchScreen
from tests.screen.desk import LOOP, Desk, bench_of, is_on_top, run, settle, until
from tests.unit.cli.program import program

FLOW = """\
# Try it with: {"topic": "bees", "section": "-"}

[llm]
provider = "scripted"

[orchestration]
mode = "mixed"
timeout_seconds = 3000

[[orchestration.mixed.stages]]
name = "rounds"
mode = "loop"
agents = ["researcher", "writer", "critic"]
config = { max_iterations = 5 }

[agents.researcher]
prompt = "Find out more about {topic}"
output = { fact = "string" }

[agents.writer]
prompt = "Write about {topic} with {fact}: {section}"
output = { section = "string" }

[agents.critic]
prompt = "Shorten and rate {section}"
output = { section = "string", score = "integer" }

[providers.scripted]
seconds_per_word = 1

[providers.scripted.replies]
researcher = ['{"fact": "they dance"}', '{"fact": "they sting"}', '{"fact": "they sleep"}']
writer = [
  '{"section": "Honey."}', '{"section": "Honey. Wax."}', '{"section": "Honey. Wax. Hives."}',
  '{"section": "Who knows."}', '{"section": "Nobody."}',
]
critic = [
  '{"section": "Honey.", "score": 5}', '{"section": "Honey. Wax.", "score": 8}',
  '{"section": "Hives.", "score": 3}', '{"section": "Who.", "score": 2}', '{"section": "No.", "score": 1}',
]
"""


async def passing(pilot: Pilot[Any], desk: Desk, status: str = "", iteration: int = 0) -> None:
    """Let time pass, in which the model speaks, until the run has a status or is in an iteration."""
    bench = bench_of(pilot)
    for _ in range(200):
        state = bench.bridge.view.newest
        if (status and state.status == status) or (iteration and iteration_of(bench) == iteration):
            return
        await desk.clock.advance(1)
        await settle(pilot)
    raise AssertionError(f"neither {status} nor iteration {iteration}")


def iteration_of(bench: WorkbenchScreen) -> int:
    started = (e for e in bench.bridge.view.history if isinstance(e, IterationStarted))
    return max((each.iteration for each in started), default=0)


def told(rows: Any) -> str:
    return "\n".join(row.content.plain for row in rows)


def inspected(bench: WorkbenchScreen) -> str:
    """What the open tab of the inspector shows."""
    return told(next(view for view in bench.inspector.query(LineView) if view.display).rows)


async def pause_in_the_fourth(pilot: Pilot[Any], desk: Desk) -> WorkbenchScreen:
    bench = await run(pilot, "space")
    await passing(pilot, desk, iteration=4)
    await pilot.press("space")
    await passing(pilot, desk, "paused")
    return bench


async def edit_section(pilot: Pilot[Any], text: str, name: str) -> None:
    await pilot.press("x")
    await until(pilot, lambda: isinstance(pilot.app.screen, EditDialog))
    dialog = pilot.app.screen
    assert isinstance(dialog, EditDialog)
    # It begins with the key that was looked at.
    assert dialog.query_one(OptionList).highlighted == dialog.names.index("section")
    assert not dialog.query_one(Checkbox).value
    dialog.query_one("#state-value", TextArea).text = text
    dialog.query_one("#fork-name", Input).value = name
    await pilot.press("ctrl+s")


async def test_a_loop_that_went_wrong_is_put_right_and_kept_so(desk: Desk) -> None:
    path = desk.write(FLOW, "report.toml")
    async with desk.open(path, (140, 42)) as pilot:
        bench = await pause_in_the_fourth(pilot, desk)
        first = bench.desk.run_id
        await find_the_culprit(pilot)
        culprit = bench.bridge.view.cursor
        # The researcher found enough; the section comes back, and the fork goes on from there.
        await pilot.press("2", "up", "up", "p")
        await until(pilot, lambda: bool(bench.workbench.marks.pins))
        await edit_section(pilot, "Honey. Wax. Hives.", "keep-section")
        await until(pilot, lambda: bench.desk.run_id != first)
        fork = bench.desk.run_id
        await passing(pilot, desk, "completed")
        asked = [e for e in bench.bridge.view.history[culprit:] if isinstance(e, ModelCallStarted)]
        assert [e.agent for e in asked] == ["writer", "critic"] * 2
        assert "Honey. Wax. Hives." in asked[0].messages[1]["content"]
        await run_again_for_nothing(pilot, desk)
        again = bench.desk.run_id
        await see_the_lines_and_curves(pilot, first, fork, again)
        await keep_as_test(pilot, "kept")
    assert [file.name for file in (path.parent / "report.tests").iterdir()] == ["kept.jsonl"]
    tested = program("test", folder=path.parent)
    assert (tested.returncode, tested.stderr) == (0, "")
    path.write_text(FLOW.replace("Shorten and rate", "Rate"))
    tested = program("test", folder=path.parent)
    assert tested.returncode == 1
    assert "of critic" in tested.stdout


async def find_the_culprit(pilot: Pilot[Any]) -> None:
    bench = bench_of(pilot)
    # Back to where the third iteration was done; what did it change against the second?
    await pilot.press("4", "ctrl+left")
    await settle(pilot)
    await pilot.press("d", "d")
    await until(pilot, lambda: "vs previous iteration" in inspected(bench))
    assert "score  8 → 3" in inspected(bench)
    # Who took the section away? The critic of the third iteration.
    await pilot.press("3", "h", "slash", *"section", "enter", "left_square_bracket")
    await settle(pilot)
    found = bench.bridge.view.history[bench.bridge.view.cursor]
    assert isinstance(found, AgentCompleted)
    assert (found.agent, found.iteration, found.delta.set["section"]) == ("critic", 3, "Hives.")


async def run_again_for_nothing(pilot: Pilot[Any], desk: Desk) -> None:
    bench = bench_of(pilot)
    fork = bench.desk.run_id
    await pilot.press("4", "ctrl+left", "R")
    await until(pilot, lambda: bench.desk.run_id != fork)
    await passing(pilot, desk, "completed")
    assert "from recordings" in str(bench.status.render())
    last = [e for e in bench.bridge.view.history if isinstance(e, ModelCallEnded)][-2:]
    assert [e.source for e in last] == ["recording"] * 2


async def see_the_lines_and_curves(pilot: Pilot[Any], first: str, fork: str, again: str) -> None:
    bench = bench_of(pilot)
    await pilot.press("r")
    await until(pilot, lambda: isinstance(pilot.app.screen, RunsScreen))
    await pilot.press("v")
    await settle(pilot)
    tree = told(pilot.app.screen.query_one(LineView).rows)
    assert "keep-section" in tree
    assert "╭─●" in tree
    assert {run.run_id for run in await bench.workbench.archive.runs()} == {first, fork, again}
    await pilot.press("escape")
    await until(pilot, lambda: is_on_top(pilot))
    await bench.times.open(first)
    await pilot.press("a")
    await bench.times.open(fork)
    await pilot.press("apostrophe")
    await until(pilot, lambda: isinstance(pilot.app.screen, CompareScreen))
    assert isinstance(pilot.app.screen, CompareScreen)
    lines = told(pilot.app.screen.rows.rows).partition("CURVES OVER")[2].splitlines()
    scores = next(number for number, line in enumerate(lines) if line.split()[:1] == ["score"])
    assert lines[scores].split()[1:] == ["A", "5", "3", "8", "▄█▁▁"]
    assert lines[scores + 1].split() == ["B", "5", "8", "8", "▄█▁▄█"]
    rows = {
        line.split("  ")[1]: line.split()[-2:] for line in lines if line.startswith("  ") and "tok" in line
    }
    old, new = map(int, rows["new tokens"])
    assert 0 < new < old
    await pilot.press("escape")
    await until(pilot, lambda: is_on_top(pilot))


async def keep_as_test(pilot: Pilot[Any], name: str) -> None:
    await pilot.press("alt+t")
    await until(pilot, lambda: isinstance(pilot.app.screen, TextDialog))
    answer = pilot.app.screen.query_one(Input)
    assert answer.value == "keep-section"
    answer.value = "no/name"
    await pilot.press("enter")
    await settle(pilot)
    assert "no-name" in str(pilot.app.screen.query_one("#note", Static).render())
    answer.value = name
    await pilot.press("enter")
    await until(pilot, lambda: any("is kept; agentflow-tui test" in each for each in said(pilot)))


def said(pilot: Pilot[Any]) -> list[str]:
    return [each.message for each in pilot.app._notifications]


async def test_a_test_is_replaced_only_when_one_says_so_and_fails_at_once_if_the_file_says_so(
    desk: Desk,
) -> None:
    path = desk.write(LOOP)
    async with desk.open(path) as pilot:
        await pilot.press("alt+t")
        await until(pilot, lambda: any("There is no run yet" in each for each in said(pilot)))
        bench = await run(pilot, "space")
        await until(pilot, lambda: bench.bridge.view.newest.status == "completed" and not bench.desk.is_live)
        for answer in ("", "c", "o"):
            path.write_text(LOOP.replace("Improve", "Better" if answer == "o" else "Improve"))
            await pilot.press("alt+t")
            await until(pilot, lambda: isinstance(pilot.app.screen, TextDialog))
            pilot.app.screen.query_one(Input).value = "t"
            await pilot.press("enter")
            if answer:
                await until(pilot, lambda: isinstance(pilot.app.screen, ChoiceDialog))
                await pilot.press(answer)
            await until(pilot, lambda: is_on_top(pilot) and not _at_work(bench))
        assert any("as it is saved fails it" in each for each in said(pilot))
        assert len(list(path.parent.glob("flow.tests/*"))) == 1


def _at_work(bench: WorkbenchScreen) -> list[str]:
    """What goes on behind the screen and comes to an end: files are watched all the time."""
    return [text for each in bench.workers if not (text := each.description).startswith("watching ")]
