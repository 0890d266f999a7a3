"""One flow with everything that belongs to it; the only thing that the screen and the command line call."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from agentflow_tui.agents.cast import Providers, handler_files
from agentflow_tui.agents.handler_error import HandlerError
from agentflow_tui.agents.sent_keys import sent_keys
from agentflow_tui.agents.trust import Trust, content_hash
from agentflow_tui.engine import Clock, Control, Event, SystemClock
from agentflow_tui.history.store import RunStore
from agentflow_tui.history.store_error import StoreError
from agentflow_tui.llm.run_recordings import RecordingMode, Speed
from agentflow_tui.llm.sent_key import SentKey, UntrustedAddressError
from agentflow_tui.paths import data_folder
from agentflow_tui.workbench.archive import Archive, StoredRun, storing
from agentflow_tui.workbench.departure import Departure
from agentflow_tui.workbench.flow_course import FlowCourse
from agentflow_tui.workbench.flow_marks import FlowMarks
from agentflow_tui.workbench.flow_version import FlowVersion, means_same, texts_asked_by, texts_of
from agentflow_tui.workbench.launcher import Launcher
from agentflow_tui.workbench.live_edit import LiveEdit
from agentflow_tui.workbench.not_ready import NotReadyError, Refusal
from agentflow_tui.workbench.order import Order
from agentflow_tui.workbench.race import Race
from agentflow_tui.workbench.race_lane import RaceLane
from agentflow_tui.workbench.redaction import Redaction
from agentflow_tui.workbench.replay import Reenactment, Replay
from agentflow_tui.workbench.run import Run
from agentflow_tui.workbench.stored_text import StoredText


class Workbench(LiveEdit):
    """The open flow with everything that it takes to run it, and its stored runs."""

    def __init__(
        self,
        *,
        env: Mapping[str, str] | None = None,
        clock: Clock | None = None,
        providers: Providers | None = None,
        store: RunStore | None = None,
        trust: Trust | None = None,
    ) -> None:
        """Start empty; each argument replaces the real thing.

        `env`: the environment variables, `clock`: the machine's, `providers`: the model back ends (`aclose`
        closes them too), `store` the user's runs, `trust` the user's consents.
        """
        super().__init__(dict(os.environ if env is None else env))
        self._clock = clock or SystemClock()
        self._store = store or RunStore()
        self._trust = trust or Trust(data_folder() / "trust.json")
        self._launcher = Launcher(self._env, self._clock, self._store, self._trust, providers)
        self.archive = Archive(self._store, Redaction.of(self._env).text)
        """The stored runs."""
        self.speed: Speed = "full"
        """How answers stream that come from recordings: `original`, `full` or `none`; of the next runs."""
        self.marks = FlowMarks(None)
        """Breakpoints, pins and watches of the open flow; runs look at them while they go on."""
        self.is_attended = True
        """Whether somebody is there who can let a run go on; breakpoints stop no others."""

    def open(self, path: Path) -> None:
        """Read and check a file; its marks come back, and its breakers are closed."""
        super().open(path)
        self.marks = FlowMarks(self.path)
        self._launcher.forget_guards()

    async def start(self, event: Event, *, paused: bool = False, mode: RecordingMode | None = None) -> Run:
        """Run the text that was checked last, saved or not; with `paused` it stands before its first agent.

        `mode` says where answers come from; without one a model is always asked, and answers are kept.

        Raises:
            NotReadyError: Nothing was started: errors in the text, no model to ask, a key that may not be
                sent, or a handler may not or cannot run.
        """
        order = self._order(event, self._version(event), mode or "record", paused=paused)
        return await self._launcher.launch(order)

    async def race(
        self, event: Event, modes: Sequence[str], *, score: str = "", mode: RecordingMode = "record"
    ) -> Race:
        """Run an event through two to five modes at once, past breakpoints; returns when all have begun.

        Raises:
            NotReadyError: As `start`; or the flow cannot run in one of the modes.
        """
        flow = self.current()
        race = Race.make(flow, event, modes, self._clock, score)

        async def launch(lane: RaceLane) -> Run:
            control = Control(pins=self.marks.pins)
            order = Order(flow, self.text, self.path, lane.event, lane.choice, control, mode)
            return await self._launcher.launch(replace(order, title=lane.title, is_beside=True))

        await race.begin(launch)
        return race

    async def fork(  # noqa: PLR0913 - what a fork can change
        self,
        run: str,
        at_seq: int,
        *,
        name: str = "",
        edits: Mapping[str, Any] | None = None,
        meta_edits: Mapping[str, Any] | None = None,
        event: Event | None = None,
        branch: str = "",
        text: str | None = None,
        mode: RecordingMode = "auto",
    ) -> Run:
        """Begin a new run with the events of another up to `at_seq`, and go on from there; that one stays.

        `edits` and `meta_edits` change the state there (`REMOVED` takes a key away), inside a parallel phase
        that of `branch`; `text` changes the flow, `event` the input (then everything runs again). `mode` says
        where answers come from.

        Raises:
            NotReadyError: As `start`; or the flow of now goes another way than these events: nothing is kept
                then.
        """
        found = await self.archive.load(run)
        departure = Departure.make(
            found.history, at_seq, edits=edits, meta_edits=meta_edits, event=event, branch=branch
        )
        if text is not None:
            self.check(text)
        self.ready()
        with storing():
            now = self._clock.timestamp()
            run_id = await self._store.fork(found.run_id, departure.at_seq, name, started_at=now)
        try:
            return await self._depart(departure, run_id, found, mode)
        except BaseException:  # raised again; also when it is cancelled, no fork stays that never began
            await self._discard(run_id)
            raise

    async def rerun(
        self,
        run: str,
        from_seq: int,
        *,
        name: str = "",
        mode: RecordingMode = "auto",
    ) -> Run:
        """Keep what came before event `from_seq` and run everything else again, as a fork.

        In `mode` `auto` calls that did not change are taken from recordings; `record` asks the model again.

        Raises:
            NotReadyError: As `fork`.
        """
        return await self.fork(run, from_seq - 1, name=name, mode=mode)

    async def resume(self, run: str, *, mode: RecordingMode = "record") -> Run:
        """Go on with a run whose process died, from its last stored event; it stays the same run.

        What was in flight is marked as of unknown outcome, and the run warns before it does it again.

        Raises:
            NotReadyError: As `fork`; or the run has ended, or another process drives it.
        """
        found = await self.archive.load(run)
        departure = Departure.after_crash(found.history)
        self.ready()
        with storing():
            lock = await self._store.acquire(found.run_id)
        try:
            return await self._depart(departure, found.run_id, found, mode)
        except BaseException:  # raised again; also when it is cancelled, nobody drives the run
            lock.release()
            raise

    async def replay(
        self,
        run: str | StoredRun,
        *,
        text: str | None = None,
        place: Path | None = None,
        since: int | None = None,
    ) -> Replay:
        """Live a stored run, or one from a file, again without calling anybody, and compare.

        `text` takes the place of the flow's text that was kept with the run, and `place` that of its file.
        What models would be asked now counts too, from event `since` on; unless given, that of a fork's own
        text where it began, and that of another text always.

        Raises:
            NotReadyError: There is no such run, or its flow has errors.
        """
        found = run if isinstance(run, StoredRun) else await self.archive.load(run)
        wanted = text or found.flow_text or self.text
        is_own = text is None or text == found.flow_text
        beside = place or (found.flow_path if is_own else None)
        checked = [self.check_beside(each, beside) for each in texts_of(found.history, wanted)]
        is_own = is_own or means_same(checked[0], self.check_beside(found.flow_text, beside))
        again = Reenactment(
            found.history,
            checked[0],
            self._env,
            is_own=is_own,
            since=(found.inherited if is_own else 0) if since is None else since,
            later=checked[1:],
            asking=[self.check_beside(each, beside) for each in texts_asked_by(found.history, wanted)[1:]],
        )
        return await again.replay(self._clock)

    async def _depart(self, departure: Departure, run_id: str, origin: StoredRun, mode: RecordingMode) -> Run:
        with storing():
            line = await self._store.ancestry(origin.run_id)
        event = departure.event
        course = FlowCourse.of(departure, origin.flow_text, self.check_beside, self._version(event))
        if course.now.text != self.text:
            # It is one that was kept, so nothing but itself has its secrets.
            StoredText(course.now.text).whole((), str)
        order = self._order(event, course.now, mode)
        order = replace(order, departure=departure, run_id=run_id, line=line, course=course)
        return await self._launcher.launch(order)

    async def _discard(self, run_id: str) -> None:
        """Take away a fork that never began; without a store that can be used it has to stay."""
        with suppress(StoreError):
            await self._store.flush()
            await self._store.delete(run_id)

    def _order(self, event: Event, now: FlowVersion, mode: RecordingMode, *, paused: bool = False) -> Order:
        self.marks.breakpoints.forget_hits()
        points = self.marks.breakpoints if self.is_attended else None
        control = Control(paused=paused, breakpoints=points, pins=self.marks.pins)
        return Order(now.flow, now.text, self.place, event, now.choice, control, mode, self.speed)

    def grant_trust(self) -> tuple[Path, ...]:
        """Allow the Python code in the flow's folder as it is now; return the handlers' files.

        Raises:
            NotReadyError: The flow has errors or no handler, or the consent cannot be written.
        """
        flow = self.ready()
        if self.path is None:
            raise NotReadyError("the flow was never saved, so it has no folder to trust")
        try:
            files = handler_files(flow, self.path.parent)
            if files:
                self._trust.grant(self.path.parent, content_hash(self.path.parent))
        except (HandlerError, OSError) as error:
            raise NotReadyError(str(error)) from error
        return files

    def grant_keys(self) -> tuple[SentKey, ...]:
        """Allow every key that the flow sends to an address of its file's; return them.

        Raises:
            NotReadyError: The flow has errors, or the consent cannot be written.
        """
        keys = sent_keys(self.ready(), self._env)
        for key in keys:
            self.allow(UntrustedAddressError(key))
        return keys

    def allow(self, refused: Refusal) -> None:
        """Allow the Python code that may not run, as it was when it was refused, or the key to be sent.

        Raises:
            NotReadyError: The consent cannot be written.
        """
        try:
            if isinstance(refused, UntrustedAddressError):
                self._trust.grant_key(refused.key)
            else:
                self._trust.grant(refused.folder, refused.content_hash)
        except OSError as error:
            way_out = "set XDG_DATA_HOME to a folder where files can be written"
            raise NotReadyError(f"the consent cannot be kept: {error}", hints=(way_out,)) from error

    async def aclose(self) -> None:
        """Cancel what runs, wait for its end, store it and release everything."""
        await self._launcher.aclose()

    def _version(self, event: Event) -> FlowVersion:
        self.current()
        return FlowVersion.make(self.text, self.checked, event)
