"""Who drives a run: one process, and nobody once it is gone."""

from __future__ import annotations

import fcntl
import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path

from agentflow_tui.history.store_error import StoreError


class RunLockedError(StoreError):
    """Another process, or another place in this one, drives the run."""


class RunLock:
    """A lock that the system takes back when the process ends, however it ends."""

    def __init__(self, folder: Path, run_id: str) -> None:
        """Name the lock of a run; the file is `folder`'s, whatever the id looks like."""
        name = hashlib.sha256(run_id.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        self._path = folder / f"{name}.lock"
        self._run_id = run_id
        self._file: int | None = None

    @property
    def is_held(self) -> bool:
        """True while this object holds the lock."""
        return self._file is not None

    def acquire(self) -> None:
        """Take the lock.

        Raises:
            RunLockedError: somebody has it; says who.
            OSError: the file cannot be made.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        while True:
            file = os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                owner = os.pread(file, 100, 0).decode("ascii", "replace").strip() or "another process"
                os.close(file)
                raise RunLockedError(
                    f"run '{self._run_id}' is driven by {owner}", "wait until it ends, or fork the run"
                ) from None
            if self._is_current(file):
                break
            # The one before deleted it between our opening and our locking.
            os.close(file)
        os.ftruncate(file, 0)
        os.pwrite(
            file, f"process {os.getpid()} since {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC\n".encode(), 0
        )
        self._file = file

    def release(self) -> None:
        """Give the lock back; harmless when it is not held."""
        if self._file is not None:
            self._path.unlink(missing_ok=True)
            os.close(self._file)
            self._file = None

    def is_taken(self) -> bool:
        """Return True when somebody drives the run; leaves no trace."""
        if not self._path.exists():
            return False
        try:
            self.acquire()
        except RunLockedError:
            return True
        self.release()
        return False

    def _is_current(self, file: int) -> bool:
        try:
            return os.fstat(file).st_ino == self._path.stat().st_ino
        except FileNotFoundError:
            return False
