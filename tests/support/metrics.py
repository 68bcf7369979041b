"""Parse the text that Prometheus scrapes."""

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client.parser import text_string_to_metric_families

from core.metrics.prometheus import PrometheusMetrics

Page = dict[str, dict[tuple[tuple[str, str], ...], float]]


def parsed(page: bytes) -> Page:
    """Return the values by name and labels, without buckets."""
    found: Page = {}
    for family in text_string_to_metric_families(page.decode()):
        for sample in family.samples:
            if not sample.name.endswith(("_bucket", "_created")):
                labels = tuple(sorted(sample.labels.items()))
                found.setdefault(sample.name, {})[labels] = sample.value
    return found


def total(page: Page, name: str, **labels: str) -> float:
    """Return the sum of the series with a name and labels."""
    wanted = labels.items()
    return sum(
        value for found, value in page.get(name, {}).items() if wanted <= dict(found).items()
    )


class Scraped:
    """The metrics, scraped as Prometheus does."""

    def __init__(self, metrics: PrometheusMetrics) -> None:
        self.metrics = metrics

    def __call__(self, name: str, **labels: str) -> float:
        """Scrape, and return the sum of the series with a name and labels."""
        return total(parsed(self.metrics.exposition()), name, **labels)


@contextmanager
def measured() -> Iterator[Scraped]:
    """Measure until the block ends."""
    with PrometheusMetrics() as metrics:
        yield Scraped(metrics)
