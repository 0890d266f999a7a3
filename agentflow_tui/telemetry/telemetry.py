"""The door to telemetry: a watch for each run whose flow or environment asks for one."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from agentflow_tui.config.telemetry import Telemetry as TelemetrySettings
from agentflow_tui.paths import state_folder

if TYPE_CHECKING:
    from agentflow_tui.telemetry.destination import Destination
    from agentflow_tui.telemetry.pipeline import Pipeline
    from agentflow_tui.telemetry.run_watch import RunWatch

CLOSING_SECONDS = 2.0
"""How long the end of the program may wait for the last spans."""


class TelemetryError(Exception):
    """Nothing can be exported; the text says why and what to do. The run itself goes on."""


class Telemetry:
    """Opens what a run's settings need, once for all runs with the same, and closes it at the end."""

    def __init__(self, folder: Path | None = None) -> None:
        """Use `folder` for the file and the log, by default the user's folder of logs; opens nothing."""
        self._folder = folder
        self._pipelines: dict[TelemetrySettings, Pipeline] = {}
        self._opening = asyncio.Lock()

    async def watch(self, settings: TelemetrySettings) -> RunWatch | None:
        """Return what a new run's events are to be given to; none when telemetry is off.

        Raises:
            TelemetryError: An extra is not installed, or the folder of logs cannot be used.
        """
        if not settings.enabled:
            return None
        async with self._opening:
            pipeline = self._pipelines.get(settings)
            if pipeline is None:
                # In a thread: the import takes longer than a frame of the screen.
                pipeline = await asyncio.to_thread(self._opened, settings)
                self._pipelines[settings] = pipeline
        return pipeline.watch(content=settings.content, note=_note(settings))

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
