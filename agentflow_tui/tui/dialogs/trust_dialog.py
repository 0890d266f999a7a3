"""Whether a flow's Python code may run, or a key of the user's be sent."""

from __future__ import annotations

from textual.content import Content

from agentflow_tui.agents.user_code import UntrustedCodeError
from agentflow_tui.llm.sent_key import UntrustedAddressError
from agentflow_tui.tui.dialogs.choice_dialog import Choice, ChoiceDialog
from agentflow_tui.tui.safe_text import one_line
from agentflow_tui.workbench.not_ready import Refusal

_LONGEST_FOLDER = 160
_LONGEST_NAMES = 100
_LONGEST_NAME = 40
_LONGEST_ORIGIN = 270
"""A host has 253 letters at most."""
_CHOICES = (Choice("c", "do not run", "no"), Choice("t", "trust and run", "yes", is_destructive=True))


class TrustDialog(ChoiceDialog):
    """Names the files that a run would start with, or where a key would go; returns `yes` or `no`."""

    def __init__(self, refused: Refusal) -> None:
        """Take what may not be yet; its names are a stranger's."""
        if isinstance(refused, UntrustedAddressError):
            super().__init__("TRUST THIS ADDRESS?", _about_key(refused), _CHOICES)
        else:
            super().__init__("TRUST THIS CODE?", _about_code(refused), _CHOICES)


def _about_key(refused: UntrustedAddressError) -> Content:
    inner, origin = one_line(refused.file, _LONGEST_NAME), refused.key.origin
    # Whose a host is, its end says.
    shown = origin if len(origin) <= _LONGEST_ORIGIN else f"…{origin[-_LONGEST_ORIGIN:]}"
    return Content.assemble(
        "This flow sends the value of the environment variable\n",
        (one_line(refused.key.variable, _LONGEST_NAME), "bold"),
        f"\nto an address that {'the flow inside it named ' if inner else 'its text names'}",
        (inner, "bold"),
        f"{' names' if inner else ''}\n",
        (one_line(shown, 10 * _LONGEST_ORIGIN), "bold"),
        "\n\nWhoever answers there can use that key as you do. ",
        "The consent holds for this variable and this address, in every flow.",
    )


def _about_code(refused: UntrustedCodeError) -> Content:
    names, count = ", ".join(file.name for file in refused.files), len(refused.files)
    return Content.assemble(
        "This flow runs Python code from the folder\n",
        (one_line(str(refused.folder), _LONGEST_FOLDER), "bold"),
        f"\nand starts with {'the file' if count == 1 else f'{count:d} files:'} ",
        (one_line(names, _LONGEST_NAMES), "bold"),
        "\n\nIts code would run with all that you may do on this machine. ",
        "The consent holds for this folder until a file in it changes.",
    )
