"""Findings brought to their places in the text."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from agentflow_tui.config.finding import Finding
from agentflow_tui.config.flow_text import FlowTextError, parse_flow_text, read_flow_text
from agentflow_tui.config.problem import KeyPath, Problem, format_path
from agentflow_tui.config.toml_positions import Span, TomlPositions
from agentflow_tui.config.toml_string import character_offsets


def place_findings(text: str, findings: Iterable[Finding]) -> tuple[Problem, ...]:
    """Turn findings into problems with line and column, in the order of the text."""
    wanted = list(findings)
    if not wanted:
        return ()
    positions = TomlPositions(text)
    problems = {_placed(positions, finding): None for finding in wanted}
    return tuple(sorted(problems, key=lambda problem: (problem.line, problem.column)))


def line_in(file: Path, path: KeyPath) -> int:
    """Return the line, from 1, of a key in a flow's file as it is now; 0 where it cannot be had."""
    try:
        text = read_flow_text(file)
        parse_flow_text(text)
    except FlowTextError:
        return 0
    positions = TomlPositions(text)
    span = positions.spans.get(path)
    return positions.line_and_column(span.key_start)[0] if span is not None else 0


def _placed(positions: TomlPositions, finding: Finding) -> Problem:
    found, span = positions.nearest(finding.path)
    start, end = (0, 0) if span is None else _range(positions, finding, found, span)
    line, column = positions.line_and_column(start)
    end_line, end_column = positions.line_and_column(end)
    if end_line != line:
        line_end = positions.text.find("\n", start)
        end_column = column + (line_end if line_end >= 0 else len(positions.text)) - start
    path, hint = format_path(finding.path), finding.hint
    return Problem(finding.severity, path, line, column, finding.message, hint, max(end_column, column + 1))


def _range(positions: TomlPositions, finding: Finding, found: KeyPath, span: Span) -> tuple[int, int]:
    if found != finding.path or finding.at_key:
        return span.key_start, span.key_end
    if finding.columns is not None:
        offsets = character_offsets(positions.text[span.value_start : span.value_end])
        first, behind = (min(column - 1, len(offsets) - 1) for column in finding.columns)
        start, end = span.value_start + offsets[first], span.value_start + offsets[behind]
        return start, max(end, start + 1)
    if positions.line_and_column(span.value_start)[0] != positions.line_and_column(span.key_start)[0]:
        return span.key_start, span.key_end
    return span.value_start, span.value_end
