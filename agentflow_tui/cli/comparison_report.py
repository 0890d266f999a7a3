"""How two runs compare, as it is printed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from agentflow_tui.cli.change_line import change_line

if TYPE_CHECKING:
    from agentflow_tui.history.compare import Comparison
    from agentflow_tui.history.curve import Series


@dataclass(frozen=True, slots=True)
class ComparisonReport:
    """Says that they are the same, or where they part and what comes of it."""

    found: Comparison

    @property
    def lines(self) -> list[str]:
        """Where they part, what differs in the end, and their numbers side by side."""
        found = self.found
        lines = ["they are the same" if found.divergence is None else found.divergence.text]
        for change in (*found.data, *found.meta):
            lines.append(change_line(change))
        for what in ("status", "seconds", "agent_runs", "calls", "from_recordings"):
            one, other = (_fact(getattr(each, what)) for each in (found.left, found.right))
            lines.append(f"  {what:<16} {one:>12} {other:>12}")
        left, right = (each.prompt_tokens + each.completion_tokens for each in (found.left, found.right))
        lines.append(f"  {'tokens':<16} {left:>12} {right:>12}")
        lines.append(f"  {'new tokens':<16} {found.left.new_tokens:>12} {found.right.new_tokens:>12}")
        for curve in found.curves:
            name = (
                f"{curve.loop} {curve.key[1]}"
                if curve.key[0] == "data"
                else f"{curve.loop} meta {curve.key[1]}"
            )
            lines += [
                f"  {name} {sign}: {_numbers(series)}"
                for sign, series in (("A", curve.left), ("B", curve.right))
            ]
        return lines

    @property
    def facts(self) -> dict[str, Any]:
        """Everything that is known of the two; JSON data."""
        from agentflow_tui.history.codec import encode

        found, parts = self.found, self.found.divergence
        return {
            "same": parts is None,
            "divergence": parts
            and {
                "text": parts.text,
                "left": parts.left and encode(parts.left),
                "right": parts.right and encode(parts.right),
                "fields": parts.fields,
            },
            "data": [asdict(each) for each in found.data],
            "meta": [asdict(each) for each in found.meta],
            "left": asdict(found.left),
            "right": asdict(found.right),
            "agents": [
                {"agent": name, "left": asdict(left), "right": asdict(right)}
                for name, left, right in found.agents
            ],
            "curves": [
                {
                    "loop": each.loop,
                    "kind": each.key[0],
                    "key": each.key[1],
                    "left": each.left,
                    "right": each.right,
                }
                for each in found.curves
            ],
        }


def _numbers(series: Series) -> str:
    return " ".join("-" if number is None else f"{number:.6g}" for number in series) or "no numbers"


def _fact(value: object) -> str:
    return f"{value:.1f}" if isinstance(value, float) else str(value)
