"""Spans and metrics of runs, made from their histories alone.

OpenTelemetry is imported only when they are on.
"""

from __future__ import annotations

from agentflow_tui.telemetry.agent_metrics import AgentMetrics, Metrics, MetricsFold, ModeMetrics
from agentflow_tui.telemetry.run_watch import RunWatch
from agentflow_tui.telemetry.telemetry import Telemetry, TelemetryError

__all__ = ["AgentMetrics", "Metrics", "MetricsFold", "ModeMetrics", "RunWatch", "Telemetry", "TelemetryError"]
