"""Metrics for Prometheus, in one process or in several.

They are prometheus-client's ordinary metrics, written when something happens. So they work in its
multiprocess mode too, which leaves custom collectors out, and a scrape asks nobody.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from core.errors import ConfigurationError
from core.fork_hooks import after_fork_in_child
from core.metrics import definitions as d
from core.metrics.measuring import Measuring
from core.observers import Outcome, PoolName

try:
    from prometheus_client import (
        CONTENT_TYPE_LATEST,
        CollectorRegistry,
        Counter,
        Gauge,
        Histogram,
        generate_latest,
        multiprocess,
    )
except ImportError as error:
    raise ConfigurationError(
        "prometheus-client is not installed", remedy="pip install '.[metrics]'"
    ) from error

if TYPE_CHECKING:
    from core.metrics.definitions import Definition
    from core.observers import Choice

# Prometheus-client looks at it when it is imported.
FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
_OUTCOMES: Final[tuple[Outcome, ...]] = ("committed", "rolled_back", "closed")
_CHOICES: Final[tuple[Choice, ...]] = ("chosen", "failed", "behind")


class _Pool:
    """The metrics of one pool; looked up once."""

    def __init__(self, made: dict[Definition, Any], name: PoolName) -> None:
        def of(definition: Definition) -> Any:
            return made[definition].labels(name.kind, name.server)

        self.size, self.limit = of(d.POOL_SIZE), of(d.POOL_LIMIT)
        self.connections, self.overflow = of(d.POOL_CONNECTIONS), of(d.POOL_OVERFLOW)
        self.in_use, self.wait = of(d.POOL_IN_USE), of(d.POOL_WAIT)
        self.timeouts, self.failures = of(d.POOL_TIMEOUTS), of(d.POOL_FAILURES)
        self.opened, self.lost = of(d.POOL_OPENED), of(d.POOL_LOST)
        self.recycled = of(d.POOL_RECYCLED)


class PrometheusMetrics(Measuring):
    """Counts what happens, and shows it to Prometheus.

    Args:
        registry: Where the metrics are registered, with those of one's own; a new one when omitted.
            Several processes have none in common: see docs/metrics.md.

    Raises:
        ConfigurationError: The extra ``metrics`` is not installed, when it is imported.
    """

    _pools: dict[PoolName, _Pool]

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self._registry = registry or CollectorRegistry()
        self._made = {each: make(each, self._registry) for each in d.DEFINITIONS}
        self._look_up()
        after_fork_in_child(self, PrometheusMetrics._begin)

    def exposition(self) -> bytes:
        """Return the page for Prometheus; its content type is ``CONTENT_TYPE``.

        It reads counters of this process, or of all: neither the database nor a pool is asked.
        """
        if (folder := os.environ.get(FOLDER)) is None:
            return generate_latest(self._registry)
        _forget_the_dead(Path(folder))
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry, folder)  # type: ignore[no-untyped-call]
        return generate_latest(registry)

    def pool_changed(
        self, pool: PoolName, *, size: int, limit: int, connections: int, overflow: int
    ) -> None:
        """Count the connections of a pool."""
        of = self._of(pool)
        of.size.inc(size)
        of.limit.inc(limit)
        of.connections.inc(connections)
        of.overflow.inc(overflow)

    def connection_given(self, pool: PoolName, seconds: float) -> None:
        """Count a connection in use, and the wait for it."""
        of = self._of(pool)
        of.wait.observe(seconds)
        of.in_use.inc()

    def connection_returned(self, pool: PoolName, seconds: float) -> None:  # noqa: ARG002
        """Count a connection that is no longer in use."""
        self._of(pool).in_use.dec()

    def connection_refused(self, pool: PoolName, *, timed_out: bool) -> None:
        """Count a time-out, or another failure."""
        of = self._of(pool)
        (of.timeouts if timed_out else of.failures).inc()

    def connection_opened(self, pool: PoolName, seconds: float) -> None:  # noqa: ARG002
        """Count a connection that was opened."""
        self._of(pool).opened.inc()

    def connection_lost(self, pool: PoolName) -> None:
        """Count a connection that broke."""
        self._of(pool).lost.inc()

    def connection_recycled(self, pool: PoolName) -> None:
        """Count a connection that was replaced."""
        self._of(pool).recycled.inc()

    def unit_ended(self, outcome: Outcome, seconds: float) -> None:
        """Count a unit of work."""
        self._units[outcome].observe(seconds)

    def unit_retried(self) -> None:
        """Count an attempt."""
        self._made[d.UNIT_RETRIES].inc()

    def rows_written(self, table: str, *, inserted: int, updated: int, unchanged: int) -> None:
        """Count the rows of a bulk write."""
        rows = self._made[d.BULK_ROWS]
        rows.labels(table, "inserted").inc(inserted)
        rows.labels(table, "updated").inc(updated)
        rows.labels(table, "unchanged").inc(unchanged)

    def replica_asked(self, replica: str, choice: Choice) -> None:
        """Count what became of a replica that was asked."""
        of = [self._made[d.REPLICA_CHOICES].labels(replica, each) for each in _CHOICES]
        of[_CHOICES.index(choice)].inc()

    def replica_lags(self, replica: str, seconds: float) -> None:
        """Keep how far a replica lags behind."""
        self._made[d.REPLICA_LAG].labels(replica).set(seconds)

    def _of(self, pool: PoolName) -> _Pool:
        found = self._pools.get(pool)
        if found is None:
            # All series are there from the beginning: a rate needs a first value.
            found = self._pools[pool] = _Pool(self._made, pool)
        return found

    def _begin(self) -> None:
        """Begin with nothing after a fork: what the parent did, it counts itself."""
        if FOLDER in os.environ:
            return  # prometheus-client sees that it is another process, and begins another file
        for definition, made in self._made.items():
            if definition.labels:
                made.clear()
            else:
                made.reset()
        self._look_up()

    def _look_up(self) -> None:
        self._pools = {}
        self._units = {each: self._made[d.UNIT].labels(each) for each in _OUTCOMES}


def make(definition: Definition, registry: CollectorRegistry) -> Any:
    """Make a metric in a registry."""
    given = (definition.name, definition.meaning, definition.labels)
    if definition.kind == "histogram":
        return Histogram(*given, registry=registry, buckets=definition.buckets)
    if definition.kind == "counter":
        return Counter(*given, registry=registry)
    # Of several processes: of those that live, together; the lag as it was seen last.
    mode: Any = "mostrecent" if definition is d.REPLICA_LAG else "livesum"
    return Gauge(*given, registry=registry, multiprocess_mode=mode)


def _forget_the_dead(folder: Path) -> None:
    """Count the connections of processes no more that have ended, also of killed ones."""
    for path in folder.glob("gauge_live*.db"):
        process = int(path.stem.rpartition("_")[2])
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            with suppress(FileNotFoundError):  # another process was faster
                multiprocess.mark_process_dead(process, str(folder))  # type: ignore[no-untyped-call]
        except PermissionError:
            continue  # it lives, as somebody else
