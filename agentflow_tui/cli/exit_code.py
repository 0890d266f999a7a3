"""What the process's exit codes mean."""

from __future__ import annotations

COMPLETED = 0
FAILED = 1
"""The run failed, could not start, or a check found errors."""
USAGE = 2
"""Wrong arguments, or a file that is no valid flow."""
CANCELLED = 130
"""Ctrl-C, as shells count it."""
