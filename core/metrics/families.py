"""Convert figures to prometheus-client's metric families, which it writes as text."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prometheus_client.metrics_core import Metric

    from core.metrics.definitions import Definition


def family(definition: Definition, series: Mapping[tuple[str, ...], Sequence[float]]) -> Metric:
    """Return a metric with its series.

    Args:
        definition: The definition of the metric.
        series: The figure of each series, by the values of its labels; of a histogram, the count
            of each bucket, and the sum of the values.
    """
    name, labels = definition.name.removesuffix("_total"), definition.labels
    if definition.kind == "histogram":
        histogram = HistogramMetricFamily(name, definition.meaning, labels=labels)
        bounds = (*(str(float(bound)) for bound in definition.buckets), "+Inf")
        for values, (*counts, total) in series.items():
            buckets = list(zip(bounds, accumulate(counts), strict=True))
            histogram.add_metric(values, buckets, total)
        return histogram
    kind = CounterMetricFamily if definition.kind == "counter" else GaugeMetricFamily
    made = kind(name, definition.meaning, labels=labels)
    for values, (figure, *_) in series.items():
        made.add_metric(values, figure)
    return made
