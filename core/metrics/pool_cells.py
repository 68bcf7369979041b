"""The figures of one pool, kept in cells.

The methods that every unit of work calls take no lock and make no further call.
"""

from __future__ import annotations

from bisect import bisect_left
from threading import get_ident
from typing import TYPE_CHECKING
from weakref import WeakSet

from core.metrics import definitions as d
from core.metrics.cells import PerThread
from core.metrics.definitions import WAITS
from core.observers import PoolObserver

if TYPE_CHECKING:
    from sqlalchemy import QueuePool
    from sqlalchemy.engine.interfaces import DBAPIConnection

    from core.metrics.cells import Store
    from core.metrics.definitions import Definition
    from core.observers import PoolName


class PoolCells(PoolObserver):
    """Counts the events of one pool, whose connections in use are counted when they are read."""

    def __init__(self, store: Store, name: PoolName) -> None:
        self._store, self._name = store, name
        self.look_up()

    def look_up(self) -> None:
        """Create the cells of all series, so that Prometheus can compute rates from the start."""

        def cells(definition: Definition) -> memoryview[float]:
            return self._store.cells(definition, *self._name)

        self._lock = self._store.lock
        self._pools: WeakSet[QueuePool] = WeakSet()
        self._in_use = cells(d.POOL_IN_USE)
        self._size, self._limit = cells(d.POOL_SIZE), cells(d.POOL_LIMIT)
        self._connections, self._overflow = cells(d.POOL_CONNECTIONS), cells(d.POOL_OVERFLOW)
        self._waits = PerThread(lambda: self._store.own_cells(d.POOL_WAIT, *self._name))
        self._waits[get_ident()]
        self._timeouts, self._failures = cells(d.POOL_TIMEOUTS), cells(d.POOL_FAILURES)
        self._opened, self._lost = cells(d.POOL_OPENED), cells(d.POOL_LOST)
        self._recycled = cells(d.POOL_RECYCLED)

    def pool_made(self, pool: QueuePool, replaced: QueuePool | None) -> None:
        """Count the connections of a pool from now on, as long as somebody uses it."""
        with self._lock:
            self._pools.add(pool)
            if replaced is not None:
                self._pools.discard(replaced)

    def count_in_use(self) -> None:
        """Count the connections that are in use now."""
        with self._lock:
            self._in_use[0] = sum(pool.checkedout() for pool in self._pools)

    def changed(self, *, size: int, limit: int, connections: int, overflow: int) -> None:
        """Count the connections of the pool."""
        with self._lock:
            self._size[0] += size
            self._limit[0] += limit
            self._connections[0] += connections
            self._overflow[0] += overflow

    def connection_given(self, connection: DBAPIConnection | None, seconds: float) -> None:  # noqa: ARG002
        """Count the time of waiting for a connection."""
        waits = self._waits[get_ident()]
        waits[bisect_left(WAITS, seconds)] += 1
        waits[-1] += seconds

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


class SharedPoolCells(PoolCells):
    """Counts the events of one pool, also the connections in use, for other processes to read."""

    def look_up(self) -> None:
        """Create the cells of all series, so that Prometheus can compute rates from the start."""
        super().look_up()
        self._given: dict[DBAPIConnection | None, bool] = {}
        self._own_in_use = PerThread(lambda: self._store.own_cells(d.POOL_IN_USE, *self._name))

    def count_in_use(self) -> None:
        """Do nothing: they are counted when they are given and returned."""

    def connection_given(self, connection: DBAPIConnection | None, seconds: float) -> None:
        """Count a connection in use, and the time of waiting for it."""
        super().connection_given(connection, seconds)
        self._given[connection] = True
        self._own_in_use[get_ident()][0] += 1

    def connection_returned(self, connection: DBAPIConnection | None, *_: object) -> None:
        """Count a connection that is no longer in use."""
        if self._given.pop(connection, False):
            self._own_in_use[get_ident()][0] -= 1
