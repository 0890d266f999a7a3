"""What differs between the two events at which two histories part."""

from __future__ import annotations

from agentflow_tui.history.codec import encode
from agentflow_tui.history.compare import Divergence
from agentflow_tui.history.diff import KeyChange, diff_states


def field_changes(divergence: Divergence) -> tuple[KeyChange, ...]:
    """Return the differing fields from the left event to the right one, down into lists and objects.

    Empty when the events are of different kinds, or one of the histories has ended.
    """
    if divergence.left is None or divergence.right is None:
        return ()
    left, right = encode(divergence.left), encode(divergence.right)
    names = divergence.fields
    return diff_states(
        {name: left[name] for name in names if name in left},
        {name: right[name] for name in names if name in right},
    )
