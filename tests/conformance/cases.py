"""The conformance cases: one JSON object a line, described in README.md beside this file."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Case:
    """One case: what goes in, and what is expected."""

    id: str
    kind: str
    why: str
    given: dict[str, Any]
    expect: dict[str, Any]

    def write_project(self, folder: Path) -> Path:
        """Write the case's flow and files into a folder, and return the flow's path."""
        for name, text in self.given.get("files", {}).items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="")
        flow = folder / "agentflow.toml"
        flow.write_text(self.given["flow"], encoding="utf-8", newline="")
        return flow

    @property
    def env(self) -> dict[str, str]:
        """The environment that the case sets; nothing else counts."""
        return dict(self.given.get("env", {}))


def load_cases(kind: str | None = None, folder: Path | None = None) -> list[Case]:
    """Load the cases of one kind, or all, from `folder`, `$AGENTFLOW_CASES`, or the ones beside this file."""
    place = folder or Path(os.environ.get("AGENTFLOW_CASES") or HERE / "cases")
    cases = [
        _case(line) for file in sorted(place.glob("*.jsonl")) for line in file.read_text("utf-8").splitlines()
    ]
    return [case for case in cases if kind is None or case.kind == kind]


def later_ids() -> frozenset[str]:
    """The ids of the cases whose subject does not exist yet, from later.txt."""
    lines = (HERE / "later.txt").read_text("utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def _case(line: str) -> Case:
    given = json.loads(line)
    return Case(given["id"], given["kind"], given["why"], given, given["expect"])
