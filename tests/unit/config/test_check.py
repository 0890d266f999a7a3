"""What a check finds, where, and the way out it names (semantics §7-§9)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agentflow_tui.config import Problem, check_text

ROUTE = '[orchestration]\nmode = "route"\n[agents.a]\n'
STAGE = '[orchestration]\nmode = "mixed"\n[agents.a]\n[[orchestration.mixed.stages]]\nname = "S"\n'


def problems_of(text: str, **env: str) -> tuple[Problem, ...]:
    return check_text(text, env=env).problems


def underlined(text: str, problem: Problem) -> str:
    return text.split("\n")[problem.line - 1][problem.column - 1 : problem.end_column - 1]


# One finding a line: name, text, severity, path, what is underlined, part of the message, part of the hint.
FINDINGS = [
    json.loads(line) for line in Path(__file__).with_name("findings.jsonl").read_text("utf-8").splitlines()
]


@pytest.mark.parametrize("given", FINDINGS, ids=lambda given: given["name"])
def test_finding(given: dict[str, str]) -> None:
    text, severity = given["text"], given["severity"]
    checked = check_text(text, env={})
    matching = [p for p in checked.problems if p.path == given["path"] and p.severity == severity]
    assert matching, checked.problems
    problem = next((p for p in matching if given["message"] in p.message), matching[0])
    assert given["message"] in problem.message
    assert given["hint"] in problem.hint
    assert problem.hint
    assert underlined(text, problem) == given["underlined"]
    assert checked.is_valid is (severity == "warning")
    errors = [p for p in checked.problems if p.severity == "error"]
    assert len(errors) == (severity == "error"), "one fault gives one error"


def test_what_the_proposed_input_brings_is_no_unset_name() -> None:
    flow = '[orchestration]\nmode = "route"\n[agents.a]\nprompt = "{topic} for {reader}"\n'
    (problem,) = problems_of('# Try it with: {"topic": "bread"}\n' + flow)
    assert "nothing in this flow sets 'reader'" in problem.message


def test_free_keys_of_a_provider_are_nobodys_business() -> None:
    assert problems_of('[orchestration]\nmode = "route"\n[agents.a]\n[providers.mine]\nregion = "x"\n') == ()


@pytest.mark.parametrize(
    "braces",
    [
        "{{message}} {{ message }} {{topic}}",  # braces themselves
        "if (x) { return } else { topic }",  # code
        "{ }",
        "{message}",
    ],
)
def test_braces_that_are_as_they_should_be(braces: str) -> None:
    assert problems_of(f"[orchestration]\nmode = 'route'\n[agents.a]\nprompt = '{braces}'\n") == ()


@pytest.mark.parametrize(
    "ways",
    [
        "mode = 'route'",
        "mode = 'collaborative'",
        "mode = 'sequential'\nsequential_agents = ['b', 'a']",
        # The other modes are for events that ask for them.
        "mode = 'loop'\nloop_agent = 'a'\nsequential_agents = ['a', 'b']",
        "mode = 'loop'\nloop_agent = 'a'\nrouting.default_agent = 'a'",
        "mode = 'loop'\nloop_agent = 'a'\nswitch = [{ when = 'message', mode = 'route' }]",
        "mode = 'mixed'\n[[orchestration.mixed.stages]]\n"
        "choices = [{ otherwise = true, mode = 'parallel', branches = [{ mode='loop', agents=['a','b'] }] }]",
        "mode = 'loop'\nloop_agent = 'a'\n[error_routing]\nenabled = true\nerror_handler_name = 'b'",
        "mode = 'loop'\nloop_agent = 'a'\n[error_routing.category_handlers]\nllm = 'b'",
    ],
)
def test_agents_that_something_may_run(ways: str) -> None:
    assert problems_of(f"[orchestration]\n{ways}\n[agents.a]\n[agents.b]\n[agents.c]\nenabled = false") == ()


@pytest.mark.parametrize(
    "wrong",
    [
        "mode = 'sequential'\nsequential_agents = ['a', 'bb']",
        "mode = 'loop'\nloop_agent = 'a'\nsequential_agent = ['b']",
        "mode = 'loop'\nloop_agent = 'a'\n[error_routing]\ndefault = 'b'",
        "mode = 'loop'\nloop_agent = 'a'\n[error_handling]\ndefault = 'b'",
        "mode = 'mixed'\nmixed.stages = [{ mode = 'loop', agents = ['a', 3, 'b'] }]",
    ],
)
def test_nobody_is_called_idle_whose_name_may_be_lost(wrong: str) -> None:
    (problem,) = problems_of(f"[orchestration]\n{wrong}\n[agents.a]\n[agents.b]\n")
    assert "never run" not in problem.message


@pytest.mark.parametrize(("condition", "kept"), [('"x = = 1"', "x = = 1"), ("true", "True"), ('""', "")])
def test_a_wrong_condition_hides_nothing_behind_it(condition: str, kept: str) -> None:
    text = ROUTE + f"[[orchestration.routing.rules]]\nwhen = {condition}\nagent = 'a'\n"
    text += "[[orchestration.routing.rules]]\ncontains = 'x'\nagent = 'ghost'\n"
    text += f"[[orchestration.switch]]\nwhen = {condition}\nmode = 'loop'\n"
    checked = check_text(text, env={})
    assert [p.path for p in checked.problems if p.severity == "error"] == [
        "orchestration.routing.rules[0].when",
        "orchestration.routing.rules[1].agent",
        "orchestration.switch[0].when",
    ]
    assert checked.flow is None
    assert checked.draft is not None
    assert [rule.agent for rule in checked.draft.orchestration.routing.rules] == ["a", "ghost"]
    assert checked.draft.orchestration.modes_in_use == ("route", "loop")
    (switch,) = checked.draft.orchestration.switch
    assert switch.when.text == kept


def test_a_wrong_condition_in_a_list_that_is_left_out_for_another_fault() -> None:
    stages = "[5, { mode = 'sequential', agents = ['a'], success_condition = '((' }]"
    checked = check_text(f"[orchestration]\nmode = 'mixed'\nmixed.stages = {stages}\n[agents.a]\n", env={})
    told = {problem.path for problem in checked.errors}
    assert {"orchestration.mixed.stages[0]", "orchestration.mixed.stages[1].success_condition"} <= told


def test_names_that_nothing_sets_hide_no_idle_agent() -> None:
    text = "[orchestration]\nmode = 'loop'\nloop_agent = 'a'\nloop.condition = 'ghost > 1'\n"
    text += "[agents.a]\n[agents.b]\n"
    assert [p.path for p in problems_of(text)] == ["orchestration.loop.condition", "agents.b"]


def test_blanks_in_a_prompt_that_no_model_is_sent() -> None:
    text = "[orchestration]\nmode = 'route'\n[agents.a]\nprompt = '{ message }'\n"
    (problem,) = problems_of(text)
    assert "blanks" in problem.message
    assert problems_of(text + "handler = 'steps:run'\n") == ()


def test_exact_place() -> None:
    text = '[orchestration]\nmode = "sequential"\nsequential_agents = [\n  "a",\n  "ghost",\n]\n[agents.a]\n'
    (problem,) = problems_of(text)
    assert problem == Problem(
        "error", "orchestration.sequential_agents[1]", 5, 3, "unknown agent 'ghost'",
        "add [agents.ghost] or remove the name", 10,
    )  # fmt: skip


def test_several_faults_come_in_the_order_of_the_text() -> None:
    text = "[orchestration]\nmode = 'sequential'\nsequential_agents = ['b', 'c']\n"
    text += "[agents.a]\nenabled = 3\nrol = 'x'\n"
    assert [(p.line, p.severity) for p in problems_of(text)] == [
        (3, "error"), (3, "error"), (5, "error"), (6, "warning"),
    ]  # fmt: skip


def test_a_wrong_part_leaves_a_draft_of_the_rest() -> None:
    checked = check_text(
        "[orchestration]\nmode='loop'\nloop_agent='a'\n[agents.a]\nrole = 1\ndescription='d'", env={}
    )
    assert checked.flow is None
    assert checked.draft is not None
    assert checked.draft.agents["a"].description == "d"
    assert checked.draft.agents["a"].role is None


def test_a_fault_in_an_agent_does_not_make_it_unknown() -> None:
    text = "[orchestration]\nmode='loop'\nloop_agent='a'\n[agents]\na = 'LLM'\n"
    assert [p.path for p in problems_of(text)] == ["agents.a"]


@pytest.mark.parametrize(
    "condition",
    [
        "response == 'x' and a_response == 'y'",
        "loop_completed",
        "score > 1",
        "meta.x == event.y",
        "iteration > 2",
    ],
)
def test_names_that_are_set(condition: str) -> None:
    text = f'[orchestration]\nmode="loop"\nloop_agent="a"\nloop.condition="{condition}"\n'
    text += '[agents.a]\noutput = { score = "number" }'
    assert problems_of(text) == ()


@pytest.mark.parametrize("line", ["handler = 'm:f'", "flow = 'other.toml'"])
def test_an_agent_that_may_set_anything_silences_the_warning(line: str) -> None:
    text = f"[orchestration]\nmode='loop'\nloop_agent='a'\nloop.condition='anything > 1'\n[agents.a]\n{line}"
    assert not any("nothing in this flow" in p.message for p in problems_of(text))


def test_prerequisites_count_as_names_that_are_there() -> None:
    text = STAGE + "mode='loop'\nagents=['a']\nprerequisites=['raw']\nwhen='has(raw)'"
    assert problems_of(text) == ()


def test_equal_spellings_agree() -> None:
    checked = check_text(ROUTE + "timeout = '1m30s'\ntimeout_seconds = 90", env={})
    assert checked.problems == ()
    assert checked.flow is not None
    assert checked.flow.agents["a"].timeout_seconds == 90


def test_long_values_are_cut() -> None:
    text = f"[orchestration]\nmode = '{'x' * 100_000}'\n[agents.a]\nrole = 1\n{'k' * 50_000} = 1\n"
    found = problems_of(text)
    assert len(found) == 3
    assert all(len(p.message) < 200 and len(p.hint) < 400 for p in found)


def test_control_characters_are_data() -> None:
    text = '[orchestration]\nmode = "route\\u001b[31m"\n[agents."\\u0000"]\nrole = 1'
    assert [p.severity for p in problems_of(text)] == ["error", "error"]


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("", 1, 1),
        ("\n \n", 1, 1),
        ("[orchestration]\nmode = ", 2, 8),
        ("[a]\nx = 'open\n", 2, 10),
        ("[a\nx = 1", 1, 3),
        ('a = """never closed\n\n', 1, 20),
        ("x = " + "[" * 5000, 1, 1),
        ("y = 1\nx = 1" + "0" * 5000, 2, 5),
        ("x = '\x00'", 1, 6),
        ("x = 1\r", 1, 6),
    ],
)
def test_text_that_is_no_toml(text: str, line: int, column: int) -> None:
    checked = check_text(text, env={})
    assert checked.flow is None
    assert checked.draft is None
    (problem,) = checked.problems
    assert (problem.severity, problem.line, problem.column, problem.path) == ("error", line, column, "")
    assert problem.hint
    assert len(problem.message) < 200


def test_five_megabytes_are_refused_at_once() -> None:
    (problem,) = check_text("#" * 5_000_000, env={}).problems
    assert (problem.line, problem.column) == (1, 1)
    assert "too large" in problem.message


def test_byte_order_mark_is_no_fault() -> None:
    assert check_text("\ufeff" + ROUTE, env={}).problems == ()


def test_thousands_of_agents() -> None:
    agents = "".join(f"[agents.a{n}]\nrol = 'x'\n" for n in range(2000))
    names = ", ".join(f"'b{n}'" for n in range(500))
    checked = check_text(f"[orchestration]\nmode='sequential'\nsequential_agents=[{names}]\n{agents}", env={})
    assert len([p for p in checked.problems if p.severity == "error"]) == 500
    assert len([p for p in checked.problems if p.severity == "warning"]) == 2000
