"""Queries that one session asks again and again: the server plans each of them once.

Planning the catalog queries takes longer than running them. A prepared statement belongs to the
session (manual, PREPARE): this is for whoever keeps one, and not for a connection through a pooler.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any, Final

from sqlalchemy import Connection, CursorResult, TextClause, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import SQLAlchemyError

_KEPT: Final = "monps.prepared"
_VERBATIM: Final = {"no_parameters": True}


@contextmanager
def plans_kept(connection: Connection) -> Iterator[None]:
    """Have :func:`execute` prepare what it executes, for as long as the block lasts."""
    # Of the driver's connection: as they do, it outlives a transaction that is rolled back.
    info = connection.info
    kept: set[str] = info.setdefault(_KEPT, set())
    try:
        yield
    finally:
        info.pop(_KEPT, None)
        within = connection.in_transaction()
        with suppress(SQLAlchemyError):  # the session may be gone, or its transaction failed
            for name in kept:
                connection.exec_driver_sql(f"DEALLOCATE {name}")
            if not within:
                connection.rollback()


def execute(
    connection: Connection, name: str, query: TextClause, parameters: Mapping[str, Any]
) -> CursorResult[Any]:
    """Execute a query, prepared where the session keeps plans.

    Args:
        connection: The session.
        name: A name of this query alone.
        query: The query; its parameters stand where PostgreSQL can tell their types.
        parameters: Their values.
    """
    kept: set[str] | None = connection.info.get(_KEPT)
    if kept is None:
        return connection.execute(query, parameters)
    prepared = f"monps_{name}"
    prepare, execution = _statements(prepared, query)
    if prepared not in kept:
        connection.exec_driver_sql(prepare, execution_options=_VERBATIM)
        kept.add(prepared)
    return connection.execute(execution, parameters)


@cache
def _statements(name: str, query: TextClause) -> tuple[str, TextClause]:
    dialect = postgresql.dialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
    compiled = query.compile(dialect=dialect)
    names = compiled.positiontup or []
    given = f"({', '.join(f':{one}' for one in names)})" if names else ""
    statement = str(compiled).strip().removesuffix(";")
    return f"PREPARE {name} AS {statement}", text(f"EXECUTE {name}{given}")
