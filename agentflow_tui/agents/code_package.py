"""A package of its own for each flow's folder: equally named modules of two folders never meet."""

from __future__ import annotations

import builtins
import hashlib
import importlib
import importlib.util
import sys
from collections.abc import Mapping, Sequence
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from threading import Lock, RLock
from types import ModuleType
from typing import Any

_OWN = __name__.partition(".")[0]
_packages: dict[str, CodePackage] = {}
_registry = Lock()


class CodePackage:
    """Where Python keeps the modules of one folder; `import words` in them finds the folder's own `words`.

    The name is made from the folder's, so classes and functions can be found again, by `pickle` for one. A
    module of Python's or ours is never hidden; a module that the program itself has imported from the folder
    is taken as it is.
    """

    def __init__(self, root: Path) -> None:
        """Take a resolved folder; `of` gives the one package of each."""
        self.name = f"agentflow_code_{hashlib.sha256(str(root).encode()).hexdigest()[:16]}"
        self._root = root
        self._lock = RLock()

    @classmethod
    def of(cls, folder: Path) -> CodePackage:
        """Return the package of a folder, always the same one."""
        package = cls(folder.resolve())
        with _registry:
            return _packages.setdefault(package.name, package)

    def load(self, name: str) -> ModuleType:
        """Import a module of the folder, called `name` there; raises whatever its code does."""
        with self._lock:
            self._found()
            return importlib.import_module(self._full(name))

    def forget(self) -> None:
        """Drop all that was imported, so that the next import reads the files as they are now."""
        with self._lock:
            for name in list(sys.modules):
                if name == self.name or name.startswith(f"{self.name}."):
                    sys.modules.pop(name, None)

    def builtins(self) -> Mapping[str, Any]:
        """Return what the modules have for builtins: `import` looks in the folder first."""
        return {**vars(builtins), "__import__": self._import}

    def _found(self) -> None:
        """Have Python know the package itself: a place for modules, without code."""
        if self.name not in sys.modules:
            package = ModuleType(self.name, f"The code in {self._root}.")
            package.__path__ = [str(self._root)]
            package.__spec__ = ModuleSpec(self.name, None, is_package=True)
            package.__spec__.submodule_search_locations = package.__path__
            sys.modules[self.name] = package

    def _full(self, name: str) -> str:
        return f"{self.name}.{name}" if self._has(name.partition(".")[0]) else name

    def _has(self, top: str) -> bool:
        if f"{self.name}.{top}" in sys.modules:
            return True
        if top in sys.stdlib_module_names or top == _OWN:
            return False
        spec = PathFinder.find_spec(f"{self.name}.{top}", [str(self._root)])
        if spec is None:
            return False
        if spec.origin is None:
            # A folder without an `__init__.py` gives way to any code of that name, as everywhere in Python.
            return top not in sys.modules and _is_without_code(importlib.util.find_spec(top))
        known = getattr(sys.modules.get(top), "__file__", None)
        return known is None or Path(known).resolve() != Path(spec.origin).resolve()

    def _import(  # the arguments of Python's own
        self,
        name: str,
        globals: Mapping[str, Any] | None = None,  # noqa: A002
        locals: Mapping[str, Any] | None = None,  # noqa: A002
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        """Do what an `import` in one of the modules asks for."""
        full = name if level else self._full(name)
        if full == name:
            return builtins.__import__(name, globals, locals, fromlist or (), level)
        self._found()
        module = builtins.__import__(full, globals, locals, fromlist or (), 0)
        return module if fromlist else sys.modules[f"{self.name}.{name.partition('.')[0]}"]


def _is_without_code(spec: ModuleSpec | None) -> bool:
    return spec is None or spec.origin is None


def package_of(module: ModuleType) -> CodePackage | None:
    """Return the package that a module is in, if it is a folder's."""
    return _packages.get(module.__name__.partition(".")[0])
