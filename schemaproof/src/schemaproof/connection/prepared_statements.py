"""Prepare queries that one session repeats, so that the server plans each of them once.

Planning the catalog queries takes longer than running them. A prepared statement belongs to the
session (manual, PREPARE): so this is not for connections through a pooler.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from psycopg2.extensions import connection as driver_connection

from schemaproof.connection import raw_sql
from schemaproof.connection.raw_sql import AnyConnection, Row, is_of_driver

if TYPE_CHECKING:
    from sqlalchemy import Connection

_KEPT: Final = "schemaproof.prepared"


class PreparingConnection(driver_connection):  # type: ignore[misc]
    """A session of the driver's in which the queries of this module are prepared.

    Attributes:
        prepared: The names of the prepared queries.
    """

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.prepared: set[str] = set()


@contextmanager
def kept(connection: Connection) -> Iterator[None]:
    """Prepare the queries of this module until the block ends."""
    from sqlalchemy.exc import SQLAlchemyError

    if connection.dialect.driver != "psycopg2":  # Other drivers prepare statements themselves.
        yield
        return
    # The driver's connection keeps the names, because prepared statements outlive a transaction
    # that is rolled back.
    info = connection.info
    names: set[str] = info.setdefault(_KEPT, set())
    try:
        yield
    finally:
        info.pop(_KEPT, None)
        within = connection.in_transaction()
        with suppress(SQLAlchemyError):
            # The session may be closed, or its transaction may have failed.
            for name in names:
                raw_sql.rows(connection, f"DEALLOCATE {name}")
            if not within:
                connection.rollback()


def keep_none(connection: AnyConnection) -> None:
    """Prepare no queries from now on: the session may have lost its prepared statements."""
    if not is_of_driver(connection):
        connection.info.pop(_KEPT, None)


def rows(
    connection: AnyConnection, name: str, sql: str, parameters: Mapping[str, Any]
) -> list[Row]:
    """Return the rows of a query, prepared if the session keeps prepared statements.

    Args:
        connection: The connection.
        name: A name of this query alone.
        sql: The query in the driver's style; PostgreSQL must be able to infer the types of its
            parameters.
        parameters: The values of the parameters.
    """
    return raw_sql.rows(connection, _planned(connection, name, sql), parameters)


def records(
    connection: AnyConnection, name: str, sql: str, parameters: Mapping[str, Any]
) -> list[Any]:
    """Like :func:`rows`, but each row is a named tuple."""
    return raw_sql.records(connection, _planned(connection, name, sql), parameters)


def _planned(connection: AnyConnection, name: str, sql: str) -> str:
    names = _names(connection)
    if names is None:
        return sql
    prepared = f"schemaproof_{name}"
    prepare, execute = _statements(prepared, sql)
    if prepared not in names:
        raw_sql.rows(connection, prepare)
        names.add(prepared)
    return execute


def _names(connection: AnyConnection) -> set[str] | None:
    """Return the names of the prepared statements; None where the session keeps none."""
    if isinstance(connection, PreparingConnection):
        return connection.prepared
    return None if is_of_driver(connection) else connection.info.get(_KEPT)


@cache
def _statements(name: str, sql: str) -> tuple[str, str]:
    numbered = _Numbered()
    prepared = sql.strip().removesuffix(";") % numbered
    given = f"({', '.join(f'%({one})s' for one in numbered)})" if numbered else ""
    return f"PREPARE {name} AS {prepared}", f"EXECUTE {name}{given}"


class _Numbered(dict[str, str]):
    """The numbers that replace named parameters, in order of appearance."""

    def __missing__(self, name: str) -> str:
        return self.setdefault(name, f"${len(self) + 1}")
