"""SQL text, run on SQLAlchemy's connection or on the driver's own.

A check needs no more than the driver: importing SQLAlchemy takes longer than checking.
"""

from __future__ import annotations

from collections import namedtuple
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

from schemaproof.connection import asyncpg_sql

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Connection
    from typing_extensions import TypeIs

# The first is STATUS_BEGIN of psycopg2.extensions, the second TRANSACTION_STATUS_IDLE of libpq.
_BEGUN: Final = 2
_IDLE: Final = 0


class DriverConnection(Protocol):
    """The methods of psycopg2's connection that are used; SQLAlchemy's has no ``cursor``."""

    autocommit: bool
    closed: int
    server_version: int

    def cursor(self) -> Any:
        """Return a cursor."""

    def commit(self) -> None:
        """Commit the transaction."""

    def rollback(self) -> None:
        """Roll back the transaction."""

    def get_parameter_status(self, parameter: str) -> str | None:
        """Return a parameter that the server reported, without a statement."""

    def set_client_encoding(self, encoding: str) -> None:
        """Change the encoding of the session."""

    def close(self) -> None:
        """Close the session."""


AnyConnection: TypeAlias = "Connection | DriverConnection"
Row: TypeAlias = dict[str, Any]


def is_of_driver(connection: AnyConnection) -> TypeIs[DriverConnection]:
    """Whether a connection is the driver's own."""
    # isinstance() with a protocol looks up each of its members, which takes noticeable time in a
    # migration.
    return hasattr(connection, "cursor")


def rows(
    connection: AnyConnection, sql: str, parameters: Mapping[str, Any] | None = None
) -> list[Row]:
    """Run a statement within the current transaction, and return its rows by column.

    Args:
        connection: The connection of SQLAlchemy, or of the driver.
        sql: SQL with parameters in the driver's style, ``%(name)s``; verbatim when there are none.
        parameters: The values of the parameters; None for SQL without any, sent unchanged.
    """
    names, found = _fetched(connection, sql, parameters)
    return [dict(zip(names, row, strict=True)) for row in found]


def records(
    connection: AnyConnection, sql: str, parameters: Mapping[str, Any] | None = None
) -> list[Any]:
    """Like :func:`rows`, but each row is a named tuple; dicts take twice as long."""
    names, found = _fetched(connection, sql, parameters)
    if not found:
        return []
    make = _record(tuple(names))._make
    return [make(row) for row in found]


@cache
def _record(names: tuple[str, ...]) -> Any:
    return namedtuple("record", names)  # noqa: PYI024 - the query names them


def _fetched(
    connection: AnyConnection, sql: str, parameters: Mapping[str, Any] | None
) -> tuple[list[str], Sequence[Any]]:
    if is_of_driver(connection):
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            if cursor.description is None:
                return [], ()
            return [column.name for column in cursor.description], cursor.fetchall()
    if connection.dialect.driver == "asyncpg":
        return asyncpg_sql.fetched(connection, sql, parameters)
    found = connection.exec_driver_sql(
        sql,
        None if parameters is None else dict(parameters),
        execution_options={"no_parameters": parameters is None},
    )
    return ([*found.keys()], found.all()) if found.returns_rows else ([], ())


def scalar(connection: AnyConnection, sql: str, parameters: Mapping[str, Any] | None = None) -> Any:
    """Like :func:`rows`, but returns the first value of the first row; None without a row."""
    _, found = _fetched(connection, sql, parameters)
    return found[0][0] if found else None


def is_lost(connection: AnyConnection) -> bool:
    """Whether the session is gone."""
    return bool(connection.closed if is_of_driver(connection) else connection.invalidated)


def server_version(connection: AnyConnection) -> int:
    """Return the version of the server as libpq counts it: 180004 for 18.4."""
    if not is_of_driver(connection):
        # SQLAlchemy reads the version when it first connects, with any driver.
        major, minor, *_ = *(connection.dialect.server_version_info or ()), 0, 0
        return int(major) * 10_000 + int(minor)
    # A connection of a pool wraps the driver's.
    known: Any = getattr(connection, "driver_connection", connection)
    # psycopg and psycopg2 have the version in different attributes.
    version: int = getattr(known, "server_version", None) or known.info.server_version
    return version


def server_major(connection: AnyConnection) -> int:
    """Return the major version of the server."""
    return server_version(connection) // 10_000


@contextmanager
def rolled_back(connection: AnyConnection) -> Iterator[None]:
    """Run a transaction that is rolled back at the end."""
    if is_of_driver(connection):
        try:
            yield
        finally:
            if not connection.closed:  # The connection may have been closed on an interruption.
                connection.rollback()
        return
    with connection.begin() as transaction:
        yield
        transaction.rollback()


def begin_again(connection: Connection) -> None:
    """Begin a transaction after SQL (``COMMIT``) has ended the one that psycopg2 still assumes.

    Other drivers ask the session, and begin one by themselves.
    """
    driver_connection: Any = connection.connection.driver_connection
    is_begun = getattr(driver_connection, "status", None) == _BEGUN
    if is_begun and driver_connection.info.transaction_status == _IDLE:
        with driver_connection.cursor() as cursor:
            cursor.execute("BEGIN")
