"""Colours of our own beyond Textual's, and what they are in a theme that does not know them."""

from __future__ import annotations

from collections.abc import Mapping

_FROM_TEXTUAL = {
    "muted": "foreground-muted",
    "status-waiting": "foreground-muted",
    "status-running": "warning",
    "status-completed": "success",
    "status-failed": "error",
    "status-cancelled": "secondary",
    "status-skipped": "foreground-disabled",
    "status-paused": "accent",
    "diff-added": "success",
    "diff-removed": "error",
    "syntax-comment": "foreground-muted",
    "syntax-key": "primary",
    "syntax-table": "accent",
    "syntax-string": "success",
    "syntax-number": "warning",
    "syntax-constant": "secondary",
    "syntax-punctuation": "foreground-muted",
}

OUR_VARIABLES = frozenset(_FROM_TEXTUAL)
"""Names of the colours that our own themes set."""
_LACKING = {"foreground-disabled": "foreground-muted"}
"""What some of Textual's own themes leave out."""


def fallbacks(known: Mapping[str, str]) -> dict[str, str]:
    """Return a value for each of our variables, out of the variables that every theme has."""
    plain = known.get("foreground", "#808080")
    return {name: known.get(source, plain) for name, source in (_FROM_TEXTUAL | _LACKING).items()}
