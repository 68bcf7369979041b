"""Connection poolers between us and the server, such as PgBouncer.

A pooler that lends a server session for one transaction at a time breaks what a migration relies
on: a lock of the session would stay with the server session, and with the next client that gets it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Final, NoReturn, TypeAlias

from schemaproof.connection import own_settings
from schemaproof.connection.diagnostics import ends_session
from schemaproof.connection.raw_sql import AnyConnection, is_of_driver, scalar
from schemaproof.errors import MigratorLockError
from schemaproof.program import with_program

Connect: TypeAlias = Callable[[], AbstractContextManager[AnyConnection]]
"""A function that opens a connection, which is closed at the end of the block."""
_PID: Final = "SELECT pg_catalog.pg_backend_pid()"
_REMEDY: Final = "connect to the server itself, or to a pool in session mode: $host, $port"


def refuse_shared_sessions(connection: AnyConnection, connect: Connect) -> None:
    """Raise an error if a pooler makes connections share server sessions.

    Args:
        connection: The connection, outside a transaction, so that a pooler may lend its server
            session to another client.
        connect: The function that opens another connection to the same database.

    Raises:
        MigratorLockError: There is a pooler in transaction or statement mode.
    """
    told = _told(connection)
    pid = _served_by(connection)
    # A pooler does not tell its clients the number of the server process.
    if told is None or told == pid:
        return
    with connect() as another:
        try:
            other = scalar(another, _PID)
            # At this moment the other connection is in a transaction.
            again = _served_by(connection)
        except Exception as error:
            if not ends_session(error):
                raise
            _refuse()  # In statement mode a pooler refuses transactions.
    if pid == other or pid != again:
        _refuse()


def _told(connection: AnyConnection) -> int | None:
    """Return the process of the session, as the server reported it when connecting."""
    known: Any = connection
    if not is_of_driver(connection):
        known = connection.connection.driver_connection
    if hasattr(known, "get_server_pid"):
        # The driver is asyncpg.
        return int(known.get_server_pid())
    return None if known is None else int(known.info.backend_pid)


def _served_by(connection: AnyConnection) -> int:
    with own_settings.transaction(connection):
        return int(scalar(connection, _PID) or 0)


def _refuse() -> NoReturn:
    raise MigratorLockError(
        "a connection pooler (such as PgBouncer) in transaction mode is in front of the server:"
        " it lends one"
        " server session to many clients, so no lock can be held",
        remedy=with_program(_REMEDY),
    )
