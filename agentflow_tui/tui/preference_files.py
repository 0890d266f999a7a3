"""When the files of a user's choices change, wherever links lead."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from agentflow_tui.tui.settings import Settings
from agentflow_tui.tui.theming.theme_shelf import theme_files

_DEBOUNCE_MS = 200
_STEP_MS = 100
_LOOK_SECONDS = 2.0
"""How often one looks whether there is a folder by now."""


@dataclass(frozen=True, slots=True)
class PreferenceFiles:
    """Settings, keys and themes; many people keep them in a folder of their own and only link to them."""

    settings: Settings

    @property
    def files(self) -> frozenset[Path]:
        """The files, and what links among them lead to, whether they exist or not."""
        named = (self.settings.file, self.settings.keys_file, *theme_files(self.settings.themes_folder))
        return frozenset(named) | {_real(file) for file in named}

    @property
    def folders(self) -> frozenset[Path]:
        """The folders that exist and in which something can happen to the files."""
        around = {self.settings.config_folder, self.settings.themes_folder}
        around |= {file.parent for file in self.files}
        return frozenset(_real(folder) for folder in around if os.path.isdir(folder))  # noqa: PTH112 - never raises

    async def changes(self) -> AsyncIterator[None]:
        """Yield after each change, for ever; folders and files may come and go meanwhile.

        Raises:
            OSError: The system watches no more files.
        """
        watched = await asyncio.to_thread(self._places)
        while True:
            if watched[0]:
                async with aclosing(self._changes(*watched)) as changes:
                    async for _ in changes:
                        yield None
            else:
                await asyncio.sleep(_LOOK_SECONDS)
            before, watched = watched, await asyncio.to_thread(self._places)
            if before != watched:
                yield None

    async def _changes(self, folders: frozenset[Path], files: frozenset[Path]) -> AsyncGenerator[None]:
        """Yield after each change until there is something else to watch."""
        from watchfiles import awatch

        watching = awatch(
            *folders,
            watch_filter=None,
            debounce=_DEBOUNCE_MS,
            step=_STEP_MS,
            recursive=False,
            stop_event=asyncio.Event(),
        )
        async with aclosing(watching) as found:
            async for changed in found:
                if await asyncio.to_thread(self._places) != (folders, files):
                    return
                if any(Path(name).suffix == ".toml" or Path(name) in files for _, name in changed):
                    yield None

    def _places(self) -> tuple[frozenset[Path], frozenset[Path]]:
        return self.folders, self.files


def _real(path: Path) -> Path:
    # Unlike `Path.resolve`, it has an answer for links that go round in circles.
    return Path(os.path.realpath(path))
