"""What agent runs changed, as rows, against whatever a person wants to compare with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from textual.content import Content

from agentflow_tui.history.diff import KeyChange, diff_states
from agentflow_tui.history.diff_base import BEFORE_AGENT, MARK, base_of
from agentflow_tui.history.run_state import AgentRun, RunState, StateView
from agentflow_tui.tui.keymap.named_keys import key_of, with_keys
from agentflow_tui.tui.panes.inspector.amount import seconds
from agentflow_tui.tui.panes.inspector.change_rows import change_rows
from agentflow_tui.tui.panes.inspector.conflict_rows import conflict_rows
from agentflow_tui.tui.panes.inspector.notice import error_rows, explanation, text_rows
from agentflow_tui.tui.panes.inspector.run_choice import heading, last_run
from agentflow_tui.tui.panes.row import Row
from agentflow_tui.tui.safe_text import clean, one_line

_LONGEST = 160
_MOST_ROWS = 2_000
_MOST_AGENTS = 50
_UNSEEN = Row(Content(""), value="")


@dataclass(frozen=True, slots=True)
class Mark:
    """A state that a person marked, to compare others with."""

    view: StateView
    title: str
    """Where it was: `event 12 · writer · iteration 2`; not yet cleaned."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is shown, and against what."""

    base: str
    """One of `BASES`."""
    shown: StateView
    """The state at the cursor."""
    mark: Mark | None = None
    width: int = 0
    """Cells of the pane."""


def diff_rows(
    state: RunState, runs: Sequence[AgentRun], comparison: Comparison, selection: str | None
) -> list[Row]:
    """Return the changes of agent runs, or those since the marked point."""
    if comparison.base == MARK and comparison.mark is not None:
        return _since(comparison.mark, comparison)
    if not runs:
        return explanation(
            with_keys(
                "No agent has run here yet. {run.toggle} runs the flow, {run.step} runs one agent; "
                "then this shows what it changed."
            )
        )
    rows: list[Row] = []
    ended = [run for run in runs if run.status != "running"]
    for run in runs:
        if run.status == "running":
            rows += text_rows(f"running {heading(run)}: what it changes appears when it ends.", first="◐ ")
    if rows:
        rows.append(Row(Content(""), value=""))
    if not ended:
        last = last_run(state, selection, has_ended=True)
        ended = [last] if last is not None else []
    rows += conflict_rows(state, selection, ended)
    for number, run in enumerate(ended[-_MOST_AGENTS:]):
        rows += [Row(Content(""), value="")] if number else []
        rows += [*_header(run, comparison.base), *_limited(_of_ended(state, run, comparison))]
    return rows


def _since(mark: Mark, comparison: Comparison) -> list[Row]:
    changes = _limited(_changes(mark.view, comparison.shown, None, comparison.width))
    title = one_line(f"the state here vs marked point ({mark.title})", _LONGEST)
    return [
        Row(Content(title).stylize("bold")),
        Row(Content(one_line(f"vs marked point · {_next()}", _LONGEST)).stylize("$foreground-muted")),
        Row(Content(""), value=""),
        *(changes or _nothing()),
    ]


def _header(run: AgentRun, base: str) -> list[Row]:
    took = f" · {seconds(run.duration)}" if run.duration is not None else ""
    compared = one_line(f"vs {base} · {_next()}", _LONGEST)
    return [
        Row(Content(clean(heading(run) + took)).stylize("bold")),
        Row(Content(compared).stylize("$foreground-muted")),
        Row(Content(""), value=""),
    ]


def _limited(rows: list[Row]) -> list[Row]:
    if len(rows) <= _MOST_ROWS:
        return rows
    return rows[:_MOST_ROWS] + explanation(f"… {len(rows) - _MOST_ROWS:d} rows more are not shown.")


def _of_ended(state: RunState, run: AgentRun, comparison: Comparison) -> list[Row]:
    lost = "Nothing it changed is kept."
    if run.status == "failed":
        return error_rows(run.error, run.category, run.hint) + explanation(lost)
    if run.after is None:
        return explanation(f"⊗ cancelled: {run.error or 'no reason given'}. {lost}")
    mark = comparison.mark.view if comparison.mark is not None else None
    other = base_of(state, run, comparison.base, mark)
    if other is None:
        return explanation(
            f"This agent has no earlier run to compare with; {key_of('history.diff')} shows another "
            "comparison."
        )
    own = run if comparison.base == BEFORE_AGENT else None
    return _changes(other, run.after, own, comparison.width) or _nothing()


def _nothing() -> list[Row]:
    return explanation("= no difference: every key has the value it had.")


def _changes(old: StateView, new: StateView, run: AgentRun | None, width: int) -> list[Row]:
    delta = run.delta if run is not None else None
    if delta is not None:
        # The delta names the keys, so the cost is what changed and not how big the state is.
        data = _only(old.data, new.data, (*delta.set, *delta.removed))
        meta = _only(old.meta, new.meta, (*delta.meta_set, *delta.meta_removed))
    else:
        data, meta = diff_states(old.data, new.data), diff_states(old.meta, new.meta)
    seen: dict[Any, str] = {}
    rows = change_rows(data[:_MOST_ROWS], "data", width, seen)
    # What is cut off anyway is only counted.
    rows += [_UNSEEN] * max(0, len(data) - _MOST_ROWS)
    return rows + change_rows(meta[:_MOST_ROWS], "meta", width, seen)


def _only(old: Mapping[str, Any], new: Mapping[str, Any], keys: Iterable[str]) -> tuple[KeyChange, ...]:
    keys = list(keys)
    return diff_states({k: old[k] for k in keys if k in old}, {k: new[k] for k in keys if k in new})


def _next() -> str:
    return f"{key_of('history.diff')} shows the next comparison"
