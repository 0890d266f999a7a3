"""How a list draws rows that are wider than it is."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.content import Content

from agentflow_tui.tui.panes.line_view import LineView
from agentflow_tui.tui.panes.row import Row


class Listed(App[None]):
    """One list, 20 cells wide with its scroll bar."""

    def compose(self) -> ComposeResult:
        yield LineView()


def drawn(view: LineView, lines: int) -> list[str]:
    return [view.render_line(y).text for y in range(lines)]


async def test_a_row_that_is_cut_says_that_there_is_more() -> None:
    app = Listed()
    async with app.run_test(size=(20, 6)) as pilot:
        view = app.query_one(LineView)
        rows = [
            "just as wide as this",
            "as wide as that one",
            "one two three four five",
            "語語語語語語語語語語",
        ]
        view.show_rows([Row(Content(text), is_wrapped=False) for text in rows])
        await pilot.pause()
        assert drawn(view, 4) == [
            "just as wide as th…",
            "as wide as that one",
            "one two three four…",
            "語語語語語語語語語…",
        ]
        assert view.rows[2].copied() == "one two three four five"
        view.show_rows([Row(Content("one two three four five"))])
        assert [line.rstrip() for line in drawn(view, 2)] == ["one two three four", "five"]


async def test_the_lines_of_a_wrapped_row_may_hang_below_its_text() -> None:
    app = Listed()
    async with app.run_test(size=(20, 8)) as pilot:
        view = app.query_one(LineView)
        view.show_rows([Row(Content("+ one two three four five six seven"), hanging=2)])
        await pilot.pause()
        assert [line.rstrip() for line in drawn(view, 3)] == ["+ one two three", "  four five six", "  seven"]
        view.show_rows([Row(Content("one two three four five six seven eight"), hanging=15)])
        await pilot.pause()
        assert [line.rstrip() for line in drawn(view, 3)] == [
            "one two three four",
            "    five six seven",
            "    eight",
        ]
        assert view.rows[0].copied() == "one two three four five six seven eight"
