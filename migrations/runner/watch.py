"""A second pair of eyes while a revision runs: is the lock still held, and who is in the way?"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event, Thread
from types import TracebackType
from typing import Final, Self

from sqlalchemy import Connection, text

from core.errors import MigratorLockError
from migrations.runner.migrator_lock import MigratorLock
from migrations.runner.sessions import Session

_SHORTEST: Final = timedelta(milliseconds=20)
_LONGEST: Final = timedelta(seconds=1)


@dataclass(eq=False)
class Watch:
    """Looks from the lock's connection, in a thread, for as long as the block lasts.

    Attributes:
        blockers: The sessions that the revision waited for when it was last seen waiting. They
            have to be noted meanwhile: when the time-out has come, nobody waits any more.
        lost: Why the lock is not held any more; the statement that runs is then cancelled.
    """

    lock: MigratorLock
    migrating: Connection
    interval: timedelta
    blockers: tuple[Session, ...] = ()
    lost: MigratorLockError | None = None
    _stop: Event = field(default_factory=Event)
    _thread: Thread | None = None
    _pid: int = 0

    def __enter__(self) -> Self:
        self._pid = self.migrating.scalar(text("SELECT pg_backend_pid()")) or 0
        self.migrating.rollback()
        self._thread = Thread(target=self._watch, name="monps-db-watch", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def verify(self) -> None:
        """Make sure that the lock is held at this moment.

        Raises:
            MigratorLockError: It is not.
        """
        self.lock.look(self._pid)

    def _watch(self) -> None:
        driver_connection = self.migrating.connection.driver_connection
        while not self._stop.wait(self.interval.total_seconds()):
            try:
                self.blockers = self.lock.look(self._pid) or self.blockers
            except MigratorLockError as error:
                self.lost = error
                # Again until it has an effect: between two statements there is nothing to cancel.
                with suppress(Exception):
                    driver_connection.cancel()  # type: ignore[union-attr]


def interval(lock_timeout: timedelta | None) -> timedelta:
    """Return how often to look: several times before a lock time-out, and every second at least."""
    if not lock_timeout:
        return _LONGEST
    return min(max(lock_timeout / 4, _SHORTEST), _LONGEST)
