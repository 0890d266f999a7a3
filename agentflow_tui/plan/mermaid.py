"""A plan as the text of a Mermaid flowchart."""

from __future__ import annotations

import re

from agentflow_tui.control_characters import visible_line
from agentflow_tui.plan.caption import caption
from agentflow_tui.plan.node import Chain, Choice, Fan, Loop, Node, Plan, Stage, Step

_Ends = list[tuple[str, str]]
"""Where lines leave from: a node's id, and what the line says."""
_MEANS_SOMETHING = re.compile(
    r"[^\w ·,=/?'%:.()+-]"  # a string's end, an entity, a tag, a link, emphasis
    r"|[+-](?!\w)|(?<=\d)[.)](?!\w)"  # the beginning of a list, a rule, an arrow
    r"|(?<![^\W_])_|_(?![^\W_])"  # emphasis again, which only begins and ends at a word's border
)


def mermaid(plan: Plan, *, top_down: bool = False) -> str:
    """Print a plan as a Mermaid flowchart (semantics §1, §9).

    Boxes carry the names of stages, lines the conditions and a loop's limit. The same plan always gives the
    same text, and a node's id comes from its path, so that a small change of a flow is a small change here.
    """
    return _Chart().text(plan, "TD" if top_down else "LR")


class _Chart:
    """The lines of one chart while it is drawn."""

    def __init__(self) -> None:
        self._nodes: list[str] = []
        self._edges: list[str] = []
        self._ids: set[str] = set()
        self._indent = "  "

    def text(self, plan: Plan, direction: str) -> str:
        begin = self._node("begin", '((" "))')
        ends = self._draw(plan.root, [(begin, "")])
        self._join(ends, self._node("done", '(((" ")))'))
        return "\n".join([f"flowchart {direction}", *self._nodes, *self._edges]) + "\n"

    def _draw(self, node: Node, ends: _Ends) -> _Ends:
        """Draw a node behind `ends`; gives its own."""
        match node:
            case Step():
                step = self._node(node.path, f'["{_escaped(node.agent)}"]')
                self._join(ends, step)
                return [(step, "")]
            case Chain():
                if node.agent:
                    self._open(node.path, caption(node))
                for child in node.children:
                    ends = self._draw(child, ends)
                if node.agent:
                    self._close()
                return ends
            case Fan():
                return self._fan(node, ends)
            case Loop():
                return self._loop(node, ends)
            case Choice():
                return self._choice(node, ends)
            case Stage():
                return self._stage(node, ends)

    def _fan(self, fan: Fan, ends: _Ends) -> _Ends:
        if not fan.children:
            return ends
        ends = self._one(fan.path, ends)
        merged: _Ends = []
        self._open(fan.path, caption(fan))
        for child in fan.children:
            if isinstance(child, Step) or not fan.is_parallel:
                merged += self._draw(child, ends)
                continue
            optional = " · optional" if child.path in fan.optional else ""
            self._open(child.path, f"{caption(child)}{optional}")
            merged += self._draw(child, ends)
            self._close()
        self._close()
        return merged

    def _loop(self, loop: Loop, ends: _Ends) -> _Ends:
        # The way back is one line, so the body needs one way in and one way out.
        if isinstance(loop.body, Step):
            ends = self._draw(loop.body, ends)
            first = ends[0][0]
        else:
            first = self._point(loop.path, ends)
            ends = self._one(loop.path, self._draw(loop.body, [(first, "")]))
        self._join([(end, _again(loop)) for end, _ in ends], first)
        return ends

    def _choice(self, choice: Choice, ends: _Ends) -> _Ends:
        fork = self._node(f"{choice.path}/which", f'{{"{_escaped(choice.title)}"}}')
        self._join(ends, fork)
        after: _Ends = []
        for option in choice.options:
            after += self._draw(option.body, [(fork, option.label)])
        if choice.routing is None and all(option.when is not None for option in choice.options):
            after.append((fork, "none of them"))
        return after

    def _stage(self, stage: Stage, ends: _Ends) -> _Ends:
        if stage.when is not None:
            ends = self._one(stage.path, ends, is_plain=True)
        skipped = [(end, "otherwise") for end, _ in ends] if stage.when is not None else []
        needed = ", ".join(stage.prerequisites)
        ends = _saying(ends, stage.when.text if stage.when else "", f"needs {needed}" if needed else "")
        self._open(stage.path, f"{stage.index} {stage.name} · {stage.mode}")
        ends = self._draw(stage.body, ends)
        self._close()
        return _saying(ends, stage.success_condition.text if stage.success_condition else "") + skipped

    def _one(self, path: str, ends: _Ends, *, is_plain: bool = False) -> _Ends:
        """Let several lines meet in a point; with `is_plain` one that says something too."""
        if len(ends) == 1 and not (is_plain and ends[0][1]):
            return ends
        return [(self._point(path, ends), "")]

    def _point(self, path: str, ends: _Ends) -> str:
        point = self._node(f"{path}/point", '((" "))')
        self._join(ends, point)
        return point

    def _join(self, ends: _Ends, node: str) -> None:
        for end, label in ends:
            says = f'|"{_escaped(label)}"|' if label else ""
            self._edges.append(f"  {end} -->{says} {node}")

    def _node(self, path: str, shape: str) -> str:
        name = self._id(path)
        self._nodes.append(f"{self._indent}{name}{shape}")
        return name

    def _open(self, path: str, label: str) -> None:
        self._nodes.append(f'{self._indent}subgraph {self._id(path)}["{_escaped(label)}"]')
        self._indent += "  "

    def _close(self) -> None:
        self._indent = self._indent[2:]
        self._nodes.append(f"{self._indent}end")

    def _id(self, path: str) -> str:
        """A path begins with a mode's name, so no id is a word of Mermaid's own, or begins with one."""
        first = name = re.sub(r"[^0-9A-Za-z]+", "_", path)
        count = 1
        while name in self._ids:
            count += 1
            name = f"{first}_{count}"
        self._ids.add(name)
        return name


def _again(loop: Loop) -> str:
    until = f"until {loop.condition.text} · " if loop.condition else ""
    return f"{until}max {loop.max_iterations}"


def _saying(ends: _Ends, *words: str) -> _Ends:
    return [(end, " · ".join(word for word in (label, *words) if word)) for end, label in ends]


def _escaped(text: str) -> str:
    """One line in which no character means anything to Mermaid, Markdown or HTML."""
    line = " ".join(visible_line(text).split()) or " "
    return _MEANS_SOMETHING.sub(lambda found: f"#{ord(found[0])};", line)
