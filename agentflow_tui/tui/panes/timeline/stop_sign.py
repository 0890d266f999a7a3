"""Where in a history a run would stop at a breakpoint."""

from __future__ import annotations

import re
from collections.abc import Mapping

from agentflow_tui.history import event as ev
from agentflow_tui.history.fan_event import FanEnded, FanStarted

_SIGN = re.compile(r".\??")
_AFTER = "▰▱"


def stop_sign(event: ev.HistoryEvent, signs: Mapping[str, str]) -> str:
    """Return the shape of the first breakpoint before or after what an event begins or ends; or nothing.

    `signs` are those of the breakpoints, by path of the node.
    """
    match event:
        case ev.AgentStarted() | ev.NodeStarted() | FanStarted():
            is_after = False
        case ev.AgentCompleted() | ev.AgentFailed() | ev.NodeEnded() | FanEnded():
            is_after = True
        case _:
            return ""
    found = (sign[0] for sign in _SIGN.findall(signs.get(event.path, "")))
    return next((shape for shape in found if (shape in _AFTER) == is_after), "")
