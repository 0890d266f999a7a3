"""Why a flow cannot be compiled."""

from __future__ import annotations


class PlanError(Exception):
    """A checked flow cannot become a plan; the text says why and which key changes it."""
