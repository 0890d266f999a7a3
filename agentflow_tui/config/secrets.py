"""Keys and passwords that stand in the file itself."""

from __future__ import annotations

import re
from typing import Any

from agentflow_tui.config.finding import Finding
from agentflow_tui.config.problem import KeyPath

SECRET_KEYS = ("api_key", "apikey", "api_token", "password", "secret")
"""Keys of the file that hold a secret."""
_SECRET_NAME = re.compile(
    r"(TOKENS?|SECRETS?|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?|APIKEY|(^|_)KEYS?|_(PAT|PASS|PWD|DSN|CONNECTION_STRING))$"
)
"""How the name of a variable ends that holds a secret; `PWD` alone is the working folder."""


def is_secret_name(name: str) -> bool:
    """Tell whether a variable or a key of this name holds a secret when its value is text (design §4)."""
    return _SECRET_NAME.search(name.upper().replace("-", "_")) is not None


def check_secrets(document: dict[str, Any]) -> list[Finding]:
    """Warn about secrets in the file, which ends up in version control and on screens."""
    findings: list[Finding] = []
    for table in ("llm", "providers", "agents", "agent_memory"):
        _collect((table,), document.get(table), findings)
    return findings


def _collect(path: KeyPath, value: object, findings: list[Finding]) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key.lower() in SECRET_KEYS and isinstance(inner, str) and inner:
                hint = 'name an environment variable instead: api_key_env = "OPENAI_API_KEY"'
                findings.append(Finding("warning", (*path, key), "a secret stands in the file", hint))
            elif key not in ("metadata", "output"):
                _collect((*path, key), inner, findings)
