"""Generate rows for every table of a snapshot that satisfy all of its constraints.

PostgreSQL evaluates whether a candidate value passes the CHECK constraints of the column.
"""

import re
from collections.abc import Iterator

from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor  # noqa: N812 -- as the class it is

from schemaproof.schema.database_objects import Column, Relation, Schema, Snapshot

ROWS = 20
CANDIDATES = {
    "integer": ["1"],
    "bigint": ["1"],
    "double precision": ["0.5", "1.5", "50"],
    "boolean": ["false", "true"],
    "timestamp with time zone": ["2026-01-10 15:00+00"],
    "jsonb": ['{"a": [1]}', "[1]"],
    "character varying": ["é%\\'{n}"],
    "text": ["text {n}"],
}


def fill(cursor: Cursor, snapshot: Snapshot) -> None:
    """Insert rows into every empty table, in an order that foreign keys allow.

    In a table with rows, columns without values are filled.
    """
    for schema, table in _in_order(snapshot):
        name = sql.Identifier(schema.name, table.name)
        cursor.execute(sql.SQL("SELECT EXISTS (SELECT FROM {})").format(name))
        if cursor.fetchone() == (True,):
            _fill_columns(cursor, schema, table)
            continue
        columns = [column for column in table.columns if column.identity is None]
        chosen = {column.name: _candidate(cursor, table, column) for column in columns}
        for number in range(1, ROWS + 1):
            cursor.execute(
                sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
                    name,
                    sql.SQL(", ").join(sql.Identifier(column.name) for column in columns),
                    sql.SQL(", ").join(
                        _value(table, column, chosen[column.name], number) for column in columns
                    ),
                )
            )


def _fill_columns(cursor: Cursor, schema: Schema, table: Relation) -> None:
    name = sql.Identifier(schema.name, table.name)
    for column in table.columns:
        field = sql.Identifier(column.name)
        cursor.execute(sql.SQL("SELECT bool_and({} IS NULL) FROM {}").format(field, name))
        if cursor.fetchone() == (True,):
            value = _value(table, column, _candidate(cursor, table, column), 1)
            cursor.execute(sql.SQL("UPDATE {} SET {} = {}").format(name, field, value))


def _in_order(snapshot: Snapshot) -> Iterator[tuple[Schema, Relation]]:
    """Return the tables, with foreign keys last; none of ours refers to such a table."""
    every = [(schema, table) for schema in snapshot.schemas for table in schema.relations]
    yield from sorted(every, key=lambda one: bool(_references(one[1])))


def _references(table: Relation) -> dict[str, int]:
    """Return the columns of foreign keys, numbered so that two of a row refer to different rows."""
    found = [re.match(r"FOREIGN KEY \((\w+)\)", str(one.definition)) for one in table.constraints]
    return {match[1]: place for place, match in enumerate(match for match in found if match)}


def _candidate(cursor: Cursor, table: Relation, column: Column) -> str:
    checks = [
        str(one.definition).removeprefix("CHECK ")
        for one in table.constraints
        if one.kind == "check" and re.search(rf"\b{column.name}\b", str(one.definition))
    ]
    if column.name in _references(table):
        return "1"
    literals: list[str] = [
        text for check in checks for text in re.findall(r"'([^']+)'::character", check)
    ]
    candidates: list[str] = [*literals, *CANDIDATES[column.type]]
    for candidate in candidates:
        cursor.execute(
            sql.SQL("SELECT bool_and(passes) IS NOT FALSE FROM ({}) AS c (passes)").format(
                sql.SQL(" UNION ALL ").join(
                    sql.SQL("SELECT {} FROM (SELECT {}::{}) AS t ({})").format(
                        sql.SQL(check),
                        sql.Literal(candidate),
                        sql.SQL(column.type),
                        sql.Identifier(column.name),
                    )
                    for check in (*checks, "(true)")
                )
            )
        )
        if cursor.fetchone() == (True,):
            return candidate
    raise AssertionError(f"no value passes {checks}")


def _value(table: Relation, column: Column, candidate: str, number: int) -> sql.Composable:
    """Return a value that varies by row, and sometimes null where the column allows it."""
    references = _references(table)
    if column.name in references:
        return sql.Literal((number + references[column.name]) % ROWS + 1)
    if column.nullable and number % 5 == 0:
        return sql.SQL("NULL")
    if column.type == "boolean" and column.name.startswith("is_"):
        return sql.Literal(number % 2 == 0)
    text = candidate.replace("{n}", str(number))
    return sql.SQL("{}::{}").format(sql.Literal(text), sql.SQL(column.type))
