"""Where spans and metrics of runs go: `[telemetry]`."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from agentflow_tui.config.table import Table


def _refusal(key: str, reason: str, hint: str) -> PydanticCustomError:
    # Without the value: an address can hold a password.
    return PydanticCustomError(key, "{reason}", {"reason": reason, "hint": hint})


def _address(value: str) -> str:
    try:
        split = urlsplit(value)
        is_usable = split.scheme in ("http", "https") and bool(split.hostname) and split.port != 0
    except ValueError:
        is_usable = False
    # For some clients a host ends at a backslash: what is meant for one host would go to another.
    is_usable &= "\\" not in value
    if not is_usable or any(not character.isprintable() or character.isspace() for character in value):
        hint = 'write endpoint = "http://localhost:4318"'
        raise _refusal("endpoint", "is not an http address", hint)
    if "@" in split.netloc or split.query or split.fragment:
        hint = "give credentials with the environment variable OTEL_EXPORTER_OTLP_HEADERS"
        raise _refusal("endpoint", "must be scheme, host, port and path alone", hint)
    return value.rstrip("/")


def _file_name(value: str) -> str:
    if not value.strip(". ") or "/" in value or "\\" in value or not value.isprintable():
        hint = 'write a name such as "telemetry.ndjson"; "agentflow-tui paths" shows the folder of logs'
        raise _refusal("file", "must be a file name without folders", hint)
    return value


class Telemetry(Table):
    """`[telemetry]`: spans and metrics of every run, off unless it is enabled here or by the environment."""

    enabled: bool = False
    """Export spans and metrics of every run."""
    exporter: Literal["file", "otlp"] = "file"
    """Where to: a local file, or a server that takes OTLP over HTTP."""
    endpoint: Annotated[str, AfterValidator(_address)] = "http://localhost:4318"
    """The OTLP server's base address; v1/traces and v1/metrics are added to it."""
    file: Annotated[str, AfterValidator(_file_name)] = "telemetry.ndjson"
    """Name of the file, in the folder of logs."""
    content: bool = False
    """Export prompts, answers and error texts too; without it only names, numbers and categories."""
