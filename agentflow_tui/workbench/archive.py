"""The stored runs: found by part of their id, compared, taken along as a file, thrown away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from agentflow_tui.history.compare import Comparison, compare
from agentflow_tui.history.event import HistoryEvent
from agentflow_tui.history.run_file import RunFileError, read_run_file, write_run_file
from agentflow_tui.history.run_filter import RunFilter
from agentflow_tui.history.run_summary import RunSummary
from agentflow_tui.history.store import RunStore
from agentflow_tui.history.store_error import StoreError
from agentflow_tui.workbench.flow_version import texts_of
from agentflow_tui.workbench.not_ready import NotReadyError


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A run with its events, as it is stored or as a file holds it."""

    run_id: str
    history: list[HistoryEvent]
    flow_text: str = ""
    """Of the flow that ran; empty when it was not kept."""
    problems: tuple[str, ...] = ()
    """What is missing, in words."""
    inherited: int = 0
    """So many events are those of the run that it was forked from, and of that run's flow."""
    flow_path: Path | None = None
    """Of the flow's file on this machine, if it had one."""

    def text_at(self, seq: int) -> str:
        """Return the text of the flow that was in force after an event; empty when it was not kept."""
        return texts_of(self.history[: max(seq, -1) + 1], self.flow_text)[-1]


class Archive:
    """Every method that takes a `run` takes its id or the beginning of it, as long as only one run fits.

    Every method raises `NotReadyError`, with the way out, when the store or a file cannot be used.
    """

    def __init__(self, store: RunStore, redact: Callable[[str], str] = str) -> None:
        """Use the runs of `store`; `redact` takes secrets out of flow texts that leave it."""
        self._store = store
        self._redact = redact

    @property
    def failure(self) -> str:
        """Why what runs is not kept; empty while it is."""
        return str(self._store.failure or "")

    async def runs(self, which: RunFilter | None = None) -> list[RunSummary]:
        """Return the runs that fit, newest first."""
        with storing():
            return await self._store.runs(which)

    async def find(self, run: str) -> RunSummary:
        """Return the one run whose id begins so."""
        with storing():
            fitting = [each for each in await self._store.runs() if each.run_id.startswith(run)]
        exact = [each for each in fitting if each.run_id == run]
        if not run or not fitting:
            raise NotReadyError(
                f"there is no stored run '{run}'", hints=("agentflow-tui runs lists what is there",)
            )
        if len(fitting) > 1 and not exact:
            ids = ", ".join(each.run_id[: len(run) + 6] for each in fitting[:4])
            raise NotReadyError(f"{len(fitting)} runs begin with '{run}': {ids}", hints=("give more of it",))
        return (exact or fitting)[0]

    async def load(self, run: str) -> StoredRun:
        """Return a run with its events."""
        found = await self.find(run)
        run_id = found.run_id
        with storing():
            return StoredRun(
                run_id,
                await self._store.load(run_id),
                await self._store.flow_text(run_id),
                inherited=found.parent_seq + 1,
                flow_path=Path(found.flow_path) if found.flow_path else None,
            )

    async def read_file(self, path: Path) -> StoredRun:
        """Return the run in a file, which may come from a stranger; nothing is stored."""
        with storing():
            found = await asyncio.to_thread(read_run_file, path)
        first = found.history[0]
        run_id = str(getattr(first, "run_id", ""))
        return StoredRun(run_id, list(found.history), found.flow_text, found.problems, found.inherited)

    async def export(self, run: str, path: Path) -> int:
        """Write a run into a file of its own that only the user can read; return how many events it has."""
        found = await self.load(run)
        await self.write_file(found, path)
        return len(found.history)

    async def write_file(self, run: StoredRun, path: Path) -> None:
        """Write a run into a file of its own that only the user can read."""
        with storing():
            await asyncio.to_thread(
                write_run_file, path, run.history, run.flow_text, self._redact, run.inherited
            )

    async def take_in(self, path: Path, name: str = "") -> StoredRun:
        """Store the run in a file; it keeps its id unless a stored run has it."""
        found = await self.read_file(path)
        with storing():
            run_id = await self._store.add(
                found.history, flow_text=found.flow_text, name=name, inherited=found.inherited
            )
        return replace(found, run_id=run_id)

    async def compare(self, left: str, right: str) -> Comparison:
        """Return where two runs part and what differs in the end."""
        one, other = await self.load(left), await self.load(right)
        inherited = one.inherited, other.inherited
        return await asyncio.to_thread(compare, one.history, other.history, inherited=inherited)

    async def interrupted(self) -> list[RunSummary]:
        """Return the runs, newest first, that never ended and that nobody drives: they can be resumed."""
        with storing():
            return await self._store.interrupted()

    async def rename(self, run: str, name: str) -> None:
        """Name a run."""
        run_id = (await self.find(run)).run_id
        with storing():
            await self._store.describe(run_id, name=name)

    async def tag(self, run: str, *add: str, remove: Iterable[str] = ()) -> tuple[str, ...]:
        """Add and remove tags; return those that the run has now. A run with a tag is never collected."""
        run_id = (await self.find(run)).run_id
        with storing():
            return await self._store.tag(run_id, *add, remove=remove)

    async def delete(self, run: str) -> None:
        """Delete a run."""
        run_id = (await self.find(run)).run_id
        with storing():
            await self._store.delete(run_id)

    async def collect(
        self, *, max_age: timedelta | None = None, max_bytes: int | None = None, dry_run: bool = False
    ) -> tuple[RunSummary, ...]:
        """Delete what is too old or too much, oldest first; return what was, or would be, deleted."""
        with storing():
            return await self._store.gc(max_age=max_age, max_bytes=max_bytes, is_dry=dry_run)


@contextmanager
def storing() -> Iterator[None]:
    """Turn what goes wrong with the store or a file into `NotReadyError`."""
    try:
        yield
    except (StoreError, RunFileError) as error:
        raise NotReadyError(error.message, hints=(error.hint,) if error.hint else ()) from error
    except OSError as error:
        raise NotReadyError(f"{error.filename or 'the file'}: {error.strerror or error}") from error
