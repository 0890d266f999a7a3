"""Plans to draw, one for each mode and some that are hard."""

from __future__ import annotations

from agentflow_tui.conditions import parse_condition
from agentflow_tui.plan.node import Chain, Choice, Fan, Loop, Node, Option, Plan, Routing, Stage, Step, walk


def plan_of(root: Node) -> Plan:
    return Plan(root, root.path, 30.0, nodes={node.path: node for node in walk(root)})


def steps(parent: str, *agents: str) -> tuple[Step, ...]:
    return tuple(Step(f"{parent}/{agent}", agent) for agent in agents)


def _route() -> Node:
    labels = ('contains "refund"', "priority == 'high'", "otherwise")
    ways = zip(labels, steps("route", "billing", "support", "general"), strict=True)
    return Choice("route", "route", tuple(Option(label, step) for label, step in ways))


def _mixed() -> Node:
    together = Fan(
        "mixed/collaborative", "collaborative", steps("mixed/collaborative", "analyst", "trends", "legal")
    )
    in_order = Chain("mixed/sequential", "sequential", steps("mixed/sequential", "draft", "edit"))
    return Chain("mixed", "mixed", (together, in_order))


def _stages() -> Node:
    fix = Loop(
        "s/fix/loop", "loop", Chain("s/fix/loop/body", "body", steps("s/fix/loop/body", "fixer", "tester")), 3
    )
    bugfix = Option("kind == 'bug'", fix)
    feature = Option("otherwise", Chain("s/feature", "sequential", steps("s/feature", "designer", "builder")))
    build = Choice("s/build/choices", "choices", (bugfix, feature))
    triage = Stage("s/triage", "triage", 1, Step("s/triage/triage", "triage"))
    return Chain(
        "s",
        "mixed",
        (triage, Stage("s/build", "build", 2, build, "choices", when=parse_condition("has(kind)"))),
    )


def _branch(parent: str, name: str, *agents: str) -> Node:
    return Chain(f"{parent}/{name}", name, steps(f"{parent}/{name}", *agents))


def _gates() -> Node:
    inside = "g/risk/branches"
    branches = (_branch(inside, "legal", "lawyer", "clerk"), _branch(inside, "money", "banker"))
    fan = Fan(inside, "branches", branches, optional=frozenset({f"{inside}/money"}), is_parallel=True)
    risk = Stage(
        "g/risk",
        "risk",
        1,
        fan,
        "parallel",
        prerequisites=("raw_data", "customer"),
        success_condition=parse_condition("has(risk) and risk < 10"),
        when=parse_condition("priority == 'high'"),
    )
    label = "priority == 'high' and has(customer) and customer.value > 10000"
    ways = zip((label, "otherwise"), steps("g/pick/choices", "senior", "junior"), strict=True)
    choice = Choice("g/pick/choices", "choices", tuple(Option(text, step) for text, step in ways))
    return Chain("g", "mixed", (risk, Stage("g/pick", "pick", 2, choice, "choices")))


def _nested() -> Node:
    inner = Fan("n/deep/collaborative", "collaborative", steps("n/deep/collaborative", "reader", "checker"))
    deep = Chain("n/deep", "deep · inner.toml · collaborative", (inner,), flow="inner.toml", agent="deep")
    first, last = steps("n", "plan", "write")
    return Chain("n", "sequential", (first, deep, last))


def _handing_over() -> Node:
    options = (Option(name, step) for name, step in zip("abc", steps("h", *"abc"), strict=True))
    return Choice("h", "route", tuple(options), Routing())


def worker_fan(count: int) -> Plan:
    return plan_of(Fan("fan", "collaborative", steps("fan", *(f"worker-{place}" for place in range(count)))))


_LOOP = Loop(
    "loop",
    "loop",
    Step("loop/quality_improver", "quality_improver"),
    10,
    parse_condition("quality_score >= 0.95"),
)

PLANS: dict[str, Plan] = {
    "route": plan_of(_route()),
    "collaborative": plan_of(
        Fan("collaborative", "collaborative", steps("collaborative", "one", "two", "three"))
    ),
    "two": plan_of(Fan("collaborative", "collaborative", steps("collaborative", "one", "two"))),
    "sequential": plan_of(Chain("sequential", "sequential", steps("sequential", "cleaner", "writer"))),
    "loop": plan_of(_LOOP),
    "mixed": plan_of(_mixed()),
    "stages": plan_of(_stages()),
    "gates": plan_of(_gates()),
    "nested": plan_of(_nested()),
    "handing_over": plan_of(_handing_over()),
    "folded": worker_fan(20),
    "wide": plan_of(
        Chain("sequential", "sequential", steps("sequential", "分析者", "résumé", "a" * 60, "x\x1b[31m[/y"))
    ),
}
