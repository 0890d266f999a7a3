"""`make bench`: every benchmark with its limits; a limit that does not hold is printed as missed."""

from __future__ import annotations

import argparse
import asyncio
import json

from benchmarks import engine, first_paint, painting


def main() -> None:
    """Print tables, or with `--json` one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of tables")
    parser.add_argument("--only", choices=("engine", "paint", "screen"), help="leave the others out")
    parser.add_argument("--rounds", type=int, default=engine.ROUNDS, help="of the engine's benchmark")
    arguments = parser.parse_args()
    facts: dict[str, object] = {}
    if arguments.only in (None, "engine"):
        report = asyncio.run(engine.EngineReport.measure(arguments.rounds))
        facts["engine"] = report.facts()
        _show(report.lines(), arguments.json)
    if arguments.only in (None, "paint"):
        verdict = first_paint.verdict()
        facts["first_paint"] = verdict.facts()
        _show([verdict.line()], arguments.json)
    if arguments.only in (None, "screen"):
        verdicts = painting.verdicts()
        facts["screen"] = [verdict.facts() for verdict in verdicts]
        _show([verdict.line() for verdict in verdicts], arguments.json)
    if arguments.json:
        print(json.dumps(facts, indent=1))


def _show(lines: list[str], as_json: bool) -> None:
    # At once, so that a benchmark that breaks takes nothing of the one before it along.
    if not as_json:
        print("\n".join(lines), flush=True)


if __name__ == "__main__":
    main()
