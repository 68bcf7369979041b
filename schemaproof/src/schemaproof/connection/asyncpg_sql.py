"""Run SQL in psycopg2's style through asyncpg, with result values as psycopg2 returns them.

asyncpg numbers its parameters, takes one statement at a time, and returns some types differently:
texts of one byte ("char") as bytes, JSON as text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from sqlalchemy import Connection

_PARAMETER: Final = re.compile(r"%\((\w+)\)s|%%")
# The keys are oids of types (pg_type.dat): "char", json, jsonb.
_READ: Final[dict[int, Callable[[Any], Any]]] = {
    18: lambda value: value.decode() if isinstance(value, bytes) else value,
    114: lambda value: json.loads(value) if isinstance(value, str) else value,
    3802: lambda value: json.loads(value) if isinstance(value, str) else value,
}


def fetched(
    connection: Connection, sql: str, parameters: Mapping[str, Any] | None
) -> tuple[list[str], Sequence[Any]]:
    """Run SQL within the current transaction.

    Args:
        connection: A connection of asyncpg.
        sql: SQL with parameters as ``%(name)s``; verbatim when there are none.
        parameters: The values of the parameters; None for none.

    Returns:
        The names of the columns, and the rows of the last statement.
    """
    if parameters is None:
        *before, last = sql.split("; SET ") if sql.startswith("SET ") else [sql]
        for number, one in enumerate(before):
            connection.exec_driver_sql(f"SET {one}" if number else one)
        return _result(connection, f"SET {last}" if before else last, ())
    names: dict[str, int] = {}

    def numbered(found: re.Match[str]) -> str:
        return "%" if found[1] is None else f"${names.setdefault(found[1], len(names) + 1)}"

    statement = _PARAMETER.sub(numbered, sql)
    return _result(connection, statement, tuple(parameters[name] for name in names))


def _result(
    connection: Connection, sql: str, values: tuple[Any, ...]
) -> tuple[list[str], Sequence[Any]]:
    found = connection.exec_driver_sql(sql, values or None)
    if not found.returns_rows:
        return [], ()
    cursor: Any = found.cursor
    described = cursor.description if cursor is not None else ()
    readers = [_READ.get(one[1], _as_it_is) for one in described]
    rows = [
        tuple(read(value) for read, value in zip(readers, row, strict=True)) for row in found.all()
    ]
    return [*found.keys()], rows


def _as_it_is(value: Any) -> Any:
    return value


def begin_again(connection: Connection) -> None:
    """Begin a transaction after a statement (COMMIT) has ended the one that the driver assumes.

    Other drivers notice the end before the next statement; asyncpg does not.
    """
    if connection.dialect.driver != "asyncpg":
        return
    # SQLAlchemy's adapter begins a transaction with the first statement, if it knows of none.
    connection.exec_driver_sql("SELECT")
    there: Any = connection.connection.driver_connection
    if not there.is_in_transaction():
        connection.exec_driver_sql("BEGIN")
