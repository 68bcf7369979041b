"""Log the changes of a pool's state: one line per change, none per checkout.

The events of structlog's logger ``core.pool``: ``pool.overflow_entered`` (warning),
``pool.overflow_maximum`` (warning), ``pool.overflow_left`` (info), ``pool.connections_opened``
(info, every tenth), ``pool.connection_lost`` (warning).
"""

from __future__ import annotations

import threading
import time
import weakref
from collections import deque
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError

from core.fork_hooks import after_fork_in_child
from schemaproof import read_sqlstate

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine, Pool
    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.pool import ConnectionPoolEntry

    from core.measured_pool import PoolMeter

LOGGER: Final = "core.pool"
OPENED_EVERY: Final = 10
# So many reports of overflow are written at once, and then one per SECONDS_PER_REPORT: a load that
# varies around the size of the pool would otherwise write two lines for every few checkouts.
REPORTS: Final = 10
SECONDS_PER_REPORT: Final = 10.0


class DiscardedError(DisconnectionError):
    """A working connection is discarded; the pool opens another one instead."""


class _Line(NamedTuple):
    level: str
    event: str
    facts: dict[str, int | str | None]


class _RateLimit:
    """A limit on the number of reports; it recovers with time."""

    def __init__(self) -> None:
        self._left = float(REPORTS)
        self._counted_at = time.monotonic()

    def take(self) -> bool:
        """Use up one report; return False if none is left."""
        now = time.monotonic()
        self._left = min(REPORTS, self._left + (now - self._counted_at) / SECONDS_PER_REPORT)
        self._counted_at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class PoolLog:
    """The state of one engine's pool, which the events of the pool update.

    Overflow is the number of open connections beyond the pool's size, as in ``QueuePool``. The pool
    closes idle connections in excess only when it is full again, so the number does not change with
    every checkout. If it changes too often, ``unreported`` in a later line counts the overflows
    that were not logged; a new maximum is always logged.

    The same object informs the observers, so that they and the log agree.

    Args:
        engine: The engine that uses the pool.
        meter: The object that informs the observers; None when there are none.
    """

    _pool: Callable[[], Pool | None]
    _entries: weakref.WeakSet[ConnectionPoolEntry]
    _opened: int
    _maximum: int
    _in_overflow: bool
    _is_reported: bool
    _unreported: int
    _rate_limit: _RateLimit

    def __init__(self, engine: Engine, meter: PoolMeter | None = None) -> None:
        self._engine = weakref.ref(engine)
        self._pool_size = engine.pool.size()  # type: ignore[attr-defined]
        self._meter = meter
        self._renew()
        after_fork_in_child(self, PoolLog._renew)

    def connected(self, _: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        """Count a new connection."""
        with self._lock:
            self._begin_anew()
            self._entries.add(entry)
            self._opened += 1
            if self._opened % OPENED_EVERY == 0:
                self._note("info", "pool.connections_opened", opened=self._opened)
            self._settle()
        if self._meter:
            self._meter.opened(entry)
        self._emit()

    def closed(self, _: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        """Count a connection that the pool closes: in excess, too old, or lost."""
        with self._lock:
            self._begin_anew()
            self._entries.discard(entry)
            self._settle()
        if self._meter:
            self._meter.closed(entry)
        self._emit()

    def detached(self, _: DBAPIConnection, __: ConnectionPoolEntry) -> None:
        """Count a connection that was detached from the pool, whose entry is already returned."""
        with self._lock:
            self._begin_anew()
            self._settle()
        self._emit()

    def invalidated(
        self, _: DBAPIConnection, entry: ConnectionPoolEntry, exception: BaseException | None
    ) -> None:
        """Report a lost connection.

        A connection that the program itself discards is not lost: it comes without an exception,
        with ``DiscardedError``, or with the interruption (Ctrl-C) that made it unusable.
        """
        if self._meter:
            self._meter.given_up(entry)
        if not isinstance(exception, Exception) or isinstance(exception, DiscardedError):
            return
        if self._meter:
            self._meter.lost()
        with self._lock:
            # Only the type is logged, because the text of the exception may contain a statement
            # with its values.
            reason, sqlstate = type(exception).__name__, read_sqlstate(exception)
            self._note("warning", "pool.connection_lost", reason=reason, sqlstate=sqlstate)
        self._emit()

    def _begin_anew(self) -> None:
        """Forget the connections of a discarded pool; the caller holds the lock.

        SQLAlchemy has an event for this, but a listener for it makes the engine look for other
        listeners at each statement.
        """
        engine = self._engine()
        if engine is not None and engine.pool is not self._pool():
            self._reset()

    def _settle(self) -> None:
        """Compare the overflow with the last logged one; the caller holds the lock."""
        # The entries themselves are counted. A connection can leave the pool without an event: when
        # a listener of the program fails, or when the pool is disposed of.
        is_open = sum(1 for entry in self._entries if entry.dbapi_connection is not None)
        overflow = max(0, is_open - self._pool_size)
        if overflow > self._maximum and self._is_reported:
            self._note("warning", "pool.overflow_maximum", **self._facts(overflow))
        elif overflow and not self._is_reported:
            self._enter(overflow)
        elif not overflow and self._is_reported:
            self._note("info", "pool.overflow_left", **self._facts(overflow))
            self._is_reported = False
        self._in_overflow = overflow > 0
        self._maximum = max(self._maximum, overflow)
        if self._meter:
            self._meter.changed(is_open, overflow)

    def _enter(self, overflow: int) -> None:
        """Log an overflow, or count it as unreported if too many were logged recently."""
        if self._rate_limit.take() or overflow > self._maximum:
            skipped = {"unreported": self._unreported} if self._unreported else {}
            self._note("warning", "pool.overflow_entered", **self._facts(overflow), **skipped)
            self._is_reported = True
            self._unreported = 0
        elif not self._in_overflow:
            self._unreported += 1

    def _facts(self, overflow: int) -> dict[str, int]:
        maximum = max(self._maximum, overflow)
        return {"overflow": overflow, "maximum": maximum, "pool_size": self._pool_size}

    def _note(self, level: str, name: str, **facts: int | str | None) -> None:
        self._waiting.append(_Line(level, name, facts))

    def _emit(self) -> None:
        """Log the waiting lines in order, without holding the lock of the state.

        A log handler may block or use the database itself. If another thread is logging, it logs
        the lines of this thread, too.
        """
        while self._waiting and self._writing.acquire(blocking=False):
            import structlog

            try:
                while self._waiting:
                    line = self._waiting.popleft()
                    # The logger is fetched each time, so that logging may be configured at any
                    # moment.
                    logger: Any = structlog.get_logger(LOGGER)
                    getattr(logger, line.level)(line.event, **line.facts)
            finally:
                self._writing.release()

    def _reset(self) -> None:
        # The references are weak, so that an entry which the pool discards is discarded here, too.
        engine = self._engine()
        self._pool = weakref.ref(engine.pool) if engine else lambda: None
        self._entries = weakref.WeakSet()
        self._opened = 0
        self._maximum = 0
        self._in_overflow = False
        self._is_reported = False
        self._unreported = 0
        self._rate_limit = _RateLimit()

    def _renew(self) -> None:
        # After a fork, a thread that no longer exists may have held the lock. It is reentrant,
        # because garbage collection in this thread can close a connection while it is held.
        self._lock = threading.RLock()
        self._writing = threading.Lock()
        self._waiting: deque[_Line] = deque()
        self._reset()


def log_pool(engine: Engine, meter: PoolMeter | None = None) -> PoolLog:
    """Log the events of an engine's pool from now on.

    Args:
        engine: An engine on a ``QueuePool``; it keeps the state, through its listeners.
        meter: The meter of the pool; None without observers.

    Returns:
        The state.
    """
    log = PoolLog(engine, meter)
    event.listen(engine, "connect", log.connected)
    event.listen(engine, "close", log.closed)
    event.listen(engine, "detach", log.detached)
    event.listen(engine, "invalidate", log.invalidated)
    event.listen(engine, "soft_invalidate", log.invalidated)
    return log
