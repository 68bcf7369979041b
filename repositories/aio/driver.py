"""What asyncpg raises where SQLAlchemy does not stand in between."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from core.errors import DataAccessError
from core.session_errors import command_timeout
from schemaproof import ends_session


@asynccontextmanager
async def wrapped_errors(connection: AsyncConnection, statement: str) -> AsyncIterator[None]:
    """Raise errors of the driver as SQLAlchemy does; a lost connection is given up.

    Needed for a COPY, of which SQLAlchemy does not know, and for the rows of a cursor of the
    server, whose errors it hands on as they are.

    Args:
        connection: The connection that the driver uses.
        statement: What the error is said to be about.

    Raises:
        DBAPIError: The driver or the server refused something.
    """
    dbapi: Any = connection.dialect.loaded_dbapi
    try:
        yield
    except DataAccessError:
        raise
    except (dbapi.asyncpg.PostgresError, dbapi.asyncpg.InterfaceError, OSError) as error:
        lost = connection.invalidated or ends_session(error) or await _is_closed(connection)
        if lost and not connection.invalidated:
            await connection.invalidate(error)
        if isinstance(error, TimeoutError):
            if not connection.invalidated:
                await connection.invalidate(error)
            raise command_timeout(error, statement) from error
        refusal = dbapi.DatabaseError(str(error), error)
        refusal.__cause__ = error  # which knows more
        raise DBAPIError.instance(
            statement,
            None,
            refusal,
            dbapi.Error,
            connection_invalidated=lost,
            dialect=connection.dialect,
        ) from error


async def _is_closed(connection: AsyncConnection) -> bool:
    driver: Any = (await connection.get_raw_connection()).driver_connection
    return bool(driver.is_closed())
