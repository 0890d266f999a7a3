"""From the nodes of a plan to the blocks of a drawing."""

from __future__ import annotations

from collections.abc import Sequence

from agentflow_tui.plan.block import Block, ChainBlock, EmptyBlock, StepBlock
from agentflow_tui.plan.branches import BranchesBlock
from agentflow_tui.plan.caption import caption, folded_caption
from agentflow_tui.plan.frame import FrameBlock, LoopBlock, title_room
from agentflow_tui.plan.grid import FOLDED_ABOVE, GridBlock
from agentflow_tui.plan.node import Chain, Choice, Fan, Loop, Node, Stage, Step, children_of
from agentflow_tui.plan.pen import Style
from agentflow_tui.plan.wrapped import WrappedBlock


def arrange(node: Node, style: Style, *, is_framed: bool = True) -> Block:
    """Build and measure the block for a node; `is_framed` gives it a title of its own.

    A wide fan-out always has a frame: that is what opens and folds it.
    """
    if isinstance(node, Step):
        return StepBlock(node.path, node.agent, style)
    if isinstance(node, Loop):
        body = arrange(node.body, style, is_framed=not isinstance(node.body, Chain))
        room = title_room(style) - 2
        longest = caption(node, node.max_iterations, room)
        return LoopBlock(node.path, body, style, caption(node, width=room), longest)
    if isinstance(node, Stage):
        # The stage's own frame already says how its body runs.
        return FrameBlock(node.path, arrange(node.body, style, is_framed=False), style, caption(node))
    children = children_of(node)
    if not children:
        return EmptyBlock(node.path)
    is_wide = len(children) > FOLDED_ABOVE and isinstance(node, Fan | Choice)
    if is_wide and node.path not in style.opened:
        branches = [(child.path, caption(child)) for child in children]
        return GridBlock(node.path, branches, style, folded_caption(node))
    block = _inner(node, style)
    return FrameBlock(node.path, block, style, caption(node)) if is_framed or is_wide else block


def arrange_root(node: Node, style: Style) -> Block:
    """Build and measure the block for a whole plan."""
    if style.is_wrapped and isinstance(node, Chain) and node.children:
        return WrappedBlock(node.path, _alike([arrange(child, style) for child in node.children]), style)
    return arrange(node, style, is_framed=False)


def _inner(node: Chain | Fan | Choice, style: Style) -> Block:
    blocks = _alike([arrange(child, style) for child in children_of(node)])
    match node:
        case Chain():
            return ChainBlock(node.path, blocks, style)
        case Fan():
            return BranchesBlock(node.path, blocks, style)
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
