"""Metrics for Prometheus, in one process or in several.

Events are written into cells at once; a scrape reads the cells of all processes.
prometheus-client's multiprocess mode leaves collectors out, so this one reads for all by itself.
"""

from __future__ import annotations

import os
import time
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from core.errors import ConfigurationError
from core.fork_hooks import after_fork_in_child
from core.metrics import definitions as d
from core.metrics.cells import Store
from core.metrics.measuring import Measuring
from core.metrics.pool_cells import PoolCells, SharedPoolCells
from core.metrics.units import UnitsOfWork
from core.observers import PoolName

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
    from core.observers import Choice, PoolObserver

FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
"""Prometheus-client's variable for a folder; its own files there have other names than ours."""

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
_CHOICES: Final[tuple[Choice, ...]] = ("chosen", "failed", "behind")
_BY_NAME: Final = {each.name: each for each in d.DEFINITIONS}
# The names of the files contain a checksum of the definitions, because the definitions decide what
# each cell means.
_LAYOUT: Final = f"{zlib.crc32(repr(d.DEFINITIONS).encode()):08x}"


class PrometheusMetrics(Measuring):
    """Counts events, and exposes the figures to Prometheus.

    Args:
        registry: The registry of the metrics, which may hold others; a new one when omitted.
            Several processes have no common registry: see docs/metrics.md.

    Raises:
        ConfigurationError: The extra ``metrics`` is not installed, or the folder of
            ``PROMETHEUS_MULTIPROC_DIR`` cannot be written.
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
        self._pools: dict[PoolName, PoolCells] = {}
        self._units = UnitsOfWork(self._store)
        # The counter exists from the start, so that rate() works on it.
        self._add(0, d.UNIT_RETRIES)
        after_fork_in_child(self, PrometheusMetrics._begin)

    def start(self) -> Self:
        """Measure from now on; the units of work of all sessions are counted, too."""
        super().start()
        self._units.listen()
        return self

    def stop(self) -> None:
        """Stop measuring."""
        self._units.ignore()
        super().stop()

    def exposition(self) -> bytes:
        """Return the text for Prometheus; its content type is ``CONTENT_TYPE``.

        It reads the figures of this process or of all processes, and asks neither the database nor
        a pool.
        """
        if self._folder is None:
            return generate_latest(self._registry)
        registry = CollectorRegistry()
        # The collector adds the other metrics of the program, from all processes.
        multiprocess.MultiProcessCollector(registry, str(self._folder))  # type: ignore[no-untyped-call]
        registry.register(self)
        return generate_latest(registry)

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics of all processes; prometheus-client calls this method."""
        for pool in self._pools.values():
            pool.count_in_use()
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
        """Return the observer that counts the events of a pool."""
        kind = PoolCells if self._folder is None else SharedPoolCells
        return self._pools.setdefault(name, kind(self._store, name))

    def unit_retried(self) -> None:
        """Count a repetition of a unit of work."""
        self._add(1, d.UNIT_RETRIES)

    def rows_written(self, table: str, *, inserted: int, updated: int, unchanged: int) -> None:
        """Count the rows of a bulk write."""
        self._add(inserted, d.BULK_ROWS, table, "inserted")
        self._add(updated, d.BULK_ROWS, table, "updated")
        self._add(unchanged, d.BULK_ROWS, table, "unchanged")

    def replica_asked(self, replica: str, choice: Choice) -> None:
        """Count the result of asking a replica."""
        for each in _CHOICES:
            self._add(each == choice, d.REPLICA_CHOICES, replica, each)

    def replica_lags(self, replica: str, seconds: float) -> None:
        """Record how far a replica lags behind the primary."""
        cells = self._store.cells(d.REPLICA_LAG, replica)
        with self._store.lock:
            cells[0], cells[1] = seconds, time.time()

    def _add(self, number: int, definition: Definition, *labels: str) -> None:
        cells = self._store.cells(definition, *labels)
        with self._store.lock:
            cells[0] += number

    def _begin(self) -> None:
        """Start at zero after a fork, because the parent counts its own figures."""
        self._store.begin()
        self._units.look_up()
        self._add(0, d.UNIT_RETRIES)
        for pool in self._pools.values():
            pool.look_up()


def _is_fleeting(key: Key) -> bool:
    definition = _BY_NAME[key[0]]
    return definition.kind == "gauge" and not definition.is_latest


def _together(
    definition: Definition, one: Sequence[float], other: Sequence[float]
) -> Sequence[float]:
    if definition.is_latest:
        return max(one, other, key=lambda cells: cells[1])
    return [left + right for left, right in zip(one, other, strict=True)]
