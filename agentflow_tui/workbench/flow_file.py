"""A flow's file on disk: reading it without surprises, saving it without losing anything."""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import aiofiles

MAX_BYTES = 1_000_000
"""A flow file is a few kilobytes; a larger one is a mistake, and would make an editor crawl."""

_BOM = b"\xef\xbb\xbf"


class UnreadableFileError(Exception):
    """A file cannot be shown as text; `hint` is the way out."""

    def __init__(self, message: str, hint: str) -> None:
        """Keep the reason and what to do."""
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class SaveResult:
    """How saving ended; `message` is for a person and says what to do when it did not work."""

    outcome: Literal["saved", "changed_on_disk", "failed"]
    message: str = ""

    @property
    def is_saved(self) -> bool:
        """True when the text is on disk."""
        return self.outcome == "saved"


class FlowFile:
    """One text file: what was last read or written, and whether the disk still holds it.

    Text is kept verbatim, line ends included; a byte order mark is hidden and written back.
    """

    def __init__(self, path: Path) -> None:
        """Name the file; nothing is read yet."""
        self.path = path.absolute()
        self._digest: str | None = None
        self._has_bom = False
        self._is_overwritable = True

    @property
    def is_missing(self) -> bool:
        """True when the last reading or saving found or left no file."""
        return self._digest is None and self._is_overwritable

    @property
    def is_refused(self) -> bool:
        """True when the last reading found something that cannot be shown as text."""
        return not self._is_overwritable

    def read(self) -> str:
        """Return the file's text; a file that does not exist yet is empty.

        Raises:
            UnreadableFileError: It is no regular file, too large, not UTF-8, or the system refuses.
                Such a file is never overwritten afterwards.
        """
        self._digest, self._has_bom, self._is_overwritable = None, False, False
        data = self._read_bytes()
        self._is_overwritable = True
        if data is None:
            return ""
        self._digest = _digest(data)
        self._has_bom = data.startswith(_BOM)
        try:
            return data.removeprefix(_BOM).decode("utf-8")
        except UnicodeDecodeError as error:
            self._is_overwritable = False
            raise UnreadableFileError(
                f"{self.path.name} is not UTF-8 text (byte {error.start})",
                "save it as UTF-8 and open it again",
            ) from error

    def is_changed_on_disk(self) -> bool:
        """Return True when the disk holds something else than what was last read or written here.

        A file that has gone does not count: saving it again loses nothing.
        """
        try:
            data = self._read_bytes()
        except UnreadableFileError:
            return True
        return data is not None and _digest(data) != self._digest

    async def save(self, text: str, *, force: bool = False) -> SaveResult:
        """Write the text whole or not at all, through symbolic links, keeping the file's mode bits.

        Unless `force`, a file that changed on disk since it was read is left alone.
        """
        if not self._is_overwritable:
            return SaveResult("failed", f"{self.path.name} could not be read, so it is not overwritten")
        if not force and await asyncio.to_thread(self.is_changed_on_disk):
            return SaveResult("changed_on_disk", f"{self.path.name} changed on disk since it was opened")
        try:
            data = (_BOM if self._has_bom else b"") + text.encode("utf-8")
        except UnicodeEncodeError as error:
            return SaveResult("failed", f"the character at {error.start} cannot be written as UTF-8")
        try:
            await _replace(self.path.resolve(), data)
        except OSError as error:
            return SaveResult("failed", f"cannot save {self.path.name}: {error.strerror or error}")
        self._digest = _digest(data)
        return SaveResult("saved", f"saved {self.path.name}")

    def _read_bytes(self) -> bytes | None:
        try:
            status = self.path.stat()
            if not stat.S_ISREG(status.st_mode):
                # Reading a pipe or a device would wait for ever.
                what = "a folder" if stat.S_ISDIR(status.st_mode) else "not a regular file"
                raise UnreadableFileError(f"{self.path.name} is {what}", "name a flow file (.toml)")
            if status.st_size > MAX_BYTES:
                raise UnreadableFileError(
                    f"{self.path.name} has {status.st_size} bytes, more than {MAX_BYTES}",
                    "a flow file is a few kilobytes; is it the right file?",
                )
            return self.path.read_bytes()
        except FileNotFoundError:
            return None
        except PermissionError as error:
            raise UnreadableFileError(
                f"cannot read {self.path.name}: {error.strerror or error}",
                f"you may not read it; 'chmod u+r {self.path.name}' lets its owner",
            ) from error
        except OSError as error:
            raise UnreadableFileError(
                f"cannot read {self.path.name}: {error.strerror or error}",
                "check the path and its permissions",
            ) from error


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


async def _replace(target: Path, data: bytes) -> None:
    mode = await asyncio.to_thread(_mode_of, target)
    if mode is not None and not os.access(target, os.W_OK):
        raise PermissionError(13, "the file is read-only", str(target))
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        async with aiofiles.open(part, "xb") as file:
            await file.write(data)
            await file.flush()
            await asyncio.to_thread(os.fsync, file.fileno())
        if mode is not None:
            await asyncio.to_thread(part.chmod, mode)
        await asyncio.to_thread(part.replace, target)
    finally:
        # Gone already when it took the target's place.
        part.unlink(missing_ok=True)


def _mode_of(target: Path) -> int | None:
    try:
        return stat.S_IMODE(target.stat().st_mode)
    except FileNotFoundError:
        return None
