"""Whether a flow's Python code may run."""

from __future__ import annotations

from textual.content import Content

from agentflow_tui.agents.user_code import UntrustedCodeError
from agentflow_tui.tui.dialogs.choice_dialog import Choice, ChoiceDialog
from agentflow_tui.tui.safe_text import one_line

_LONGEST_FOLDER = 160
_LONGEST_NAMES = 100


class TrustDialog(ChoiceDialog):
    """Names the folder and the files that a run would start with; returns `yes` or `no`."""

    def __init__(self, refused: UntrustedCodeError) -> None:
        """Take what may not run yet; its names are a stranger's."""
        names, count = ", ".join(file.name for file in refused.files), len(refused.files)
        body = Content.assemble(
            "This flow runs Python code from the folder\n",
            (one_line(str(refused.folder), _LONGEST_FOLDER), "bold"),
            f"\nand starts with {'the file' if count == 1 else f'{count:d} files:'} ",
            (one_line(names, _LONGEST_NAMES), "bold"),
            "\n\nIts code would run with all that you may do on this machine. ",
            "The consent holds for this folder until a file in it changes.",
        )
        choices = (Choice("c", "do not run", "no"), Choice("t", "trust and run", "yes", is_destructive=True))
        super().__init__("TRUST THIS CODE?", body, choices)
