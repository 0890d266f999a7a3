"""How tests came out, as the XML that build servers read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from xml.etree import ElementTree

from agentflow_tui.control_characters import visible

_FORBIDDEN = dict.fromkeys((0xFFFE, 0xFFFF), "\N{REPLACEMENT CHARACTER}")

Verdict = Literal["same", "drift", "unreadable"]


@dataclass(frozen=True, slots=True)
class CaseResult:
    """How one test came out."""

    flow: str
    case: str
    verdict: Verdict
    text: str
    """In words."""
    lines: tuple[str, ...]
    """What differs, or how to mend it."""
    seconds: float


def junit(results: Sequence[CaseResult]) -> bytes:
    """Return the report: a drift is a failure, what cannot be read is an error."""
    suite = ElementTree.Element(
        "testsuite",
        name="agentflow-tui",
        tests=str(len(results)),
        failures=str(sum(each.verdict == "drift" for each in results)),
        errors=str(sum(each.verdict == "unreadable" for each in results)),
        time=f"{sum(each.seconds for each in results):.3f}",
    )
    for each in results:
        case = ElementTree.SubElement(
            suite,
            "testcase",
            classname=_allowed(each.flow),
            name=_allowed(each.case),
            time=f"{each.seconds:.3f}",
        )
        if each.verdict != "same":
            kind = "failure" if each.verdict == "drift" else "error"
            fault = ElementTree.SubElement(case, kind, message=_allowed(each.text))
            fault.text = _allowed("\n".join(each.lines))
    root = ElementTree.Element("testsuites")
    root.append(suite)
    ElementTree.indent(root)
    text: str = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


def _allowed(text: str) -> str:
    """Make visible what no XML may hold, as on the screen, and the two characters that only it forbids."""
    return visible(text).translate(_FORBIDDEN)
