from __future__ import annotations

import pytest

from agentflow_tui.config.flow_notes import FlowNotes


def test_both_notes_are_found() -> None:
    text = '\n# When to choose it: for x.  \r\n#Try it with: {"message": "a {b}", "n": 1}\n[llm]\n'
    assert FlowNotes.read(text) == FlowNotes("for x.", {"message": "a {b}", "n": 1})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# When to choose it:\n# Try it with: message",
        "# Try it with: [1]",
        "# Try it with: {1}",
        'x = "# Try',
    ],
)
def test_what_is_no_note_counts_as_absent(text: str) -> None:
    assert FlowNotes.read(text) == FlowNotes()


def test_a_string_is_no_comment() -> None:
    assert FlowNotes.read("prompt = '# Try it with: {}'").example_input == {}
