"""Which folders' Python code the user has allowed to run, as it is now, and which keys may go where."""

from __future__ import annotations

import hashlib
import importlib.machinery
import json
import os
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from agentflow_tui.llm.sent_key import SentKey
from agentflow_tui.whole_file import write_whole

_SUFFIXES = tuple(importlib.machinery.all_suffixes())
_MOST_FILES = 5_000
"""More than that is no flow's folder but somebody's home; reading it all would take minutes."""
_MOST_BYTES = 1_000_000_000
"""Nor is more than that anybody's code; a file of any size takes no room on the disk when it is empty."""
_KEYS = "keys"
"""Beside folders, which are absolute: by origin, the variables whose values may go there."""
_IGNORED_FOLDERS = frozenset({"__pycache__", "node_modules", "site-packages"})


class Trust:
    """Consent per folder and content: any change to the code there asks again (design §4).

    And per key and address, whichever flow sends the one to the other.
    """

    def __init__(self, file: Path) -> None:
        """Keep consents in `file`, a JSON object of folder to content hash; it is made when first needed.

        Under `keys` it holds an object of origin to names of variables.
        """
        self.file = file

    def is_trusted(self, folder: Path, content_hash: str) -> bool:
        """Return True when the user allowed exactly this content of this folder."""
        return self._read().get(str(folder.resolve())) == content_hash

    def grant(self, folder: Path, content_hash: str) -> None:
        """Allow this content of this folder, in place of any older one.

        Raises:
            OSError: The consent cannot be written.
        """
        consents = {**self._read(), str(folder.resolve()): content_hash}
        write_whole(self.file, json.dumps(consents, indent=2) + "\n")

    def may_send(self, key: SentKey) -> bool:
        """Return True when the user allowed this variable's value to go to this origin."""
        return key.variable in self._sent_to(key.origin)

    def grant_key(self, key: SentKey) -> None:
        """Allow this variable's value to go to this origin from now on.

        Raises:
            OSError: The consent cannot be written.
        """
        consents = self._read()
        known = consents.get(_KEYS)
        allowed = {key.origin: sorted({*self._sent_to(key.origin), key.variable})}
        consents[_KEYS] = {**(known if isinstance(known, dict) else {}), **allowed}
        write_whole(self.file, json.dumps(consents, indent=2) + "\n")

    def _sent_to(self, origin: str) -> list[str]:
        known = self._read().get(_KEYS)
        variables = known.get(origin) if isinstance(known, dict) else None
        return [each for each in variables if isinstance(each, str)] if isinstance(variables, list) else []

    def _read(self) -> dict[str, Any]:
        # A file that cannot be read or is damaged grants nothing.
        try:
            consents = json.loads(self.file.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}
        return consents if isinstance(consents, dict) else {}


class AlwaysTrust:
    """Consent by a program that runs a flow of its own."""

    def is_trusted(self, folder: Path, content_hash: str) -> bool:  # noqa: ARG002 - as `Trust` is asked
        """Return True for any content of any folder."""
        return True

    def may_send(self, key: SentKey) -> bool:  # noqa: ARG002 - as `Trust` is asked
        """Return True for any key and any address."""
        return True


def code_files(folder: Path) -> tuple[Path, ...]:
    """Return every file below `folder` that Python could import from it, sorted; hidden folders left out.

    So are pipes, devices and links to nothing: no import takes them, and reading them could last for ever.

    Raises:
        OSError: There are too many.
    """
    found = tuple(islice(_walk(folder.resolve()), _MOST_FILES + 1))
    if len(found) > _MOST_FILES:
        raise OSError(
            f"{folder} holds more than {_MOST_FILES} Python files; give the flow a folder of its own"
        )
    return tuple(sorted(found))


def content_hash(folder: Path) -> str:
    """Return the SHA-256 of names and contents of all code in `folder`: no import escapes the consent.

    Raises:
        OSError: As `code_digests`.
    """
    return hash_of(folder, code_digests(folder))


def code_digests(folder: Path) -> dict[Path, str]:
    """Return the SHA-256 of each of the `code_files`.

    Raises:
        OSError: A file cannot be read, or there are too many, or they are too large.
    """
    files = code_files(folder)
    if sum(file.stat().st_size for file in files) > _MOST_BYTES:
        raise OSError(f"the Python files in {folder} are larger than {_MOST_BYTES // 1_000_000_000} GB")
    return {file: _digest(file) for file in files}


def hash_of(folder: Path, digests: Mapping[Path, str]) -> str:
    """Return the one hash over what `code_digests` gave for `folder`."""
    root, whole = folder.resolve(), hashlib.sha256()
    for file, digest in digests.items():
        name = file.relative_to(root).as_posix()
        whole.update(f"{name}\0{digest}\n".encode("utf-8", "surrogateescape"))
    return whole.hexdigest()


def is_skipped(root: Path, folder: Path) -> bool:
    """Tell whether `folder`, below `root`, is in one whose code is not hashed, nor therefore imported."""
    place = root
    for name in folder.relative_to(root).parts:
        if _is_foreign(place, name):
            return True
        place /= name
    return False


def _is_foreign(parent: Path, name: str) -> bool:
    """A virtual environment, for one, is not the user's code."""
    return name.startswith(".") or name in _IGNORED_FOLDERS or (parent / name / "pyvenv.cfg").exists()


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _walk(root: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(root):
        # In place, so that os.walk does not enter them.
        folders[:] = [name for name in folders if not _is_foreign(Path(folder), name)]
        code = (Path(folder, name) for name in files if name.endswith(_SUFFIXES))
        yield from (file for file in code if file.is_file())
