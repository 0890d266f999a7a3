from __future__ import annotations

import pytest

from agentflow_tui.agents.prompt_template import MissingKeyError, PromptTemplate


def test_places_are_filled_with_text_and_json() -> None:
    template = PromptTemplate("{name}: {score} {tags} {{literal}} {a b}")
    data = {"name": "Ada", "score": 0.5, "tags": ["ü", 1], "a b": None}
    assert template.render(data) == 'Ada: 0.5 ["ü", 1] {literal} null'
    assert template.keys == {"name", "score", "tags", "a b"}


def test_values_are_never_templates_themselves() -> None:
    assert PromptTemplate("{a}").render({"a": "{b}", "b": "secret"}) == "{b}"


@pytest.mark.parametrize("text", ["{a.__class__}", "{a[0]}", "{a!r}"])
def test_no_attribute_index_or_conversion_is_reached(text: str) -> None:
    with pytest.raises(MissingKeyError) as caught:
        PromptTemplate(text).render({"a": ["x"]})
    assert caught.value.key == text[1:-1]


@pytest.mark.parametrize("text", ["{", "}", "{}", "{ }", "a { b } c", '{\n"json": 1}'])
def test_lone_braces_stay(text: str) -> None:
    assert PromptTemplate(text).render({}) == text


def test_a_missing_key_is_named() -> None:
    with pytest.raises(MissingKeyError, match="content"):
        PromptTemplate("{content}").render({"message": "x"})
