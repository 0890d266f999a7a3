"""Copying text so that it arrives: the system's own tool where there is one, and the terminal besides."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

_PATIENCE = 2.0


def local_tool() -> list[str] | None:
    """Return the command that puts its input on this machine's clipboard; none over ssh or without a tool."""
    if os.environ.get("SSH_CONNECTION") or os.environ.get("SSH_TTY"):
        return None
    candidates: list[list[str]] = []
    if sys.platform == "darwin":
        candidates.append(["pbcopy"])
    elif sys.platform == "win32":
        candidates.append(["clip"])
    if os.environ.get("WAYLAND_DISPLAY"):
        candidates.append(["wl-copy"])
    if os.environ.get("DISPLAY"):
        candidates += [["xclip", "-selection", "clipboard"], ["xsel", "--clipboard", "--input"]]
    return next((command for command in candidates if shutil.which(command[0])), None)


def copy_locally(text: str) -> str:
    """Put text on this machine's clipboard; return the tool's name, or empty when that did not work."""
    command = local_tool()
    if command is None:
        return ""
    try:
        subprocess.run(
            command,
            input=text.encode("utf-8", "replace"),
            check=True,
            timeout=_PATIENCE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return command[0]
