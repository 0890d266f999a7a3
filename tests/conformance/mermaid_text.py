"""Reads a Mermaid flowchart back into nodes and edges."""

from __future__ import annotations

import html
import re

_ID = r"[0-9A-Za-z_]+"
_TEXT = r'"([^"]*)"'
_HEAD = re.compile(r"flowchart (?:LR|TD)")
_BOX = re.compile(rf"subgraph ({_ID})\[{_TEXT}\]")
_NODE = re.compile(rf"({_ID})(?:\[{_TEXT}\]|\(\({_TEXT}\)\)|\(\(\({_TEXT}\)\)\)|\{{{_TEXT}\}})")
_EDGE = re.compile(rf"({_ID}) -->(?:\|{_TEXT}\|)? ({_ID})")


class MermaidText:
    """A chart as a reader of it understands it; any line that is none of Mermaid's is an error."""

    def __init__(self, text: str) -> None:
        self.labels: dict[str, str] = {}
        self.edges: list[tuple[str, str, str]] = []
        head, *lines = text.splitlines()
        assert _HEAD.fullmatch(head), head
        depth = 0
        for line in map(str.strip, lines):
            if line == "end":
                depth -= 1
                assert depth >= 0
            elif box := _BOX.fullmatch(line):
                depth += 1
                self._add(box[1], box[2])
            elif node := _NODE.fullmatch(line):
                self._add(node[1], next(label for label in node.groups()[1:] if label is not None))
            else:
                edge = _EDGE.fullmatch(line)
                assert edge, line
                self.edges.append((edge[1], edge[3], _unescaped(edge[2] or "")))
        assert depth == 0
        assert {end for edge in self.edges for end in edge[:2]} <= self.labels.keys()

    def _add(self, name: str, label: str) -> None:
        assert name not in self.labels, name
        self.labels[name] = _unescaped(label)

    def called(self, name: str) -> set[str]:
        """The ids of the nodes that have a line `name` in their label."""
        return {
            node
            for node, label in self.labels.items()
            if name in [line.strip() for line in re.split(r"<br\s*/?>|\n", label)]
        }

    def has_edge(self, first: str, second: str, label: str | None) -> bool:
        """Whether an edge goes from a node called `first` to one called `second`; none: any label."""
        return any(
            a in self.called(first) and b in self.called(second) and label in (None, says)
            for a, b, says in self.edges
        )

    def has_path(self, first: str, second: str) -> bool:
        """Whether a node called `second` is reached from one called `first` over one edge or more."""
        return any(self.reached(node) & self.called(second) for node in self.called(first))

    def has_cycle(self) -> bool:
        """Whether any node is reached from itself."""
        return any(node in self.reached(node) for node in self.labels)

    def reached(self, node: str) -> set[str]:
        """Every node that is reached from this one over one edge or more."""
        found: set[str] = set()
        pending = [node]
        while pending:
            current = pending.pop()
            new = {b for a, b, _ in self.edges if a == current} - found
            found |= new
            pending.extend(new)
        return found


def _unescaped(label: str) -> str:
    assert "&" not in label, label
    return html.unescape(re.sub(r"#(\d+);", r"&#\1;", label))
