"""The user's own editor, for long texts."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from textual.app import App, SuspendNotSupported

_COMMON = ("nano", "vim", "vi")
_NAMES = ("VISUAL", "EDITOR")


class OutsideEditorError(Exception):
    """The text could not be edited there; it stays as it was."""


class OutsideEditor:
    """Leaves the screen for the editor that the environment names, and comes back with the text."""

    def __init__(self, app: App[Any], env: Mapping[str, str] | None = None) -> None:
        """Take the app, which stands still meanwhile; `env` replaces the environment."""
        self._app = app
        self._env = os.environ if env is None else env

    def edit(self, text: str, suffix: str = ".txt") -> str:
        """Return the text as it was saved; `suffix` tells the editor what it is.

        Raises:
            OutsideEditorError: There is no editor, it failed, or what it saved is no text.
        """
        command = self._command()
        try:
            with tempfile.TemporaryDirectory(prefix="agentflow-", ignore_cleanup_errors=True) as folder:
                file = Path(folder) / f"value{suffix}"
                file.write_bytes(text.encode())
                file.chmod(0o600)
                self._run([*command, str(file)])
                # As bytes, because a line may end with a return: that is part of the value.
                edited = file.read_bytes().decode()
        except (OSError, UnicodeError) as error:
            raise OutsideEditorError(f"{command[0]}: {error}") from error
        # Editors end the last line; the value had no such end.
        return edited.removesuffix("\n") if not text.endswith("\n") else edited

    def _run(self, command: list[str]) -> None:
        try:
            with self._app.suspend():
                code = subprocess.run(command, check=False).returncode
        except SuspendNotSupported as error:
            raise OutsideEditorError("this terminal cannot be left for a moment") from error
        if code:
            raise OutsideEditorError(f"{command[0]} ended with {code}; the text is as it was")

    def _command(self) -> list[str]:
        for name in _NAMES:
            if wanted := self._env.get(name, "").strip():
                try:
                    return shlex.split(wanted)
                except ValueError as error:
                    raise OutsideEditorError(f"${name} cannot be read: {error}") from error
        for name in _COMMON:
            if found := shutil.which(name, path=self._env.get("PATH")):
                return [found]
        raise OutsideEditorError("there is no editor: set $EDITOR to the command of yours")
