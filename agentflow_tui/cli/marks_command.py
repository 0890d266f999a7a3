"""`agentflow-tui marks`: what is marked in a flow: breakpoints, pins, watches."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agentflow_tui.cli.archive_commands import JsonOption
from agentflow_tui.cli.exit_code import FAILED, USAGE
from agentflow_tui.cli.printer import complain, say, say_line

if TYPE_CHECKING:
    from agentflow_tui.workbench.flow_marks import FlowMarks

app = typer.Typer(
    help="List and change what is marked in a flow: breakpoints, pinned outputs, watched expressions.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
FileArgument = Annotated[Path, typer.Argument(help="The flow file.", readable=False)]
WhereArgument = Annotated[str, typer.Argument(help="An agent's name, or the path of a node.")]
AfterOption = Annotated[bool, typer.Option("--after", help="After it, not before it.")]
ConditionOption = Annotated[str, typer.Option("--if", help="Only if this holds, such as 'iteration >= 3'.")]
ExpressionArgument = Annotated[str, typer.Argument(help="Such as 'quality * 10'.")]


@app.command("list")
def list_marks(file: FileArgument, as_json: JsonOption = False) -> None:
    """List what is marked in a flow."""
    marks = _marks(file)
    if as_json:
        pins = {who: dict(delta.set) for who, delta in marks.pins.items()}
        facts = {"breakpoints": marks.breakpoints.to_json(), "pins": pins, "watches": marks.watches}
        say(json.dumps(facts, indent=2, ensure_ascii=False))
        return
    for point in marks.breakpoints:
        hit = f" from hit {point.from_hit} on" if point.from_hit > 1 else ""
        say_line(f"{'' if point.is_enabled else 'switched off: '}{point.name}{hit}")
    for who, delta in marks.pins.items():
        say_line(f"pin {who} {json.dumps(dict(delta.set), ensure_ascii=False)}")
    for expression in marks.watches:
        say_line(f"watch {expression}")
    if not (len(marks.breakpoints) or marks.pins or marks.watches):
        say_line("nothing is marked")


@app.command("break")
def set_breakpoint(  # noqa: PLR0913, PLR0917 - one for each option
    file: FileArgument,
    where: WhereArgument,
    is_after: AfterOption = False,
    condition: ConditionOption = "",
    from_hit: Annotated[int, typer.Option("--from-hit", help="The first hit that stops.", min=1)] = 1,
    is_off: Annotated[bool, typer.Option("--off", help="Set it switched off.")] = False,
) -> None:
    """Let runs on the screen stop before or after an agent."""
    from agentflow_tui.conditions import ConditionSyntaxError
    from agentflow_tui.engine.breakpoints import Breakpoint

    _require_node(file, where)
    point = Breakpoint(where, "after" if is_after else "before", condition.strip(), from_hit, not is_off)
    try:
        _change(file, lambda marks: marks.breakpoints.set(point))
    except ConditionSyntaxError as error:
        complain(f"✗ --if, column {error.column}: {error}")
        raise typer.Exit(USAGE) from error


@app.command("unbreak")
def remove_breakpoint(
    file: FileArgument, where: WhereArgument, is_after: AfterOption = False, condition: ConditionOption = ""
) -> None:
    """Take a breakpoint away; one with a condition needs the same --if."""
    key = (where, "after" if is_after else "before", condition.strip())
    found = [point for point in _marks(file).breakpoints if point.key == key]
    if not found:
        _refuse(f"there is no such breakpoint at '{where}'")
    _change(file, lambda marks: marks.breakpoints.remove(found[0]))


@app.command("pin")
def pin(
    file: FileArgument,
    agent: WhereArgument,
    values: Annotated[list[str], typer.Argument(help="key=value of its output, or JSON objects.")],
) -> None:
    """Let an agent give this output without being called."""
    from agentflow_tui.cli.event_input import InputError, read_input
    from agentflow_tui.engine import AgentError, Event
    from agentflow_tui.history.delta import Delta

    _require_node(file, agent)
    try:
        data = Event.make(read_input(values, None)).data
    except (InputError, AgentError) as error:
        complain(f"✗ {error}")
        raise typer.Exit(USAGE) from error
    _change(file, lambda marks: marks.pin(agent, Delta(set=dict(data))))


@app.command("unpin")
def unpin(file: FileArgument, agent: WhereArgument) -> None:
    """Let an agent be called again."""
    if agent not in _marks(file).pins:
        _refuse(f"'{agent}' is not pinned")
    _change(file, lambda marks: marks.unpin(agent))


@app.command("watch")
def add_watch(file: FileArgument, expression: ExpressionArgument) -> None:
    """Let the inspector show an expression."""
    from agentflow_tui.conditions import ConditionSyntaxError, parse_condition

    text = expression.strip()
    try:
        parse_condition(text)
    except ConditionSyntaxError as error:
        complain(f"✗ column {error.column}: {error}")
        raise typer.Exit(USAGE) from error
    if text not in _marks(file).watches:
        _change(file, lambda marks: marks.watches.append(text))


@app.command("unwatch")
def remove_watch(file: FileArgument, expression: ExpressionArgument) -> None:
    """Show an expression no longer."""
    text = expression.strip()
    if text not in _marks(file).watches:
        _refuse(f"'{text}' is not watched")
    _change(file, lambda marks: marks.watches.remove(text))


def _marks(file: Path) -> FlowMarks:
    from agentflow_tui.workbench.flow_marks import FlowMarks

    return FlowMarks(file)


def _change(file: Path, change: Callable[[FlowMarks], Any]) -> None:
    marks = _marks(file)
    change(marks)
    try:
        marks.save()
    except OSError as error:
        complain(f"✗ the marks cannot be kept: {error}")
        raise typer.Exit(FAILED) from error


def _require_node(file: Path, where: str) -> None:
    """Refuse what the flow does not have; a flow with errors has what its last agents are called."""
    from agentflow_tui.config.nearest import nearest_name
    from agentflow_tui.plan.node import Step
    from agentflow_tui.workbench import Workbench

    workbench = Workbench()
    workbench.open(file)
    if workbench.plan is None:
        _refuse(f"{file} has no plan; agentflow-tui check says why")
        return
    nodes = workbench.plan.nodes
    names = {node.key for node in nodes.values() if isinstance(node, Step)} | set(nodes)
    if where not in names:
        near = nearest_name(where, names)
        _refuse(f"the flow has no '{where}'" + (f"; did you mean '{near}'?" if near else ""))


def _refuse(text: str) -> None:
    complain(f"✗ {text}")
    raise typer.Exit(FAILED)
