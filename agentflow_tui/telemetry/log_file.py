"""What telemetry has to say about itself goes to a file: on standard error it would smear the screen."""

from __future__ import annotations

import logging
import logging.handlers
from pathlib import Path

LOG_FILE = "telemetry.log"
_HANDLER = "agentflow-tui telemetry"
_LOGGERS = ("opentelemetry", "urllib3", "agentflow_tui.telemetry")
_BYTES = 1_000_000


def route_logs(folder: Path) -> None:
    """Send the log lines of OpenTelemetry, its HTTP client and this package to a file, and nowhere else.

    It stays so for the life of the process, as a thread that is left behind may still have something to say.

    Raises:
        OSError: The file cannot be written.
    """
    path = folder / LOG_FILE
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handler = logging.handlers.RotatingFileHandler(path, maxBytes=_BYTES, backupCount=1, encoding="utf-8")
    handler.name = _HANDLER
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        for old in [each for each in logger.handlers if each.name == _HANDLER]:
            logger.removeHandler(old)
            old.close()
        logger.addHandler(handler)
        logger.propagate = False
