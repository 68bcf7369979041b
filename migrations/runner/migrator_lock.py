"""One migrator at a time: an advisory lock on a connection of its own.

On the connection of the revisions it would be lost or in the way: ``autocommit_block`` ends its
transaction, and CREATE INDEX CONCURRENTLY waits for every session that holds a snapshot. That is
also why the lock is polled and never waited for: a session that waits in ``pg_advisory_lock()``
holds a snapshot, and with the lock elsewhere nobody would detect the deadlock.

A client that is killed leaves its statement running on the server while its lock is free already.
So each revision takes a second lock for its transaction, which lives as long as the statement.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from core import plans
from core.answers import rows, statement
from core.errors import DatabaseRefusedError, MigratorLockError
from migrations.runner import pooler, sessions
from migrations.runner.sessions import Session
from migrations.runner.sql import query

# Two-part keys: the first part is ours ("monp" as bytes), the second says which lock.
SPACE: Final = 0x6D6F6E70
RUN: Final = 1
REVISION: Final = 2
_SHORTEST_PAUSE: Final = 0.05
_LONGEST_PAUSE: Final = 1.0


@dataclass(frozen=True, slots=True)
class MigratorLock:
    """The lock while it is held, with the connection that holds it.

    Attributes:
        connection: In autocommit; whoever uses it holds ``mutex``.
        mutex: A thread looks whether the lock is still held while the revision runs.
    """

    connection: Connection
    mutex: Lock

    def look(self, pid: int) -> tuple[Session, ...]:
        """Make sure that the lock is still held, and see whom a session waits for.

        Args:
            pid: The server process of the session that migrates.

        Raises:
            MigratorLockError: The lock is not held any more: others may be migrating.
        """
        parameters = {"space": SPACE, "number": RUN, "pid": pid}
        try:
            with self.mutex:
                watch = statement("migrations.runner.queries", "lock_watch")
                found = plans.rows(self.connection, "lock_watch", watch, parameters)
        except SQLAlchemyError as error:
            raise _lost("its connection broke") from error
        if not found[0]["is_held"]:
            raise _lost("its session is not the one that took it")
        return sessions.read(found)

    def wait_until_nothing_is_left_behind(
        self, patience: timedelta, say: Callable[[str], None]
    ) -> None:
        """Wait for the statement of a migrator that was killed, which may still be running.

        Raises:
            MigratorLockError: It runs longer than ``patience``.
        """

        def is_free() -> bool:
            return not _holders(self.connection, REVISION)

        with self.mutex:
            _poll(self.connection, REVISION, is_free, patience, say)


def take_for_transaction(connection: Connection) -> None:
    """Take the lock of the running revision, until its transaction ends.

    Raises:
        MigratorLockError: Another session has it.
    """
    if not _try(connection, "pg_try_advisory_xact_lock", REVISION):
        raise MigratorLockError(
            f"another migrator runs a revision: {sessions.listed(_holders(connection, REVISION))}",
            remedy="try again when it has finished",
        )


@contextmanager
def held(
    engine: Engine,
    migrating: Connection,
    *,
    application_name: str,
    patience: timedelta,
    say: Callable[[str], None],
) -> Iterator[MigratorLock]:
    """Hold the lock for as long as the block lasts.

    Args:
        engine: Where the connection for it comes from; its pool is left alone.
        migrating: The connection that will migrate, outside a transaction.
        application_name: What the session is called, for others who wait.
        patience: How long to wait for another migrator.
        say: Told who holds the lock.

    Raises:
        MigratorLockError: Another migrator held it all the time, or a connection pooler is between.
        DatabaseRefusedError: Nothing can be written here.
    """
    own = create_engine(engine.url, pool=engine.pool.recreate())
    try:
        with (
            own.connect().execution_options(isolation_level="AUTOCOMMIT") as connection,
            plans.kept(connection),
        ):
            parameters = {"application_name": application_name}
            facts = connection.execute(query("lock_session"), parameters).mappings().one()
            _refuse_read_only(is_standby=facts["is_standby"], is_read_only=facts["is_read_only"])
            pooler.refuse_shared_sessions(connection, facts["pid"], migrating)

            def is_taken() -> bool:
                return _try(connection, "pg_try_advisory_lock", RUN)

            _poll(connection, RUN, is_taken, patience, say)
            yield MigratorLock(connection, Lock())
    finally:
        own.dispose()


def take_within_callers_transaction(connection: Connection) -> None:
    """Take both locks where the transaction belongs to the caller, until that ends.

    Raises:
        MigratorLockError: Another migrator is at work.
    """
    if not _try(connection, "pg_try_advisory_xact_lock", RUN):
        raise _busy(_holders(connection, RUN))
    take_for_transaction(connection)


def _poll(
    connection: Connection,
    number: int,
    is_done: Callable[[], bool],
    patience: timedelta,
    say: Callable[[str], None],
) -> None:
    """Ask again and again, with pauses that differ so that many who wait do not ask at once."""
    deadline = time.monotonic() + patience.total_seconds()
    pause = _SHORTEST_PAUSE
    told: set[int] = set()
    while not is_done():
        holders = _holders(connection, number)
        if holders and {holder.pid for holder in holders} != told:
            told = {holder.pid for holder in holders}
            say(f"waiting for another migrator: {sessions.listed(holders)}")
        if time.monotonic() >= deadline:
            raise _busy(holders)
        time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - no secret
        pause = min(2 * pause, _LONGEST_PAUSE)


def _busy(holders: tuple[Session, ...]) -> MigratorLockError:
    return MigratorLockError(
        f"another migrator is at work: {sessions.listed(holders) or 'it has just ended'}",
        remedy="try again when it has finished, raise MIGRATION_WAIT_TIMEOUT, or end it:"
        " SELECT pg_terminate_backend(pid)",
    )


def _lost(how: str) -> MigratorLockError:
    return MigratorLockError(
        f"the lock that keeps other migrators out is lost: {how}; the revision that was running is"
        " rolled back",
        remedy="try again",
    )


def _refuse_read_only(*, is_standby: bool, is_read_only: bool) -> None:
    if is_standby:
        raise DatabaseRefusedError(
            "the server is a standby, which only reads",
            remedy="connect to the primary server: DB_HOST, DB_PORT",
            sqlstate="25006",
        )
    if is_read_only:
        raise DatabaseRefusedError(
            "transactions are read-only here (default_transaction_read_only)",
            remedy="migrate with a role, on a database and server, for which it is off",
            sqlstate="25006",
        )


def _try(connection: Connection, function: str, number: int) -> bool:
    parameters = {"space": SPACE, "number": number}
    return bool(connection.scalar(text(f"SELECT {function}(:space, :number)"), parameters))


def _holders(connection: Connection, number: int) -> tuple[Session, ...]:
    parameters: dict[str, Any] = {"space": SPACE, "number": number}
    sql = statement("migrations.runner.queries", "lock_holders")
    return sessions.read(rows(connection, sql, parameters))
