"""While many agents write, a frame paints what looks different, whatever else is in the pane."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from rich.style import Style
from textual._compositor import ChopsUpdate, Compositor

from agentflow_tui.history.run_state import AgentRun, ModelCall, NodeState, RunState, StateView
from agentflow_tui.tui.panes.graph import graph_canvas
from agentflow_tui.tui.panes.graph.graph_pane import GraphPane
from tests.screen.graph_app import GraphApp
from tests.unit.plan.plans import worker_fan

STREAMS = 50
PATHS = tuple(f"fan/worker-{place}" for place in range(STREAMS))
Cells = set[tuple[int, int]]


def _writing(elapsed: float, lengths: dict[int, int]) -> RunState:
    """All agents run; each has written some characters, 40 or as many as it is given by its number."""
    calls = {
        path: ModelCall(
            path,
            path,
            path.rpartition("/")[2],
            "p",
            "m",
            (),
            {},
            "running",
            0,
            0.0,
            "x" * lengths.get(place, 40),
            first_token_after=0.0,
        )
        for place, path in enumerate(PATHS)
    }
    runs = (
        AgentRun(place, path, path.rpartition("/")[2], "", "running", 0, 0.0, StateView(), calls=(path,))
        for place, path in enumerate(PATHS)
    )
    nodes = {path: NodeState("running", 1, started_at=0.0) for path in PATHS}
    return RunState(status="running", elapsed=elapsed, nodes=nodes, agent_runs=tuple(runs), calls=calls)


def _looks(pane: GraphPane) -> dict[tuple[int, int], tuple[str, Style | None]]:
    """What each cell of the pane shows: the whole piece of text in one style that it is part of."""
    return {
        (x, y): look
        for y in range(pane.size.height)
        for x, look in enumerate(
            (segment.text, segment.style) for segment in pane.render_line(y) for _ in segment.text
        )
    }


def _stretches(changed: Cells) -> Cells:
    """All cells from the first to the last that changed, of each row."""
    rows: dict[int, list[int]] = {}
    for x, y in changed:
        rows.setdefault(y, []).append(x)
    return {(x, y) for y, found in rows.items() for x in range(min(found), max(found) + 1)}


@pytest.fixture
def painted(monkeypatch: pytest.MonkeyPatch) -> Cells:
    """The cells of the screen that Textual painted; a timer that ticks would add some."""
    cells: Cells = set()
    paint = Compositor.render_partial_update

    def kept(compositor: Compositor) -> ChopsUpdate | None:
        update = paint(compositor)
        if update is not None:
            cells.update((x, y) for y, start, end in update.spans for x in range(start, end))
        return update

    monkeypatch.setattr(Compositor, "render_partial_update", kept)
    monkeypatch.setattr(graph_canvas, "TICK_SECONDS", 3600.0)
    return cells


def _frames() -> Iterator[tuple[str, RunState, int]]:
    """What comes frame by frame, and of how many cells of the pane one may be painted."""
    lengths = {place: 400 + place for place in range(STREAMS)}
    yield "words of all", _writing(2.0, lengths), 8
    yield "words of one", _writing(2.0, lengths := lengths | {3: 900}), 40
    yield "no words: signs that all of them turn", _writing(2.0, lengths), 40
    yield "words of one that is out of sight", _writing(2.0, lengths := lengths | {49: 4000}), 40
    yield "another second of all", _writing(3.0, lengths), 8


async def test_a_frame_of_fifty_streams_paints_what_changed_and_nothing_else(painted: Cells) -> None:
    app = GraphApp(worker_fan(STREAMS))
    async with app.run_test(size=(140, 42)) as pilot:
        pane = app.pane
        pane.clock = lambda: 0.0
        await pilot.press("down", "backspace", "enter")
        assert {app.kind(path) for path in PATHS} == {"step"}
        pane.show_state(_writing(1.0, {}))
        pane.spin()
        # The scroll bars that the opened boxes need come a frame later.
        await pilot.pause()
        await pilot.pause()
        for what, state, share in _frames():
            before = _looks(pane)
            painted.clear()
            pane.show_state(state)
            pane.spin()
            await pilot.pause()
            now = _looks(pane)
            changed = {place for place in now if now[place] != before[place]}
            assert changed, what
            where = {(x - pane.region.x, y - pane.region.y) for x, y in painted}
            assert changed <= where, what
            assert where <= _stretches(changed), what
            assert len(where) < pane.size.area / share, what
            print(what, len(where), len(changed))
