"""Where each node of a drawing stands, and the words for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property

from agentflow_tui.history.run_state import AgentRun, ModelCall, NodeState, RunState
from agentflow_tui.plan.box import Box, Edge
from agentflow_tui.plan.caption import caption, folded_caption, marks_of
from agentflow_tui.plan.cell_text import cell_width
from agentflow_tui.plan.layout import Layout
from agentflow_tui.plan.node import Choice, Loop, Node, Plan, Step, children_of, walk
from agentflow_tui.tui.panes.graph.face import LIVE, Face, duration_of, face_of, left_out_face
from agentflow_tui.tui.panes.graph.light import Light, flowing, left_out, lights_of

_WAITING = NodeState()
_TOLD_FIRST = ("done", "failed", "running")
_CHARACTERS_PER_TOKEN = 4
"""As a rule of thumb; the exact count comes with the end of a call."""
_NOT_A_WORD = "no word yet"
"""Of a model that was asked: why nothing seems to happen."""
_RATE_AFTER = 0.5
"""Seconds of streaming before a rate says anything."""


class Standing:
    """One run state seen through one drawing."""

    def __init__(
        self, plan: Plan, layout: Layout, state: RunState, runs: Mapping[str, AgentRun], now: float
    ) -> None:
        """Take the agent run that each step's box is about, and the seconds since the run began."""
        self._plan, self._layout, self._state = plan, layout, state
        self.runs, self.now = runs, now
        self.lights: dict[Edge, Light] = lights_of(layout.edges, state.nodes, state.status)
        self.left_out = left_out(plan, state.nodes)

    @cached_property
    def flowing(self) -> frozenset[Edge]:
        """The lines along which data goes now."""
        return flowing(self._layout.edges, self._plan, self._state.nodes)

    def node(self, path: str) -> NodeState:
        """The state of a node."""
        return self._state.nodes.get(path, _WAITING)

    @property
    def paused_at(self) -> str:
        """Path of the step that the run stands before, or empty."""
        return self._state.paused_path if self._state.status == "paused" else ""

    @property
    def phase(self) -> tuple[str, bool, bool]:
        """What of the run counts for the face of every node."""
        return self.paused_at, self._state.status == "paused", self._state.is_over

    def face(self, path: str) -> Face:
        """How a node looks."""
        if path == self.paused_at:
            return face_of("paused")
        if path in self.left_out:
            return left_out_face(self.left_out[path])
        status = self.node(path).status
        if self._state.status == "paused" and status in LIVE and not isinstance(self._plan.nodes[path], Step):
            return face_of("paused")
        if status == "waiting" and self._state.is_over:
            # It never began, or it ran and its next turn did not come.
            return left_out_face("cancelled" if self._is_cut_off(path) else "not run")
        return face_of(status)

    def _is_cut_off(self, path: str) -> bool:
        return self._state.status == "cancelled" and self.node(path).runs > 0

    def is_live(self, path: str) -> bool:
        """Whether a node has begun and not ended."""
        return self.node(path).status in LIVE

    def words(self, box: Box) -> list[str]:
        """What a box's lower border may say, the longest first; the last is always the status."""
        node, face = self.node(box.path), self.face(box.path)
        lasted = duration_of(node, self.now)
        choices = [f"{face.word} · {lasted}", f"{face.word} {lasted}"] if lasted else []
        if isinstance(self._plan.nodes[box.path], Loop) and node.status == "completed" and node.reason:
            choices.insert(0, " · ".join(filter(None, (face.word, node.reason, lasted))))
        if box.is_folded and self._state.nodes:
            choices.insert(0, self._count(box))
        return [*choices, face.word]

    def notes(self, path: str) -> list[str]:
        """What a step's upper border may say, the longest first: retries and how fast it streams."""
        failed, rate = self._retries(path), self._rate(path)
        again = f"↻{failed}" if failed else ""
        long = f"↻ {failed} {'retry' if failed == 1 else 'retries'}" if failed else ""
        both = [" · ".join(filter(None, (text, rate))) for text in (long, again)]
        return list(dict.fromkeys(text for text in (*both, long, again or rate) if text))

    def title(self, path: str, width: int, *, is_folded: bool) -> str:
        """The title of a frame within `width` cells."""
        node, mark = self._plan.nodes[path], self._marks.get(path, "")
        if is_folded:
            return folded_caption(node, self._told_counts(path), width)
        end = f" · {mark}" if mark else ""
        if isinstance(node, Loop):
            return caption(node, self.node(path).iteration, width - len(end)) + end
        hops = self.hops(path)
        if len(hops) > 1:
            return _told(caption(node), hops, width)
        return caption(node) + end

    def under(self, box: Box) -> tuple[str, str, bool]:
        """The line below the name: its text, its style, and whether the end of it counts most."""
        node, face = self.node(box.path), self.face(box.path)
        if face.word in ("failed", "open", "retrying", "skipped"):
            return node.reason, "failed" if face.word != "skipped" else "dim", False
        if node.status == "throttled":
            return "rate limit: waiting", "throttled", False
        if box.kind == "closed":
            return self._inside(box.path), "label", False
        if node.subtitle:
            return node.subtitle, "label", True
        call = self._call(box.path) if node.status == "running" else None
        if call is not None and call.status == "running" and not call.text:
            return _NOT_A_WORD, "label", False
        follower = self._follower(box.path)
        return (f"→ hands over to {follower}" if follower else ""), "label", False

    def hops(self, path: str) -> tuple[str, ...]:
        """The agents that a routing choice went to in its last round, each handing over to the next."""
        return tuple(run.agent for run in self._hops.get(path, ()))

    def look(self, path: str) -> tuple[object, ...]:
        """Everything that a box shows of the run; equal looks need no painting."""
        box = self._layout.boxes[path]
        return (
            self.node(path),
            self.face(path),
            tuple(self.words(box)),
            tuple(self.notes(path)),
            self.under(box) if box.kind in ("step", "closed") else "",
            self.title(path, box.width, is_folded=box.is_folded) if box.kind == "frame" else "",
        )

    @cached_property
    def _marks(self) -> dict[str, str]:
        return {path: mark for node in self._plan.nodes.values() for path, mark in marks_of(node).items()}

    @cached_property
    def _hops(self) -> dict[str, list[AgentRun]]:
        found: dict[str, list[AgentRun]] = {}
        for node in self._plan.nodes.values():
            if isinstance(node, Choice) and node.routing is not None:
                options = {option.body.path for option in node.options}
                here = [run for run in self._state.agent_runs if run.path in options]
                found[node.path] = [run for run in here if run.iteration == here[-1].iteration]
        return found

    def _follower(self, path: str) -> str:
        hops = self._hops.get(path.rpartition("/")[0], ())
        places = [place for place, run in enumerate(hops) if run.path == path]
        return hops[places[-1] + 1].agent if places and places[-1] + 1 < len(hops) else ""

    def _count(self, box: Box) -> str:
        node = self._plan.nodes[box.path]
        inside = children_of(node) if box.kind == "frame" else self._steps(box.path)
        return " · ".join(f"{count} {word}" for word, count in self._counts(inside).items())

    def _counts(self, nodes: Iterable[Node]) -> Counter[str]:
        return Counter(self.face(node.path).word for node in nodes)

    def _told_counts(self, path: str) -> list[str]:
        """How many branches stand how; none before the run, and what waits goes without saying."""
        if not self._state.nodes:
            return []
        counts = self._counts(children_of(self._plan.nodes[path]))
        rest = [word for word in counts if word not in (*_TOLD_FIRST, "waiting")]
        words = ("done", *(word for word in (*_TOLD_FIRST[1:], *rest) if counts[word]))
        return [f"{counts[word]} {word}" for word in words]

    def _inside(self, path: str) -> str:
        steps = self._steps(path)
        live = [step.agent for step in steps if self.is_live(step.path)]
        if live:
            return ", ".join(live)
        return f"{len(steps)} agent{'s' * (len(steps) != 1)} inside"

    def _steps(self, path: str) -> list[Step]:
        return [node for node in walk(self._plan.nodes[path]) if isinstance(node, Step)]

    def _call(self, path: str) -> ModelCall | None:
        run = self.runs.get(path)
        return self._state.calls.get(run.calls[-1]) if run is not None and run.calls else None

    def _retries(self, path: str) -> int:
        run = self.runs.get(path)
        return 0 if run is None else run.retries

    def _rate(self, path: str) -> str:
        call = self._call(path) if self.is_live(path) else None
        if call is None or call.status != "running" or not call.text:
            return ""
        seconds = self.now - call.started_at - (call.first_token_after or 0.0)
        if seconds < _RATE_AFTER:
            return ""
        return f"~{round(len(call.text) / _CHARACTERS_PER_TOKEN / seconds)} tok/s"


def latest_runs(state: RunState, plan: Plan) -> dict[str, AgentRun]:
    """The last run at each path of a plan's steps."""
    begun = {step.path for step in plan.steps() if state.nodes.get(step.path, _WAITING).runs}
    found: dict[str, AgentRun] = {}
    # A loop runs the same few steps again and again: its last round is all that one needs.
    for run in reversed(state.agent_runs):
        if run.path in begun:
            begun.remove(run.path)
            found[run.path] = run
            if not begun:
                break
    return found


def _told(title: str, hops: tuple[str, ...], width: int) -> str:
    """The title and the hand-overs, without the first ones where there is no room for all."""
    for start in range(len(hops)):
        shown = f"{title} · {'… → ' * (start > 0)}{' → '.join(hops[start:])}"
        if cell_width(shown) <= width:
            return shown
    return title
