"""Connection poolers between us and the server, such as PgBouncer.

A pooler that lends a server session for one transaction at a time breaks what a migration relies
on: a lock of the session would stay with the server session, and with whoever gets it next.
"""

from typing import Any, Final, NoReturn

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from schemaproof.errors import MigratorLockError

_PID: Final = text("SELECT pg_catalog.pg_backend_pid()")
_REMEDY: Final = "connect to the server itself, or to a pool in session mode: DB_HOST, DB_PORT"


def refuse_shared_sessions(connection: Connection) -> None:
    """Refuse where connections of ours share server sessions.

    Args:
        connection: Outside a transaction, so between two a pooler may lend its session.

    Raises:
        MigratorLockError: A pooler in transaction or statement mode.
    """
    driver_connection = connection.connection.driver_connection
    pid = _served_by(connection)
    # A pooler does not tell a client the number of the server process that serves it.
    if driver_connection is None or _told(driver_connection) == pid:
        return
    with connection.engine.connect() as another:
        try:
            other = another.scalar(_PID)
            again = _served_by(connection)  # while the other one is in a transaction
        except OperationalError:  # statement mode has no transactions
            _refuse()
    if pid == other or pid != again:
        _refuse()


def _told(driver_connection: Any) -> int:
    """Return which process serves the session, as the driver was told when it connected."""
    if hasattr(driver_connection, "get_server_pid"):  # asyncpg
        return int(driver_connection.get_server_pid())
    return int(driver_connection.info.backend_pid)


def _served_by(connection: Connection) -> int:
    with connection.begin():
        return int(connection.scalar(_PID) or 0)


def _refuse() -> NoReturn:
    raise MigratorLockError(
        "a connection pooler (such as PgBouncer) in transaction mode is between: it lends one"
        " server session to many clients, so no lock can be held",
        remedy=_REMEDY,
    )
