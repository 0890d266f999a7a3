"""From the nodes of a plan to the blocks of a drawing."""

from __future__ import annotations

from collections.abc import Sequence

from agentflow_tui.plan.block import Block, ChainBlock, DotBlock, EmptyBlock, StepBlock
from agentflow_tui.plan.branches import BranchesBlock
from agentflow_tui.plan.caption import caption, folded_caption, marks_of
from agentflow_tui.plan.frame import FrameBlock, LoopBlock, title_room
from agentflow_tui.plan.gate import ways_in, ways_out
from agentflow_tui.plan.grid import FOLDED_ABOVE, GridBlock
from agentflow_tui.plan.node import Chain, Choice, Fan, Loop, Node, Stage, Step, children_of
from agentflow_tui.plan.pen import Style
from agentflow_tui.plan.wrapped import WrappedBlock


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
        body = arrange(node.body, style, is_framed=False)
        gates = ((), ()) if style.detail == "dots" else (ways_in(node), ways_out(node))
        return FrameBlock(node.path, body, style, (_marked(caption(node), mark),), gates)
    return _many(node, style, is_framed, mark) if children_of(node) else EmptyBlock(node.path)


def _loop(node: Loop, style: Style, mark: str) -> Block:
    is_own = isinstance(node.body, Chain) and not node.body.flow
    body = arrange(node.body, style, is_framed=not is_own)
    room = title_room(style) - 2
    titles = (caption(node, width=room), caption(node, node.max_iterations, room))
    return LoopBlock(node.path, body, style, [_marked(title, mark) for title in titles])


def _many(node: Chain | Fan | Choice, style: Style, is_framed: bool, mark: str) -> Block:
    children = children_of(node)
    is_wide = len(children) > FOLDED_ABOVE and isinstance(node, Fan | Choice)
    if is_wide and style.folds.get(node.path, True):
        branches = [(child.path, caption(child)) for child in children]
        return GridBlock(node.path, branches, style, folded_caption(node))
    is_flow = isinstance(node, Chain) and bool(node.flow)
    # The frame of a nested flow names its mode already.
    block = arrange(children[0], style, is_framed=False) if is_flow else _inner(node, style)
    is_routing = isinstance(node, Choice) and node.routing is not None
    if not (is_framed and style.detail != "dots" or is_wide or is_routing or is_flow):
        return block
    titles = [_marked(caption(node), mark)]
    if is_routing:
        # Hand-overs will be told there.
        titles.append(f"{caption(node)} · {' → '.join(caption(child) for child in children)}")
    return FrameBlock(node.path, block, style, titles)


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
    marks = marks_of(node)
    # A nested flow's own frame already says which mode it has.
    is_framed = not (isinstance(node, Chain) and node.flow)
    blocks = _alike(
        [
            arrange(child, style, is_framed=is_framed, mark=marks.get(child.path, ""))
            for child in children_of(node)
        ]
    )
    match node:
        case Chain():
            return ChainBlock(node.path, blocks, style)
        case Fan():
            # A single agent has no frame to say it.
            said = [marks.get(child.path, "") if isinstance(child, Step) else "" for child in node.children]
            return BranchesBlock(node.path, blocks, style, labels=said)
        case Choice():
            # A label that only repeats the name in the box says nothing.
            labels = ["" if option.label == caption(option.body) else option.label for option in node.options]
            return BranchesBlock(node.path, blocks, style, labels=labels, kind="option")


def _alike(blocks: Sequence[Block]) -> Sequence[Block]:
    steps = [block for block in blocks if isinstance(block, StepBlock)]
    width = max((step.width for step in steps), default=0)
    for step in steps:
        step.widen(width)
    return blocks
