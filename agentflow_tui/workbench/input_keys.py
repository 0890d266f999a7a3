"""Which data keys a person has to give a flow, found by walking its plan in the order in which it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from agentflow_tui.agents.llm_agent import keys_set_by
from agentflow_tui.agents.prompt_template import PromptTemplate
from agentflow_tui.conditions import Condition
from agentflow_tui.config import Flow
from agentflow_tui.config.state_names import ENGINE_KEYS
from agentflow_tui.plan.node import Chain, Choice, Fan, Loop, Node, Plan, Stage, Step, walk

_ANYTHING = frozenset({"*"})
"""What a Python handler sets: no one can know without running it."""


def input_keys(flow: Flow, plan: Plan) -> tuple[str, ...]:
    """Return the keys that prompts and conditions read before anything sets them, `message` first."""
    return _keys(flow, plan, lambda condition: condition.names)


def needed_keys(flow: Flow, plan: Plan) -> tuple[str, ...]:
    """Return those of the input keys that the flow counts on: a condition that asks `has(key)` does not."""
    return _keys(flow, plan, lambda condition: condition.names - condition.tested)


def _keys(flow: Flow, plan: Plan, read_by: Callable[[Condition], frozenset[str]]) -> tuple[str, ...]:
    needed: dict[str, None] = {}
    flows = plan.flows or {"": flow}
    _Walker(flows, needed).visit(plan.root, frozenset())
    ever = frozenset().union(*(_set_by(flows, node) for node in walk(plan.root) if isinstance(node, Step)))
    if not ever & _ANYTHING:
        # A condition on a missing key is false, not an error: only keys that nothing ever sets are asked for.
        asked = (name for condition in _conditions(plan.root) for name in sorted(read_by(condition)))
        needed.update(dict.fromkeys(name for name in asked if name not in ever and not _is_engines(name)))
    return tuple(sorted(needed, key=lambda key: key != "message"))


class _Walker:
    def __init__(self, flows: Mapping[str, Flow], needed: dict[str, None]) -> None:
        self._flows = flows
        self._needed = needed

    def visit(self, node: Node, known: frozenset[str]) -> frozenset[str]:
        """Note what is read before it is known; return what is known after the node."""
        match node:
            case Step():
                self._note(_read_by(self._flows, node), known)
                return known | _set_by(self._flows, node)
            case Chain():
                for child in node.children:
                    known = self.visit(child, known)
                return known
            case Fan():
                return known.union(*(self.visit(child, known) for child in node.children))
            case Loop():
                return self.visit(node.body, known)
            case Stage():
                self._note(node.prerequisites, known)
                return self.visit(node.body, known)
            case Choice():
                if node.routing and any(rule.contains for rule in node.routing.rules):
                    self._note(("message",), known)
                return known.union(*(self.visit(option.body, known) for option in node.options))

    def _note(self, keys: Iterable[str], known: frozenset[str]) -> None:
        if not known & _ANYTHING:
            self._needed.update(
                dict.fromkeys(key for key in keys if key not in known and not _is_engines(key))
            )


def _read_by(flows: Mapping[str, Flow], step: Step) -> Iterable[str]:
    settings = flows[step.flow].agents.get(step.agent)
    if settings is None or settings.handler:
        return ()
    return sorted(PromptTemplate(settings.prompt).keys) if settings.prompt else ("message",)


def _set_by(flows: Mapping[str, Flow], step: Step) -> frozenset[str]:
    settings = flows[step.flow].agents.get(step.agent)
    if settings is None or settings.handler:
        return _ANYTHING
    return keys_set_by(step.agent, settings.output)


def _is_engines(key: str) -> bool:
    return key in ENGINE_KEYS or key.startswith("stage_")


def _conditions(root: Node) -> Iterator[Condition]:
    for node in walk(root):
        found: tuple[Condition | None, ...] = ()
        match node:
            case Loop():
                found = (node.condition,)
            case Stage():
                found = (node.when, node.success_condition)
            case Choice():
                rules = node.routing.rules if node.routing else ()
                found = (*(option.when for option in node.options), *(rule.when for rule in rules))
        yield from (condition for condition in found if condition is not None)
