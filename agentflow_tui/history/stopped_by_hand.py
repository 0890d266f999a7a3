"""How a history tells that a person stopped one agent run, and not what is around it."""

from __future__ import annotations

CANCELLED_BY_HAND = "cancelled by hand"
"""Begins the reason of an `AgentCancelled` that counts as a failure of the agent."""
STOPPED_BY_PAUSE = "stopped by a second pause"
"""The reason of an `AgentCancelled` after which the same step runs again."""
