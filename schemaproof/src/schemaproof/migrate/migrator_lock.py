"""One migrator at a time: an advisory lock of the session that migrates.

A session lock survives the transactions that ``autocommit_block`` ends, and is released when the
server process ends, not the client. While a killed migrator's statement still runs, or its COMMIT
waits for a synchronous standby, no other migrator gets the lock; the next one sees the result.

The lock is polled, because a session that waits in ``pg_advisory_lock()`` holds a snapshot, for
which CREATE INDEX CONCURRENTLY waits.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from zlib import crc32

from schemaproof.connection import own_settings, prepared_statements, session_limits
from schemaproof.connection.raw_sql import AnyConnection, is_lost, is_of_driver, rows, scalar
from schemaproof.errors import DatabaseRefusedError, MigratorLockError
from schemaproof.migrate import backends, pooler
from schemaproof.migrate.backends import Backend
from schemaproof.migrate.pooler import Connect
from schemaproof.migrate.queries import SQL
from schemaproof.program import with_program

if TYPE_CHECKING:
    from sqlalchemy import Connection

# The keys have two parts: the first is "monp" as bytes, the second says which lock it is. Migrators
# of version 0.1 hold RUN on a separate connection, and REVISION in the transaction of each
# revision, which continues when they are killed. Both are taken, so that old and new migrators
# exclude each other.
SPACE: Final = 0x6D6F6E70
RUN: Final = 1
REVISION: Final = 2
# Each tenant has its own lock: 30 bits of a checksum of the name of its schema, above the other
# numbers. Two tenants with the same number wait for each other, which does no harm.
_TENANTS: Final = 0x40000000
_TRY: Final = "SELECT pg_try_advisory_lock(%(space)s, %(number)s)"
_TRY_SHARED: Final = "SELECT pg_try_advisory_lock_shared(%(space)s, %(number)s)"
_TRY_IN_TRANSACTION: Final = "SELECT pg_try_advisory_xact_lock(%(space)s, %(number)s)"
_TRY_SHARED_IN_TRANSACTION: Final = "SELECT pg_try_advisory_xact_lock_shared(%(space)s, %(number)s)"
_NAME: Final = "SELECT set_config('application_name', %(name)s, false)"
_NAME_IN_TRANSACTION: Final = "SELECT set_config('application_name', %(name)s, true)"
_SHORTEST_PAUSE: Final = 0.05
_LONGEST_PAUSE: Final = 1.0


@dataclass(frozen=True, slots=True)
class Locks:
    """The two locks of a migrator.

    Attributes:
        first: The number of the lock on the whole database.
        second: The number of the lock on the migrated part: the whole project, or a tenant.
        is_shared: Whether migrators of other tenants may hold the first lock, too.
    """

    first: int = RUN
    second: int = REVISION
    is_shared: bool = False

    @property
    def parameters(self) -> dict[str, int]:
        """The parameters of the lock queries."""
        return {"space": SPACE, "first": self.first, "second": self.second}


def locks_for(tenant: str | None) -> Locks:
    """Return the locks for migrating a tenant's schema; those of the whole database when None."""
    if tenant is None:
        return Locks()
    number = _TENANTS | (crc32(tenant.encode("utf-8", "surrogateescape")) & (_TENANTS - 1))
    return Locks(second=number, is_shared=True)


@contextmanager
def held(
    connection: AnyConnection,
    locks: Locks,
    *,
    connect: Connect,
    application_name: str,
    patience: timedelta,
    say: Callable[[str], None],
) -> Iterator[None]:
    """Hold the migrators' lock during the block.

    Args:
        connection: The connection that will migrate, outside a transaction.
        locks: The advisory locks.
        connect: The function that opens another connection to the same database.
        application_name: The name of the session during the block, by which waiting migrators
            recognise it.
        patience: The time to wait for another migrator.
        say: The function that receives a message about the session that holds the lock.

    Raises:
        MigratorLockError: Another migrator held it, or a connection pooler is in between.
        DatabaseRefusedError: The server is a standby, or transactions are read-only.
    """
    with own_settings.transaction(connection):
        [facts] = rows(connection, SQL.for_driver("lock_session"), {})
    _refuse_read_only(is_standby=facts["is_standby"], is_read_only=facts["is_read_only"])
    pooler.refuse_shared_sessions(connection, connect)
    session_limits.hold_for_session(connection)
    try:
        _call(connection, _NAME, name=application_name)
        _poll(connection, locks, time.monotonic() + patience.total_seconds(), say)
        yield
    finally:
        _release(connection, locks, facts["application_name"])


def take_within_callers_transaction(
    connection: Connection, locks: Locks, application_name: str
) -> None:
    """Take the lock in the caller's transaction, until it ends.

    Rows that the caller has read before may have changed since.

    Args:
        connection: The caller's connection, in a transaction.
        locks: The advisory locks.
        application_name: The name of the session until the transaction ends.

    Raises:
        MigratorLockError: Another migrator is at work.
    """
    shared = _TRY_SHARED_IN_TRANSACTION if locks.is_shared else _TRY_IN_TRANSACTION
    for number, function in ((locks.first, shared), (locks.second, _TRY_IN_TRANSACTION)):
        if not scalar(connection, function, {"space": SPACE, "number": number}):
            raise _busy(_holders(connection, number))
    rows(connection, _NAME_IN_TRANSACTION, {"name": application_name})


def verify(connection: AnyConnection, locks: Locks) -> None:
    """Make sure that the session still holds the locks.

    A session can release them (``DISCARD ALL``), and SQLAlchemy can replace the session. Both lose
    the prepared statements, so call this before using them.

    Raises:
        MigratorLockError: The lock is not held any more: others may be migrating.
    """
    if not scalar(connection, SQL.for_driver("lock_held"), locks.parameters):
        prepared_statements.keep_none(connection)
        raise MigratorLockError(
            "the lock that keeps other migrators out is lost: this session does not hold it any"
            " more; the revision that was running is rolled back",
            remedy="remove DISCARD and pg_advisory_unlock_all() from the revision, and try again",
        )


def refuse_if_moved(found: Collection[str], planned: Collection[str]) -> None:
    """Refuse if the revision changed: a program that ignores the lock may have migrated.

    Args:
        found: The revisions that the database is at.
        planned: The revisions that the plan was made for.

    Raises:
        MigratorLockError: The database is at other revisions.
    """
    if set(found) != set(planned):
        at, expected = (" and ".join(sorted(one)) or "no revision" for one in (found, planned))
        raise MigratorLockError(
            f"the database is at {at}, and the migration expected {expected}: somebody"
            " migrated it meanwhile without the migrators' lock; the step is rolled back",
            remedy="make sure that only one program migrates, and try again",
        )


def _poll(
    connection: AnyConnection, locks: Locks, deadline: float, say: Callable[[str], None]
) -> None:
    """Try to take the lock again and again, with random pauses."""
    named: set[int] = set()
    shared = _TRY_SHARED if locks.is_shared else _TRY
    for number, function in ((locks.first, shared), (locks.second, _TRY)):
        pause = _SHORTEST_PAUSE
        while not _call(connection, function, space=SPACE, number=number):
            with own_settings.transaction(connection):
                holders = _holders(connection, number)
            if holders and {holder.pid for holder in holders} != named:
                named = {holder.pid for holder in holders}
                say(f"waiting for another migrator: {backends.described(holders)}")
            if time.monotonic() >= deadline:
                raise _busy(holders)
            time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - no secret
            pause = min(2 * pause, _LONGEST_PAUSE)


def _call(connection: AnyConnection, function: str, **parameters: object) -> object:
    """Call a function in a transaction of its own; session locks and settings outlive it."""
    with own_settings.transaction(connection):
        found: object = scalar(connection, function, parameters)
        return found


def _release(connection: AnyConnection, locks: Locks, application_name: str) -> None:
    if is_lost(connection):
        # The session has ended, and its locks with it.
        return
    try:
        connection.rollback()
        with own_settings.transaction(connection):
            rows(connection, SQL.for_driver("lock_release"), locks.parameters)
            rows(connection, _NAME, {"name": application_name})
    # A pool would otherwise give a session that holds the lock to another client.
    except Exception:  # noqa: BLE001 - a pool would lend a session that holds it
        if is_of_driver(connection):
            connection.close()
        else:
            connection.invalidate()


def _busy(holders: tuple[Backend, ...]) -> MigratorLockError:
    return MigratorLockError(
        f"another migrator is at work: {backends.described(holders) or 'it has just ended'}",
        remedy=with_program(
            "try again when it has finished, raise $wait_timeout, or end it:"
            " SELECT pg_terminate_backend(pid)"
        ),
    )


def _refuse_read_only(*, is_standby: bool, is_read_only: bool) -> None:
    if is_standby:
        raise DatabaseRefusedError(
            "the server is a standby, which only reads",
            remedy=with_program("connect to the primary server: $host, $port"),
            sqlstate="25006",
        )
    if is_read_only:
        raise DatabaseRefusedError(
            "transactions are read-only here (default_transaction_read_only)",
            remedy="migrate with a role, on a database and server, for which it is off",
            sqlstate="25006",
        )


def _holders(connection: AnyConnection, number: int) -> tuple[Backend, ...]:
    sql = SQL.for_driver("lock_holders")
    return backends.from_rows(rows(connection, sql, {"space": SPACE, "number": number}))
