"""Translate errors of asyncpg that do not pass through SQLAlchemy."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from core.errors import DataAccessError
from core.session_errors import command_timeout
from schemaproof import ends_session


@contextmanager
def wrapped_errors(connection: Connection, statement: str) -> Iterator[None]:
    """Wrap errors of the driver as SQLAlchemy does; discard a lost connection.

    COPY needs this, because SQLAlchemy does not support it; server-side cursors need it, because
    SQLAlchemy does not wrap their errors.

    Args:
        connection: The synchronous connection on top of the driver.
        statement: The SQL that the error names as its statement.

    Raises:
        DBAPIError: The driver or the server refused something.
    """
    dbapi: Any = connection.dialect.loaded_dbapi
    try:
        yield
    except DataAccessError:
        raise
    except (dbapi.asyncpg.PostgresError, dbapi.asyncpg.InterfaceError, OSError) as error:
        lost = connection.invalidated or ends_session(error) or _is_closed(connection)
        if (lost or isinstance(error, TimeoutError)) and not connection.invalidated:
            connection.invalidate(error)
        if isinstance(error, TimeoutError):
            raise command_timeout(error, statement) from error
        refusal = dbapi.DatabaseError(str(error), error)
        # The translation of errors reads the SQLSTATE and the constraint from the driver's error.
        refusal.__cause__ = error
        raise DBAPIError.instance(
            statement,
            None,
            refusal,
            dbapi.Error,
            connection_invalidated=lost,
            dialect=connection.dialect,
        ) from error


def _is_closed(connection: Connection) -> bool:
    driver: Any = connection.connection.driver_connection
    return bool(driver.is_closed())
