"""Small files that are there whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from pathlib import Path

_LONGEST_NAME = 80


def write_whole(path: Path, text: str, *, is_private: bool = True) -> None:
    """Write a small file so that a crash leaves the old or the new text, never half of it.

    It goes through symbolic links, and a file that is there keeps its mode bits; a new one is only for its
    owner, or, if not `is_private`, for whom the system lets read new files.

    Raises:
        OSError: It cannot be written; the old file is untouched.
    """
    # Whoever keeps their settings elsewhere and links to them keeps the link.
    target = Path(os.path.realpath(path))
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name[:_LONGEST_NAME]}.{secrets.token_hex(4)}")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if is_private else 0o666)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        with contextlib.suppress(FileNotFoundError):
            part.chmod(stat.S_IMODE(target.stat().st_mode))
        part.replace(target)
    finally:
        # Gone already when it took the old file's place.
        part.unlink(missing_ok=True)
