"""`agentflow-tui paths`: where a user's files are."""

from __future__ import annotations

from agentflow_tui import paths as places
from agentflow_tui.cli.printer import say_line


def paths() -> None:
    """Show where settings, keys, themes, runs, model weights and logs are."""
    for what, folder in (
        ("settings", places.config_folder() / "settings.toml"),
        ("keys", places.config_folder() / "keys.toml"),
        ("themes", places.config_folder() / "themes"),
        ("runs", places.data_folder()),
        ("model weights", places.cache_folder()),
        ("logs", places.state_folder()),
    ):
        say_line(f"{what:<14} {folder}")
