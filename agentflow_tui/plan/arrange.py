"""From the nodes of a plan to the blocks of a drawing."""

from __future__ import annotations

from collections.abc import Sequence

from agentflow_tui.plan.block import Block, ChainBlock, DotBlock, EmptyBlock, StepBlock
from agentflow_tui.plan.box import EdgeKind
from agentflow_tui.plan.branches import BranchesBlock
from agentflow_tui.plan.caption import caption, folded_caption, marks_of
from agentflow_tui.plan.cell_text import cell_width
from agentflow_tui.plan.frame import FrameBlock, LoopBlock
from agentflow_tui.plan.gate import ways_in, ways_out
from agentflow_tui.plan.grid import FOLDED_ABOVE, GridBlock
from agentflow_tui.plan.node import Chain, Choice, Fan, Loop, Node, Stage, Step, children_of
from agentflow_tui.plan.pen import Style
from agentflow_tui.plan.stack import STACK_COLUMNS, StackBlock
from agentflow_tui.plan.wrapped import WrappedBlock

_COUNT_ROOM = 40
"""Cells, enough for how many branches there are and how many are done."""


def arrange(node: Node, style: Style, *, is_framed: bool = True, mark: str = "") -> Block:
    """Build and measure the block for a node; `is_framed` gives it a title of its own, `mark` ends that.

    A wide fan-out always has a frame: that is what opens and folds it. So have routing, which tells of
    hand-overs there, and a nested flow.
    """
    if isinstance(node, Step):
        return _box(node.path, node.agent, style)
    if style.folds.get(node.path):
        return _box(node.path, caption(node), style, is_closed=True)
    if isinstance(node, Loop):
        return _loop(node, style, mark)
    if isinstance(node, Stage):
        # The stage's own frame already says how its body runs.
        body = arrange(node.body, FrameBlock.style_inside(style), is_framed=False)
        gates = ((), ()) if style.detail == "dots" else (ways_in(node), ways_out(node))
        title = _marked(caption(node), mark)
        return FrameBlock(node.path, body, style, lambda _: (title,), gates)
    return _many(node, style, is_framed, mark) if children_of(node) else EmptyBlock(node.path)


def _loop(node: Loop, style: Style, mark: str) -> Block:
    is_own = isinstance(node.body, Chain) and not node.body.flow
    body = arrange(node.body, LoopBlock.style_inside(style), is_framed=not is_own)

    def titles(width: int) -> list[str]:
        room = width - (cell_width(f" · {mark}") if mark else 0)
        counted = caption(node, node.max_iterations, room)
        return [_marked(title, mark) for title in (caption(node, width=room), counted)]

    return LoopBlock(node.path, body, style, titles)


def _many(node: Chain | Fan | Choice, style: Style, is_framed: bool, mark: str) -> Block:
    children = children_of(node)
    is_wide = len(children) > FOLDED_ABOVE and isinstance(node, Fan | Choice)
    if is_wide and style.folds.get(node.path, True):
        branches = [(child.path, caption(child)) for child in children]
        titles = [folded_caption(node), folded_caption(node, [f"{len(branches)} done"], _COUNT_ROOM)]
        return GridBlock(node.path, branches, style, titles)
    is_flow = isinstance(node, Chain) and bool(node.flow)
    is_routing = isinstance(node, Choice) and node.routing is not None
    if not (is_framed and style.detail != "dots" or is_wide or is_routing or is_flow):
        return _inner(node, style)
    inside = FrameBlock.style_inside(style)
    # The frame of a nested flow names its mode already.
    block = arrange(children[0], inside, is_framed=False) if is_flow else _inner(node, inside)
    titles = [_marked(caption(node), mark)]
    if is_routing:
        # Hand-overs will be told there.
        titles.append(f"{caption(node)} · {' → '.join(caption(child) for child in children)}")
    return FrameBlock(node.path, block, style, lambda _: titles)


def arrange_root(node: Node, style: Style) -> Block:
    """Build and measure the block for a whole plan."""
    if style.is_wrapped and isinstance(node, Chain) and node.children:
        return WrappedBlock(node.path, _alike([arrange(child, style) for child in node.children]), style)
    return arrange(node, style, is_framed=False)


def _box(path: str, text: str, style: Style, *, is_closed: bool = False) -> Block:
    block = DotBlock if style.detail == "dots" else StepBlock
    return block(path, text, style, is_closed=is_closed)


def _marked(title: str, mark: str) -> str:
    return f"{title} · {mark}" if mark else title


def _inner(node: Chain | Fan | Choice, style: Style) -> Block:
    if isinstance(node, Chain):
        return ChainBlock(node.path, _blocks(node, style), style)
    blocks = _blocks(node, style.within(STACK_COLUMNS))
    if isinstance(node, Fan):
        marks = marks_of(node)
        # A single agent has no frame to say it.
        labels = [marks.get(child.path, "") if isinstance(child, Step) else "" for child in node.children]
    else:
        # A label that only repeats the name in the box says nothing.
        labels = ["" if option.label == caption(option.body) else option.label for option in node.options]
    kind: EdgeKind = "option" if isinstance(node, Choice) else "flow"
    beside = BranchesBlock(node.path, blocks, style, labels=labels, kind=kind)
    if not style.is_stacked or style.has_room(beside.breadth, beside.base):
        return beside
    return StackBlock(node.path, blocks, style, labels=labels, kind=kind)


def _blocks(node: Chain | Fan | Choice, style: Style) -> Sequence[Block]:
    marks = marks_of(node)
    # A nested flow's own frame already says which mode it has.
    is_framed = not (isinstance(node, Chain) and node.flow)
    return _alike(
        [
            arrange(child, style, is_framed=is_framed, mark=marks.get(child.path, ""))
            for child in children_of(node)
        ]
    )


def _alike(blocks: Sequence[Block]) -> Sequence[Block]:
    steps = [block for block in blocks if isinstance(block, StepBlock)]
    width = max((step.width for step in steps), default=0)
    for step in steps:
        step.widen(width)
    return blocks
