"""A history in which something goes wrong again and again."""

from __future__ import annotations

from agentflow_tui.history import event as ev
from agentflow_tui.history import policy_event as pol
from agentflow_tui.history.delta import Delta
from tests.story import Story


def troubled() -> Story:
    """Two agents side by side, of which one fails twice, in two iterations."""
    story = Story()
    for iteration in (1, 2):
        story.add(ev.IterationStarted, path="loop", iteration=iteration)
        for name in ("writer", "critic"):
            story.add(ev.AgentStarted, path=f"loop/{name}", agent=name, scope=f"loop/{name}")
        story.call("loop/writer", f"c{iteration}", "Once upon ", "a time")
        story.add(
            pol.AttemptFailed,
            path="loop/critic",
            agent="critic",
            attempt=1,
            error="no answer",
            category="timeout",
            retry_in=1.0,
        )
        story.add(
            ev.AgentFailed, path="loop/critic", agent="critic", error="x", category="timeout", duration=1.0
        )
        story.add(ev.AgentCompleted, path="loop/writer", agent="writer", delta=Delta(), duration=2.0)
    return story
