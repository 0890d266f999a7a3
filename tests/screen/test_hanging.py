"""A text that is broken into lines stays right of its lead."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult
from textual.content import Content

from agentflow_tui.config import Problem
from agentflow_tui.tui.panes.editor.problem_list import ProblemList
from agentflow_tui.tui.theming.variables import fallbacks

MESSAGE = "unknown agent 'improve' in the list of the agents of this flow"
HINT = 'write output = { content = "string", quality = "integer" }'


class Shown(App[None]):
    def get_theme_variable_defaults(self) -> dict[str, str]:
        return fallbacks(self.current_theme.to_color_system().generate())

    def compose(self) -> ComposeResult:
        yield ProblemList()

    def lines(self) -> list[str]:
        found = self.query_one(ProblemList)
        width = found.scrollable_content_region.width
        return [found.render_line(y).crop(0, width).text.rstrip() for y in range(found.virtual_size.height)]


@pytest.mark.parametrize("width", [24, 30, 37, 52, 80])
async def test_hints_and_messages_of_problems_hang(width: int) -> None:
    app = Shown()
    async with app.run_test(size=(width, 20)) as pilot:
        app.query_one(ProblemList).show([Problem("error", "", 4, 14, MESSAGE, HINT, 20)])
        await pilot.pause()
        lines = app.lines()
        hint = next(number for number, line in enumerate(lines) if "→" in line)
        assert lines[0].startswith("✗ 4:14 unknown") and lines[hint].startswith("  → write")
        assert all(line.startswith("  ") and line[2] != " " for line in lines[1:hint])
        assert all(line.startswith("    ") and line[4] != " " for line in lines[hint + 1 :])
        assert " ".join(map(str.strip, lines[hint:])) == f"→ {HINT}"
        assert " ".join(map(str.strip, lines[:hint])) == f"✗ 4:14 {MESSAGE}"


async def test_what_is_double_wide_keeps_to_the_right_of_its_lead() -> None:
    app = Shown()
    async with app.run_test(size=(20, 20)) as pilot:
        app.query_one(ProblemList).show([Problem("error", "", 0, 0, "漢字" * 20, "", 0)])
        await pilot.pause()
        lines = app.lines()
        assert len(lines) > 3 and all(Content(line).cell_length <= 20 for line in lines)
        assert all(line.strip(" ✗").startswith(("漢", "字")) for line in lines)
