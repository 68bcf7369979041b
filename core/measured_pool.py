"""SQLAlchemy's pools, with a measurement of the wait for a connection.

An engine that is made without observers has SQLAlchemy's own pool. The events of each unit of work
are recorded without further function calls, because each call would add about a thousandth to its
time.
"""

from __future__ import annotations

import weakref
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final, Self, cast

from sqlalchemy import AsyncAdaptedQueuePool, QueuePool, event
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from core import observers
from core.fork_hooks import after_fork_in_child
from core.observers import PoolObserver

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Engine
    from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

    from core.observers import PoolKind, PoolName

_OPENING: Final = "monps_opening"
_CLOSED: Final = "monps_closed"
_Figures = tuple[int, int, int, int]
_NOTHING: Final[_Figures] = (0, 0, 0, 0)


class PoolMeter:
    """Reports the events of one pool to the observers.

    Args:
        name: The name of the pool.
        pool: The pool, whose size and limit are reported.
    """

    def __init__(self, name: PoolName, pool: QueuePool, limit: int) -> None:
        # The observers stay the same for the whole life of the pool, because a figure that was
        # added for an observer has to be subtracted for the same observer.
        self.observers = tuple(observer.pool(name) for observer in observers.current())
        asked = (each for each in self.observers if _receives(each, "connection_asked"))
        self.asked = tuple(each.connection_asked for each in asked)
        self.given = tuple(each.connection_given for each in self.observers)
        self._size = pool.size()
        self._limit = limit
        self._told: list[_Figures] = [_NOTHING]
        self.made(pool, None)
        self._renew()
        after_fork_in_child(self, PoolMeter._renew)
        # A pool that is discarded must not count any more, and its last connections close without
        # an event.
        change = (self.observers, self._told, _NOTHING)
        weakref.finalize(self, _tell_change, *change).atexit = False

    def made(self, pool: QueuePool, replaced: QueuePool | None) -> None:
        """Report the pool itself."""
        for observer in self.observers:
            observer.pool_made(pool, replaced)

    def changed(self, connections: int, overflow: int) -> None:
        """Report the number of open connections, and how many of them exceed the pool's size."""
        figures = (self._size, self._limit, connections, overflow)
        _tell_change(self.observers, self._told, figures)

    def refused(self, *, timed_out: bool) -> None:
        """Report a request that got no connection."""
        for observer in self.observers:
            observer.connection_refused(timed_out=timed_out)

    def opening(self, _: object, entry: ConnectionPoolEntry, *__: object) -> None:
        """Store the time at which the pool began to open a connection."""
        _info(entry)[_OPENING] = perf_counter()

    def opened(self, entry: ConnectionPoolEntry) -> None:
        """Report an opened connection, and whether it replaces one that still worked."""
        now = perf_counter()
        seconds = now - _info(entry).pop(_OPENING, now)
        is_replaced = _info(entry).pop(_CLOSED, False)
        for observer in self.observers:
            observer.connection_opened(seconds)
            if is_replaced:
                observer.connection_recycled()

    def closed(self, entry: ConnectionPoolEntry) -> None:
        """Note that the pool closed a connection, so that its replacement is recognised."""
        _info(entry).setdefault(_CLOSED, True)

    def given_up(self, entry: ConnectionPoolEntry) -> None:
        """Note that a connection is closed because it is lost or discarded."""
        _info(entry)[_CLOSED] = False

    def lost(self) -> None:
        """Report a broken connection."""
        for observer in self.observers:
            observer.connection_lost()

    def _renew(self) -> None:
        # This also runs after a fork, because the observers of the child start without figures.
        self._told[0] = _NOTHING
        self.changed(0, 0)


class MeasuredPool(QueuePool):
    """The common base of the measured pools."""

    meter: PoolMeter

    def connect(self) -> PoolProxiedConnection:
        """Return a connection, and report how long it took to get it."""
        meter = self.meter
        for tell in meter.asked:
            tell()
        since = perf_counter()
        try:
            connection = QueuePool.connect(self)
        except BaseException as error:
            meter.refused(timed_out=isinstance(error, PoolTimeoutError))
            raise
        seconds = perf_counter() - since
        for tell_given in meter.given:
            tell_given(connection.dbapi_connection, seconds)
        return connection

    def recreate(self) -> Self:
        """Make another pool with the same meter; this pool's connections are forgotten."""
        made = cast("Self", super().recreate())
        made.meter = self.meter
        self.meter.made(made, self)
        self.meter.changed(0, 0)
        return made


class MeasuredQueuePool(MeasuredPool):
    """The pool of synchronous engines."""


class MeasuredAsyncQueuePool(MeasuredPool, AsyncAdaptedQueuePool):
    """The pool of asynchronous engines."""


POOL_CLASSES: Final[Mapping[PoolKind, type[QueuePool]]] = {
    "sync": MeasuredQueuePool,
    "async": MeasuredAsyncQueuePool,
}


def measure(engine: Engine, name: PoolName, limit: int) -> PoolMeter | None:
    """Report the events of an engine's pool; return None for SQLAlchemy's own, unmeasured pool.

    Args:
        engine: The engine; the pool's listeners keep the meter.
        name: The name of the pool.
        limit: The greatest number of connections that the pool opens.
    """
    if not isinstance(engine.pool, MeasuredPool):
        return None
    meter = engine.pool.meter = PoolMeter(name, engine.pool, limit)
    event.listen(engine, "do_connect", meter.opening, insert=True)
    for observer in (each for each in meter.observers if _receives(each, "connection_returned")):
        for ways_back in ("checkin", "detach", "invalidate"):
            event.listen(engine, ways_back, observer.connection_returned)
    return meter


def _receives(observer: PoolObserver, name: str) -> bool:
    return getattr(type(observer), name) is not getattr(PoolObserver, name)


def _info(entry: ConnectionPoolEntry) -> dict[str, Any]:
    return cast("dict[str, Any]", entry.record_info)


def _tell_change(
    listeners: Sequence[PoolObserver], before: list[_Figures], figures: _Figures
) -> None:
    then, before[0] = before[0], figures
    size, limit, connections, overflow = (now - was for now, was in zip(figures, then, strict=True))
    if figures != then:
        for observer in listeners:
            observer.changed(size=size, limit=limit, connections=connections, overflow=overflow)
