"""Whether the names that conditions and prompts use are set by anything in the flow (semantics §9)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from agentflow_tui.conditions import Condition
from agentflow_tui.config.finding import Finding
from agentflow_tui.config.flow import Flow
from agentflow_tui.config.nearest import nearest_name
from agentflow_tui.config.problem import KeyPath, shorten
from agentflow_tui.config.references import bodies
from agentflow_tui.config.stage import ChoiceConfig, StageConfig

_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{([^{}\s]{1,100})\}|\{([ \t]*)([^\W\d]\w{0,99})[ \t]*\}")
"""Escaped braces, a place, or a name with blanks around it, which is no place."""
ENGINE_KEYS = frozenset(
    {
        "loop_completed",
        "loop_complete",
        "pipeline_failed",
        "failed_stage",
        "workflow_complete",
        "total_stages",
    }
)
"""Data keys that loops read and stages set (semantics §3)."""


def check_state_names(flow: Flow, brought: Collection[str] = ()) -> list[Finding]:
    """Warn about names that nothing in the flow sets, and places in prompts that blanks spoil.

    A handler or nested flow may set anything, so that with one nothing counts as unset.

    `brought` are the data keys of the input that the file proposes: events are meant to bring them.
    """
    known = {*known_names(flow), *brought}
    spaced = list(_blanks_in_prompts(flow, known))
    if any(agent.enabled and (agent.handler or agent.flow) for agent in flow.agents.values()):
        return spaced
    if any(body.flow for _, body in bodies(flow)):
        return spaced
    return [*spaced, *_unset_in_conditions(flow, known), *_unset_in_prompts(flow, known)]


def conditions(flow: Flow) -> Iterator[tuple[KeyPath, Condition]]:
    """Yield every condition of the flow with its key path."""
    settings = flow.orchestration
    base: KeyPath = ("orchestration",)
    found: list[tuple[KeyPath, Condition | None]] = [((*base, "loop", "condition"), settings.loop.condition)]
    found += [
        ((*base, "routing", "rules", i, "when"), rule.when) for i, rule in enumerate(settings.routing.rules)
    ]
    found += [((*base, "switch", i, "when"), switch.when) for i, switch in enumerate(settings.switch)]
    for path, body in bodies(flow):
        found.append(((*path, "config", "loop_condition"), body.config.loop_condition))
        if isinstance(body, StageConfig | ChoiceConfig):
            found.append(((*path, "when"), body.when))
        if isinstance(body, StageConfig):
            found.append(((*path, "success_condition"), body.success_condition))
    return ((path, condition) for path, condition in found if condition is not None)


def known_names(flow: Flow) -> Iterator[str]:
    """Yield the data keys that the engine, the agents' answers and the stages' prerequisites stand for."""
    yield from ("message", "response", *ENGINE_KEYS)
    for name, agent in flow.agents.items():
        yield f"{name}_response"
        yield from agent.output
    for index, stage in enumerate(flow.orchestration.mixed.stages, start=1):
        yield f"stage_{index}_complete"
        yield f"stage_{index}_name"
        yield from stage.prerequisites


def _unset_in_conditions(flow: Flow, known: set[str]) -> Iterator[Finding]:
    for path, condition in conditions(flow):
        for use in condition.uses:
            if use.name not in known:
                columns = (use.column, use.end_column)
                yield Finding("warning", path, *_texts(use.name, known), columns=columns)


def _unset_in_prompts(flow: Flow, known: set[str]) -> Iterator[Finding]:
    for name, agent in flow.agents.items():
        for found in _PLACEHOLDER.finditer(agent.prompt or ""):
            top = (found[1] or "").partition(".")[0]
            if top and top not in known:
                columns = (found.start() + 1, found.end() + 1)
                yield Finding("warning", ("agents", name, "prompt"), *_texts(top, known), columns=columns)


def _blanks_in_prompts(flow: Flow, known: set[str]) -> Iterator[Finding]:
    """Places that blanks spoil: `{ key }` goes to the model as it stands, `{key }` asks for a key `key `."""
    for name, agent in flow.agents.items():
        for found in _PLACEHOLDER.finditer(agent.prompt or ""):
            # Code in a prompt, such as `{ return }`, is meant as it stands.
            if not agent.handler and (key := found[3]) and (key in known or not found[2]):
                columns = (found.start() + 1, found.end() + 1)
                message = f"{found[0]!r} is not filled in with {key!r}: there are blanks in its braces"
                hint = f"write {{{key}}}"
                yield Finding("warning", ("agents", name, "prompt"), message, hint, columns=columns)


def _texts(name: str, known: set[str]) -> tuple[str, str]:
    meant = nearest_name(name, known)
    hint = f"did you mean {meant}? " if meant else ""
    hint += f'bring it with the event, or let an agent answer it: output = {{ {shorten(name, 40)} = "…" }}'
    return f"nothing in this flow sets {shorten(name)!r}", hint
