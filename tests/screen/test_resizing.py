"""A terminal that takes one size after the other while a run goes on loses nothing."""

from __future__ import annotations

from textual.pilot import Pilot

from tests.screen.desk import SLOW_LOOP, Desk, bench_of, run, settle, status

USUAL = (140, 42)
LEAST = (40, 10)
SIZES = ((300, 80), (80, 24), LEAST, (30, 8), USUAL)
PANES = ("editor", "graph", "inspector", "timeline")


def _seen(pilot: Pilot[None]) -> list[str]:
    return [strip.text for strip in pilot.app.screen._compositor.render_strips()]


async def _visit(pilot: Pilot[None]) -> None:
    bench = bench_of(pilot)
    fits = pilot.app.size.width >= LEAST[0] and pilot.app.size.height >= LEAST[1]
    for number, pane in enumerate(PANES):
        # A letter would be typed while the editor has the focus.
        await pilot.press("1" if number == 0 else f"f{number + 1}")
        await settle(pilot)
        assert bench.layout_of_panes.current == pane
        if fits:
            assert any(f"{number + 1} {pane.upper()}" in row for row in _seen(pilot)), pilot.app.size
            assert pilot.app.focused is not None
            assert bench.query_one(f"#{pane}") in pilot.app.focused.ancestors_with_self
    await pilot.press("f2", "right")
    await settle(pilot)


async def _run_through(desk: Desk, *, is_resized: bool) -> list[str]:
    async with desk.open(desk.write(SLOW_LOOP), USUAL) as pilot:
        bench = await run(pilot, "space")
        await _visit(pilot)
        for size in SIZES:
            if is_resized:
                await pilot.resize_terminal(*size)
                await settle(pilot)
                await _visit(pilot)
            await desk.clock.advance(2)
            await settle(pilot)
            assert bench.desk.is_live and bench.bridge.view.newest.status == "running"
        middle = _seen(pilot)
        await desk.clock.advance(60)
        await status(pilot, "completed")
        assert [run.status for run in bench.bridge.view.newest.agent_runs] == ["completed"] * 3
        return [*middle, *_seen(pilot)]


async def test_all_panes_are_right_after_every_size_in_the_middle_of_a_run(desk: Desk) -> None:
    kept = Desk(desk.folder / "kept")
    kept.folder.mkdir()
    assert await _run_through(desk, is_resized=True) == await _run_through(kept, is_resized=False)
