"""The only way in which Python imports from a flow's folder: the very sources that the user agreed to."""

from __future__ import annotations

import hashlib
import importlib
import os
import sys
from collections.abc import Mapping, Sequence
from importlib.machinery import (
    EXTENSION_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    ModuleSpec,
    SourceFileLoader,
)
from pathlib import Path
from threading import Lock
from types import CodeType, ModuleType

from agentflow_tui.agents.code_package import package_of
from agentflow_tui.agents.trust import is_skipped

_agreed: dict[Path, Mapping[Path, str]] = {}
"""Each admitted folder, resolved, with the SHA-256 of every file in it that was agreed to."""
_admitting = Lock()
_paths_at_start = tuple(Path(entry).resolve() for entry in sys.path if entry)


class _NotAgreedError(ImportError):
    """A file in a flow's folder that the consent does not cover."""


def admit(folder: Path, digests: Mapping[Path, str]) -> None:
    """Let Python import these files of `folder`, as they are now, and nothing else that is in it.

    Never bytecode: a `.pyc` beside an untouched source can hold anything. Nor what a link leads to outside,
    or what the hash leaves out, as `node_modules` (design §4).
    """
    root = folder.resolve()
    with _admitting:
        _agreed[root] = dict(digests)
        if _hook not in sys.path_hooks:
            sys.path_hooks.insert(0, _hook)
    # Python's own finders of these folders, made before, know bytecode.
    for entry in list(sys.path_importer_cache):
        if _is_below(Path(entry), root):
            sys.path_importer_cache.pop(entry, None)
    importlib.invalidate_caches()


def _hook(entry: str) -> FileFinder:
    place = Path(os.path.abspath(entry))  # noqa: PTH100 - `resolve` would follow links
    # A copy: another thread may admit a folder meanwhile.
    roots = [root for root in tuple(_agreed) if _is_below(place, root)]
    if not roots or _is_environment(place, roots):
        raise ImportError(f"{entry} is in no flow's folder")
    # No loader of bytecode without a source.
    return FileFinder(entry, (_AgreedExtension, EXTENSION_SUFFIXES), (_AgreedSource, [".py"]))


def _is_environment(place: Path, roots: Sequence[Path]) -> bool:
    """Tell whether it is in a virtual environment of this very process that lies in a flow's folder."""
    return any(
        _is_below(place, start)
        and any(start != root and start.is_relative_to(root) and is_skipped(root, start) for root in roots)
        for start in _paths_at_start
    )


def _is_below(place: Path, root: Path) -> bool:
    return place.is_relative_to(root) or place.resolve().is_relative_to(root)


def _checked(path: str, data: bytes) -> bytes:
    digest = hashlib.sha256(data).hexdigest()
    file = Path(os.path.abspath(path))  # noqa: PTH100 - a link to a file is hashed under its own name
    names = {file, file.resolve()}
    known = {files[name] for files in tuple(_agreed.values()) for name in names if name in files}
    if digest in known:
        return data
    if known:
        raise _NotAgreedError(f"{path} has changed since its code was looked at; run again")
    raise _NotAgreedError(
        f"{path} is not among the files that were agreed to: it is hidden, in a folder such as node_modules, "
        "behind a link or new; put a copy into the flow's folder and run again"
    )


class _AgreedSource(SourceFileLoader):
    """Compiles what it has hashed."""

    def get_code(self, fullname: str) -> CodeType:
        """Compile the source, whatever bytecode lies beside it."""
        path = self.get_filename(fullname)
        code: CodeType = self.source_to_code(_checked(path, self.get_data(path)), path)
        return code

    def exec_module(self, module: ModuleType) -> None:
        """Run the module; what it imports is looked for in its folder first."""
        package = package_of(module)
        if package is not None:
            module.__dict__["__builtins__"] = package.builtins()
        super().exec_module(module)


class _AgreedExtension(ExtensionFileLoader):
    """Loads an extension module that was hashed."""

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Load the library when it is the one that was agreed to."""
        path = str(self.path)
        _checked(path, self.get_data(path))
        return super().create_module(spec)
