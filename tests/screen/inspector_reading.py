"""An inspector that is read: it has a history, follows the cursor and notes what leaves it."""

from __future__ import annotations

from textual import on
from textual.pilot import Pilot

from agentflow_tui.history import event as ev
from agentflow_tui.history import fold
from agentflow_tui.tui.panes.cursor_moved import CursorMoved
from agentflow_tui.tui.panes.pager_wanted import PagerWanted
from tests.screen.inspector_app import InspectorApp
from tests.story import Story


class Reading(InspectorApp):
    """Notes what leaves the pane."""

    def __init__(self) -> None:
        super().__init__()
        self.copied: list[str] = []
        self.pages: list[tuple[str, str]] = []
        self.moves: list[int] = []
        self.history: list[ev.HistoryEvent] = []

    def copy_to_clipboard(self, text: str) -> None:
        self.copied.append(text)

    @on(PagerWanted)
    def page(self, event: PagerWanted) -> None:
        self.pages.append((event.title, event.text))

    @on(CursorMoved)
    def moved(self, event: CursorMoved) -> None:
        self.moves.append(event.seq)
        self.look(event.seq)

    def look(self, cursor: int, selection: str | None = None) -> None:
        self.pane.show(fold(self.history[: cursor + 1]), selection, self.history)


async def opened(
    pilot: Pilot[None], history: list[ev.HistoryEvent], tab: str, selection: str | None = None
) -> None:
    app = pilot.app
    assert isinstance(app, Reading)
    app.history = history
    app.look(len(history) - 1, selection)
    app.pane.open_tab(tab)
    await pilot.pause()
    app.view.focus()


def row_with(app: InspectorApp, text: str) -> int:
    return next(number for number, row in enumerate(app.text()) if text in row)


def looped() -> Story:
    story = Story({"kept": 1})
    for iteration in range(1, 5):
        story.add(ev.IterationStarted, path="loop", iteration=iteration)
        story.agent("loop/a", iteration=iteration, score=iteration * 2, tone="ab"[iteration % 2])
        story.add(ev.IterationEnded, path="loop", iteration=iteration)
    return story
