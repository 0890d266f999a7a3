"""Where each node of the plan stands, while the history is folded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from agentflow_tui.history.run_state import NodeState
from agentflow_tui.history.shallow_copy import shallow_copy

SUBTITLE_LENGTH = 60
"""Characters of streaming text that a running step shows."""
LIVE = ("running", "retrying", "throttled")
"""Statuses of a node that has begun and not ended."""


class NodeBook:
    """The state of every node that was reached, by path."""

    def __init__(self) -> None:
        """Begin with every node waiting."""
        self.loop_ends: list[tuple[str, int, str]] = []
        self._nodes: dict[str, NodeState] = {}
        self._shown: Mapping[str, NodeState] = {}
        self._subtitles: dict[str, str] = {}
        self._is_stale = False
        self._before_pause: tuple[str, NodeState | None] | None = None
        self._stopped: set[str] = set()
        """Steps that a second pause stopped and that have not begun again."""

    def snapshot(self, streaming: Mapping[str, str]) -> Mapping[str, NodeState]:
        """Return the nodes by path, with the text that streams in; the same object while nothing changed."""
        subtitles = {path: _tail(text) for path, text in streaming.items()}
        if self._is_stale or subtitles != self._subtitles:
            self._is_stale = False
            self._subtitles = subtitles
            shown = dict(self._nodes)
            for path, subtitle in subtitles.items():
                if path in shown and shown[path].status == "running":
                    shown[path] = replace(shown[path], subtitle=subtitle)
            self._shown = shown
        return self._shown

    def copy(self) -> NodeBook:
        """Return one that goes on from here by itself."""
        return shallow_copy(self)

    def start(self, path: str, at: float, *, iteration: int | None = None) -> None:
        """A node begins, perhaps again."""
        old = self._get(path)
        self._stopped.discard(path)
        self._put(
            path, NodeState("running", old.runs + 1, iteration=iteration, started_at=at, taken=old.taken)
        )
        parent = self._nodes.get(path.rpartition("/")[0])
        if parent is not None and parent.taken and parent.taken != path:
            self._put(path.rpartition("/")[0], replace(parent, taken=path))

    def end(self, path: str, status: str, at: float, reason: str = "") -> None:
        """A node ended, or was skipped without ever starting; one that is `paused` is to begin again."""
        old = self._get(path)
        self._put(path, replace(old, status=status, ended_at=at, reason=reason or old.reason))
        if status == "paused":
            self._stopped.add(path)
        elif self._stopped:
            self._give_up(path)

    def wait(self, path: str, status: str, reason: str) -> None:
        """A step that runs waits for its next call, or makes it; only one that runs can."""
        old = self._nodes.get(path)
        if old is not None and old.status in LIVE:
            self._put(path, replace(old, status=status, reason=reason))

    def pause(self, path: str) -> None:
        """The run stands before the node at `path`; an empty path is nowhere."""
        self.resume()
        if path:
            self._before_pause = (path, self._nodes.get(path))
            self._put(path, replace(self._get(path), status="paused"))

    def resume(self) -> None:
        """The run goes on: the paused node is what it was before."""
        if self._before_pause is not None:
            path, node = self._before_pause
            self._before_pause = None
            if node is None:
                self._nodes.pop(path, None)
                self._is_stale = True
            else:
                self._put(path, node)

    def iterate(self, path: str, iteration: int) -> None:
        """An iteration of the loop at `path` begins: everything inside waits again."""
        self._put(path, replace(self._get(path), iteration=iteration))
        inside = path + "/"
        for each, node in list(self._nodes.items()):
            if each.startswith(inside) and node.status not in ("waiting", "paused", *LIVE):
                self._put(each, NodeState(runs=node.runs))

    def choose(self, path: str, option: str, reason: str) -> None:
        """A choice went to one option, or to none."""
        self._put(path, replace(self._get(path), taken=option, reason=reason))

    def leave(self, path: str, why: str, agent_runs: int) -> None:
        """A loop is about to end, after so many agent runs began; nothing happens without a reason."""
        if why and path in self._nodes:
            self.loop_ends.append((path, agent_runs, why))
            self._put(path, replace(self._nodes[path], reason=why))

    def hand_over(self, path: str, from_agent: str, to_agent: str) -> None:
        """An agent of the routing choice at `path` passed the event on."""
        self._put(path, replace(self._get(path), reason=f"{from_agent} handed over to {to_agent}"))

    def fail_branch(self, path: str, branch: str, error: str) -> None:
        """A child of the fan at `path`, given by path or by name, is left out of the merge."""
        inside = branch if branch in self._nodes else f"{path}/{branch}"
        if inside in self._nodes:
            node = self._nodes[inside]
            # An open breaker is why it failed: the more telling word stays.
            status = node.status if node.status == "open" else "failed"
            self._put(inside, replace(node, status=status, reason=error))

    def close(self, at: float) -> None:
        """The run is over: what still ran was cut off."""
        self.resume()
        for path, node in list(self._nodes.items()):
            if node.status in LIVE:
                self._put(path, replace(node, status="cancelled", ended_at=at))
            elif node.status == "paused":
                # Stopped before, to begin again.
                self._put(path, replace(node, status="cancelled"))

    def _give_up(self, outer: str) -> None:
        """What was to begin again inside the node at `outer` never will."""
        for path in [each for each in self._stopped if each.startswith(f"{outer}/")]:
            self._stopped.remove(path)
            self._put(path, replace(self._get(path), status="cancelled"))

    def _get(self, path: str) -> NodeState:
        return self._nodes.get(path) or NodeState()

    def _put(self, path: str, node: NodeState) -> None:
        self._nodes[path] = node
        self._is_stale = True


def _tail(text: str) -> str:
    return " ".join(text[-4 * SUBTITLE_LENGTH :].split())[-SUBTITLE_LENGTH:]
