"""Metrics for Prometheus, in one process or in several.

What happens is written at once, into cells; a scrape reads those of all processes and asks nobody.
prometheus-client's multiprocess mode leaves collectors out, so this one reads for all by itself.
"""

from __future__ import annotations

import os
import time
import zlib
from bisect import bisect_left
from pathlib import Path
from typing import TYPE_CHECKING, Final

from core.errors import ConfigurationError
from core.fork_hooks import after_fork_in_child
from core.metrics import definitions as d
from core.metrics.cells import Store
from core.metrics.measuring import Measuring
from core.observers import Outcome, PoolName, PoolObserver

try:
    from prometheus_client import (
        CONTENT_TYPE_LATEST,
        CollectorRegistry,
        generate_latest,
        multiprocess,
    )
except ImportError as error:
    raise ConfigurationError(
        "prometheus-client is not installed", remedy="pip install '.[metrics]'"
    ) from error

from core.metrics.families import family

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from prometheus_client.metrics_core import Metric

    from core.metrics.cells import Key
    from core.metrics.definitions import Definition
    from core.observers import Choice

FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
"""Prometheus-client's variable; it writes its own metrics there, in files of other names."""

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
_OUTCOMES: Final[tuple[Outcome, ...]] = ("committed", "rolled_back", "closed")
_CHOICES: Final[tuple[Choice, ...]] = ("chosen", "failed", "behind")
_BY_NAME: Final = {each.name: each for each in d.DEFINITIONS}
# What the cells mean.
_LAYOUT: Final = f"{zlib.crc32(repr(d.DEFINITIONS).encode()):08x}"


class PrometheusMetrics(Measuring):
    """Counts what happens, and shows it to Prometheus.

    Args:
        registry: Where the metrics are registered, with those of one's own; a new one when omitted.
            Several processes have none in common: see docs/metrics.md.

    Raises:
        ConfigurationError: The extra ``metrics`` is not installed, when it is imported; or the
            folder of ``PROMETHEUS_MULTIPROC_DIR`` cannot be written.
    """

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        folder = os.environ.get(FOLDER)
        self._folder = None if folder is None else Path(folder)
        try:
            self._store = Store(self._folder, _LAYOUT, _is_fleeting)
        except OSError as error:
            raise ConfigurationError(
                f"metrics cannot be written into {folder}: {error.strerror}",
                remedy=f"set {FOLDER} to a folder that the service may write",
            ) from error
        self._registry = registry or CollectorRegistry()
        self._registry.register(self)
        self._pools: dict[PoolName, _Pool] = {}
        self._look_up()
        after_fork_in_child(self, PrometheusMetrics._begin)

    def exposition(self) -> bytes:
        """Return the page for Prometheus; its content type is ``CONTENT_TYPE``.

        It reads figures of this process, or of all: neither the database nor a pool is asked.
        """
        if self._folder is None:
            return generate_latest(self._registry)
        registry = CollectorRegistry()
        # The program's own metrics, of all processes.
        multiprocess.MultiProcessCollector(registry, str(self._folder))  # type: ignore[no-untyped-call]
        registry.register(self)
        return generate_latest(registry)

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics, of all processes together; prometheus-client asks for them."""
        found: dict[str, dict[Key, Sequence[float]]] = {each: {} for each in _BY_NAME}
        for key, cells, is_alive in self._store.read():
            if is_alive or not _is_fleeting(key):
                series, labels = found[key[0]], key[1:]
                if labels in series:
                    series[labels] = _together(_BY_NAME[key[0]], series[labels], cells)
                else:
                    series[labels] = cells
        for name, series in found.items():
            yield family(_BY_NAME[name], series)

    def pool(self, name: PoolName) -> PoolObserver:
        """Return what counts a pool."""
        return self._pools.setdefault(name, _Pool(self._store, name))

    def unit_ended(self, outcome: Outcome, seconds: float) -> None:
        """Count a unit of work."""
        cells = self._units[outcome]
        with self._store.lock:
            cells[bisect_left(d.DURATIONS, seconds)] += 1
            cells[-1] += seconds

    def unit_retried(self) -> None:
        """Count an attempt."""
        self._add(1, d.UNIT_RETRIES)

    def rows_written(self, table: str, *, inserted: int, updated: int, unchanged: int) -> None:
        """Count the rows of a bulk write."""
        self._add(inserted, d.BULK_ROWS, table, "inserted")
        self._add(updated, d.BULK_ROWS, table, "updated")
        self._add(unchanged, d.BULK_ROWS, table, "unchanged")

    def replica_asked(self, replica: str, choice: Choice) -> None:
        """Count what became of a replica that was asked."""
        for each in _CHOICES:
            self._add(each == choice, d.REPLICA_CHOICES, replica, each)

    def replica_lags(self, replica: str, seconds: float) -> None:
        """Keep how far a replica lags behind."""
        cells = _cells(self._store, d.REPLICA_LAG, replica)
        with self._store.lock:
            cells[0], cells[1] = seconds, time.time()

    def _add(self, number: int, definition: Definition, *labels: str) -> None:
        cells = _cells(self._store, definition, *labels)
        with self._store.lock:
            cells[0] += number

    def _begin(self) -> None:
        """Begin with nothing after a fork: what the parent did, it counts itself."""
        self._store.begin()
        self._look_up()
        for pool in self._pools.values():
            pool.look_up()

    def _look_up(self) -> None:
        self._units = {each: _cells(self._store, d.UNIT, each) for each in _OUTCOMES}
        self._add(0, d.UNIT_RETRIES)


class _Pool(PoolObserver):
    """Counts what happens to one pool."""

    def __init__(self, store: Store, name: PoolName) -> None:
        self._store, self._name = store, name
        self.look_up()

    def look_up(self) -> None:
        """Look up the cells: all series are there from the beginning, for rates of them."""

        def cells(definition: Definition) -> memoryview[float]:
            return _cells(self._store, definition, *self._name)

        self._lock = self._store.lock
        self._size, self._limit = cells(d.POOL_SIZE), cells(d.POOL_LIMIT)
        self._connections, self._overflow = cells(d.POOL_CONNECTIONS), cells(d.POOL_OVERFLOW)
        self._in_use, self._wait = cells(d.POOL_IN_USE), cells(d.POOL_WAIT)
        self._timeouts, self._failures = cells(d.POOL_TIMEOUTS), cells(d.POOL_FAILURES)
        self._opened, self._lost = cells(d.POOL_OPENED), cells(d.POOL_LOST)
        self._recycled = cells(d.POOL_RECYCLED)

    def changed(self, *, size: int, limit: int, connections: int, overflow: int) -> None:
        """Count the connections of the pool."""
        with self._lock:
            self._size[0] += size
            self._limit[0] += limit
            self._connections[0] += connections
            self._overflow[0] += overflow

    def connection_given(self, seconds: float) -> None:
        """Count a connection in use, and the wait for it."""
        with self._lock:
            self._wait[bisect_left(d.WAITS, seconds)] += 1
            self._wait[-1] += seconds
            self._in_use[0] += 1

    def connection_returned(self, seconds: float) -> None:  # noqa: ARG002
        """Count a connection that is no longer in use."""
        self._add(self._in_use, -1)

    def connection_refused(self, *, timed_out: bool) -> None:
        """Count a time-out, or another failure."""
        self._add(self._timeouts if timed_out else self._failures, 1)

    def connection_opened(self, seconds: float) -> None:  # noqa: ARG002
        """Count a connection that was opened."""
        self._add(self._opened, 1)

    def connection_lost(self) -> None:
        """Count a connection that broke."""
        self._add(self._lost, 1)

    def connection_recycled(self) -> None:
        """Count a connection that was replaced."""
        self._add(self._recycled, 1)

    def _add(self, cells: memoryview[float], number: int) -> None:
        with self._lock:
            cells[0] += number


def _cells(store: Store, definition: Definition, *labels: str) -> memoryview[float]:
    return store.cells((definition.name, *labels), definition.cells)


def _is_fleeting(key: Key) -> bool:
    definition = _BY_NAME[key[0]]
    return definition.kind == "gauge" and not definition.is_latest


def _together(
    definition: Definition, one: Sequence[float], other: Sequence[float]
) -> Sequence[float]:
    if definition.is_latest:
        return max(one, other, key=lambda cells: cells[1])
    return [left + right for left, right in zip(one, other, strict=True)]
