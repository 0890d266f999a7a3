"""The list of problems below the text."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from agentflow_tui.config import Problem
from agentflow_tui.tui.keymap.bind import bindings
from agentflow_tui.tui.keymap.editor_keys import PROBLEMS
from agentflow_tui.tui.panes.hanging import Hanging
from agentflow_tui.tui.safe_text import clean, one_line

GLYPH = {"error": "✗", "warning": "⚠", "info": "ℹ"}
_COLOR = {"error": "$error", "warning": "$warning", "info": "$primary"}
_MOST_SHOWN = 200
_LONGEST = 400


class ProblemList(OptionList):
    """One entry per problem: glyph, line:column, message and, on a second line, the hint."""

    BINDINGS = bindings(PROBLEMS)
    HELP = "The problems of the text. **{problems.go}** goes to the place."

    class Chosen(Message):
        """A problem was chosen."""

        def __init__(self, problem: Problem) -> None:
            """Carry the problem."""
            super().__init__()
            self.problem = problem

    def __init__(self) -> None:
        """Start without problems, and hidden."""
        super().__init__(id="problems", markup=False)
        self.problems: tuple[Problem, ...] = ()
        self.display = False

    def show(self, problems: Sequence[Problem]) -> None:
        """List the problems, errors first, each kind in the order of the text."""
        rank = list(GLYPH)
        self.problems = tuple(sorted(problems, key=lambda p: (rank.index(p.severity), p.line, p.column)))
        chosen = self.highlighted
        self.set_options(Option(_entry(problem)) for problem in self.problems[:_MOST_SHOWN])
        if chosen is not None and self.problems:
            self.highlighted = min(chosen, self.option_count - 1)
        self.display = bool(self.problems)

    def choose(self, step: int) -> Problem | None:
        """Highlight the next (1) or previous (-1) problem, going round, and return it."""
        if not self.option_count:
            return None
        here = self.highlighted
        start = -1 if here is None and step > 0 else (here or 0)
        self.highlighted = (start + step) % self.option_count
        return self.problems[self.highlighted]

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Tell which problem enter or a click chose."""
        event.stop()
        self.post_message(self.Chosen(self.problems[event.option_index]))


def counts(problems: Sequence[Problem]) -> str:
    """Return how many problems of each kind there are, such as `✗ 2 ⚠ 1`; empty without any."""
    found = {severity: sum(p.severity == severity for p in problems) for severity in GLYPH}
    return " ".join(f"{GLYPH[severity]} {count}" for severity, count in found.items() if count)


def _entry(problem: Problem) -> Hanging:
    place = f"{problem.line:d}:{problem.column:d} " if problem.line else ""
    glyph = Content.styled(f"{GLYPH[problem.severity]} ", _COLOR[problem.severity])
    told = Content.assemble((clean(place), "bold"), one_line(problem.message, _LONGEST))
    if not problem.hint:
        return Hanging((glyph, told))
    hint = "italic $muted"
    way_out = Content.styled(one_line(problem.hint, _LONGEST), hint)
    return Hanging((glyph, told), (Content.styled("  → ", hint), way_out))
