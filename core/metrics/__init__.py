"""Metrics of the program, for Prometheus and for OpenTelemetry.

The libraries of both are imported on first use only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.metrics.otel import OpenTelemetryMetrics as OpenTelemetryMetrics
    from core.metrics.prometheus import PrometheusMetrics as PrometheusMetrics

__all__ = ["OpenTelemetryMetrics", "PrometheusMetrics"]


def __getattr__(name: str) -> Any:
    if name == "PrometheusMetrics":
        from core.metrics.prometheus import PrometheusMetrics

        return PrometheusMetrics
    if name == "OpenTelemetryMetrics":
        from core.metrics.otel import OpenTelemetryMetrics

        return OpenTelemetryMetrics
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
