"""`agentflow-tui paths`: where a user's files are."""

from __future__ import annotations

from agentflow_tui import paths as places
from agentflow_tui.cli.printer import say_line


def paths() -> None:
    """Show the folders of settings, runs, model weights and logs."""
    for what, folder in (
        ("settings", places.config_folder()),
        ("runs", places.data_folder()),
        ("model weights", places.cache_folder()),
        ("logs", places.state_folder()),
    ):
        say_line(f"{what:<14} {folder}")
