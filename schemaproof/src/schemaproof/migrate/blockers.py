"""The sessions that keep a revision waiting for a lock, noted while it waits."""

from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event, Thread
from typing import Final, Self

from sqlalchemy import Connection, text

from schemaproof.connection import own_settings
from schemaproof.connection.raw_sql import rolled_back, rows
from schemaproof.migrate import backends
from schemaproof.migrate.backends import Backend
from schemaproof.migrate.queries import SQL

_SHORTEST: Final = timedelta(milliseconds=20)
_LONGEST: Final = timedelta(seconds=1)
_LEAVES_WITHIN: Final = timedelta(seconds=5)


@dataclass(eq=False)
class Blockers:
    """Watch for blocking sessions in a thread, by a separate connection, during the block.

    They are read while the revision waits, because after the lock time-out it no longer does. The
    connection is opened for the first reading, and most migrations end before that. If the server
    has no free slot for it, the revision continues, and its errors name no session.

    Attributes:
        migrating: The connection that migrates.
        interval: The time between two looks.
        found: The sessions that it waited for when it was last seen waiting.
    """

    migrating: Connection
    interval: timedelta
    found: tuple[Backend, ...] = ()
    _stop: Event = field(default_factory=Event)
    _thread: Thread | None = None

    def __enter__(self) -> Self:
        pid = self.migrating.scalar(text("SELECT pg_backend_pid()"))
        self.migrating.rollback()
        self._thread = Thread(
            target=self._watch, args=(pid,), name="schemaproof-blockers", daemon=True
        )
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join(_LEAVES_WITHIN.total_seconds())

    def _watch(self, pid: int) -> None:
        if self._stop.wait(self.interval.total_seconds()):
            return
        # The pool of the caller may have no other connection available.
        pool = self.migrating.engine.pool.recreate()
        sql = SQL.for_driver("blockers")
        # Whatever the driver raises, the revision goes on. An asynchronous driver cannot be used in
        # a thread.
        with suppress(Exception), closing(pool.connect()) as session:
            while True:
                with rolled_back(session):
                    rows(session, own_settings.for_transaction(session))
                    self.found = backends.from_rows(rows(session, sql, {"pid": pid})) or self.found
                if self._stop.wait(self.interval.total_seconds()):
                    break
        pool.dispose()


def interval(lock_timeout: timedelta | None) -> timedelta:
    """Return the interval between looks: several in a lock time-out, at least one a second."""
    if not lock_timeout:
        return _LONGEST
    return min(max(lock_timeout / 4, _SHORTEST), _LONGEST)
