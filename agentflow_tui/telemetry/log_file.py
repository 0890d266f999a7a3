"""What telemetry has to say about itself goes to a file: on standard error it would smear the screen."""

from __future__ import annotations

import errno
import logging
import logging.handlers
from contextlib import suppress
from pathlib import Path

LOG_FILE = "telemetry.log"
_HANDLER = "agentflow-tui telemetry"
_LOGGERS = ("opentelemetry", "urllib3", "agentflow_tui.telemetry")
_BYTES = 1_000_000


class _Quiet(logging.handlers.RotatingFileHandler):
    """Says nothing of a line that it cannot write, as on a full disk: nobody else is there to hear it."""

    def handleError(self, record: logging.LogRecord) -> None:  # a name of the standard library's
        """Let the line go."""


def route_logs(folder: Path) -> None:
    """Send the log lines of OpenTelemetry, its HTTP client and this package to a file, and nowhere else.

    It stays so for the life of the process, as a thread that is left behind may still have something to say.

    Raises:
        OSError: The file cannot be written, or is a pipe.
    """
    path = folder / LOG_FILE
    if path.is_fifo():
        # Opening it would wait for a reader, for ever.
        raise OSError(errno.ENXIO, "is a pipe", str(path))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handler = _Quiet(path, maxBytes=_BYTES, backupCount=1, encoding="utf-8")
    handler.name = _HANDLER
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        for old in [each for each in logger.handlers if each.name == _HANDLER]:
            logger.removeHandler(old)
            with suppress(OSError):  # it may have lines left that found no room
                old.close()
        logger.addHandler(handler)
        logger.propagate = False
