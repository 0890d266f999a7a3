"""The door to telemetry: a watch for each run whose flow or environment asks for one."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from agentflow_tui.config.telemetry import Telemetry as TelemetrySettings
from agentflow_tui.paths import state_folder

if TYPE_CHECKING:
    from agentflow_tui.llm.sent_key import SentKey
    from agentflow_tui.telemetry.destination import Destination
    from agentflow_tui.telemetry.pipeline import Pipeline
    from agentflow_tui.telemetry.run_watch import RunWatch

CLOSING_SECONDS = 2.0
"""How long the end of the program may wait for the last spans."""


class TelemetryError(Exception):
    """Nothing can be exported; the text says why and what to do. The run itself goes on."""


class Telemetry:
    """Opens what a run's settings need, once for all runs with the same, and closes it at the end."""

    def __init__(
        self, folder: Path | None = None, *, may_send: Callable[[SentKey], bool] = lambda _: True
    ) -> None:
        """Use `folder` for the file and the log, by default the user's folder of logs; opens nothing.

        `may_send` says which headers of the environment go to addresses that only flows name (default: all).
        """
        self._folder = folder
        self._may_send = may_send
        self._pipelines: dict[TelemetrySettings, Pipeline] = {}
        self._opening = asyncio.Lock()

    async def watch(self, settings: TelemetrySettings) -> RunWatch | None:
        """Return what a new run's events are to be given to; none when telemetry is off.

        Raises:
            TelemetryError: An extra is not installed, the folder of logs cannot be used, or headers may not
                be sent to the server.
        """
        if not settings.enabled:
            return None
        self._admit(settings)
        async with self._opening:
            pipeline = self._pipelines.get(settings)
            if pipeline is None:
                # In a thread: the import takes longer than a frame of the screen.
                pipeline = await asyncio.to_thread(self._opened, settings)
                self._pipelines[settings] = pipeline
        return pipeline.watch(content=settings.content, note=_note(settings))

    def _admit(self, settings: TelemetrySettings) -> None:
        from agentflow_tui.agents.sent_keys import sent_headers

        # The exporters read the process's environment, whichever a run is given.
        for key in sent_headers(settings, os.environ):
            if not self._may_send(key):
                raise TelemetryError(
                    f"telemetry is off: {key.variable} would go to {key.origin}, which only the flow names; "
                    "agentflow-tui trust FILE allows it"
                )

    async def aclose(self) -> None:
        """Deliver what waits, within `CLOSING_SECONDS`; what is lost then is counted in the log."""
        pipelines, self._pipelines = list(self._pipelines.values()), {}
        await asyncio.gather(*(asyncio.to_thread(each.close, CLOSING_SECONDS) for each in pipelines))

    def _opened(self, settings: TelemetrySettings) -> Pipeline:
        from agentflow_tui.telemetry.log_file import route_logs

        folder = self._folder or state_folder()
        try:
            route_logs(folder)
        except OSError as error:
            raise TelemetryError(f"telemetry is off: its log cannot be written: {error}") from error
        from agentflow_tui.telemetry.pipeline import Pipeline

        return Pipeline(_destination(settings, folder))


def _destination(settings: TelemetrySettings, folder: Path) -> Destination:
    if settings.exporter == "file":
        from agentflow_tui.telemetry.file_destination import FileDestination

        return FileDestination(folder / settings.file)
    try:
        from agentflow_tui.telemetry.otlp_destination import OtlpDestination
    except ImportError as error:
        message = "telemetry is off: OTLP needs an extra: pip install 'agentflow-tui[otel]'"
        raise TelemetryError(message) from error
    return OtlpDestination(settings.endpoint)


def _note(settings: TelemetrySettings) -> str:
    if settings.exporter == "file":
        return ""
    content = "with prompts and answers" if settings.content else "without prompts and answers"
    return f"telemetry: spans and metrics of this run go to {settings.endpoint}, {content}"
