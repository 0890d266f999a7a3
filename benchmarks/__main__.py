"""`make bench`: every benchmark with its limits; a limit that does not hold is printed as missed."""

from __future__ import annotations

import argparse
import asyncio
import json

from benchmarks import engine, first_paint


def main() -> None:
    """Print tables, or with `--json` one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of tables")
    parser.add_argument("--only", choices=("engine", "paint"), help="leave the other out")
    parser.add_argument("--rounds", type=int, default=engine.ROUNDS, help="of the engine's benchmark")
    arguments = parser.parse_args()
    facts: dict[str, object] = {}
    lines: list[str] = []
    if arguments.only != "paint":
        report = asyncio.run(engine.EngineReport.measure(arguments.rounds))
        facts["engine"] = report.facts()
        lines += [*report.lines(), ""]
    if arguments.only != "engine":
        verdict = first_paint.verdict()
        facts["first_paint"] = verdict.facts()
        lines.append(verdict.line())
    print(json.dumps(facts, indent=1) if arguments.json else "\n".join(lines).rstrip())


if __name__ == "__main__":
    main()
