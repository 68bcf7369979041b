"""Rows that revisions inserted into an empty database, as statements that insert them again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from schemaproof.connection.raw_sql import AnyConnection, rolled_back, rows
from schemaproof.errors import HistoryError
from schemaproof.rewriting.queries import SQL
from schemaproof.schema.database_objects import Snapshot

MOST: Final = 10_000
"""The largest number of rows of a table that a revision may insert."""
_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class Carried:
    """The rows of a table, or the position of its sequence.

    Attributes:
        name: The table or the sequence, as SQL writes its name.
        count: The number of rows; zero for a sequence.
        statements: The statements that insert the rows, or set the sequence.
    """

    name: str
    count: int
    statements: tuple[str, ...]


def read(connection: AnyConnection, made: Snapshot) -> list[Carried]:
    """Return the rows and sequences of a scratch database.

    Args:
        connection: The connection to the database.
        made: The schema of the database.

    Raises:
        HistoryError: A table has too many rows.
    """
    schemas = [one.name for one in made.schemas]
    known = {where for where, _ in (*made.all_relations(), *made.all_sequences())}
    with rolled_back(connection):
        tables = rows(connection, SQL.for_driver("tables"), {"schemas": schemas})
        found = [_table_rows(connection, **row) for row in tables if row["name"] in known]
        sequences = rows(connection, SQL.for_driver("sequences"), {"schemas": schemas})
    called = [Carried(row["name"], 0, (row["sql"],)) for row in sequences if row["name"] in known]
    return [*(one for one in found if one.count), *called]


def _table_rows(connection: AnyConnection, name: str, columns: str, values: str) -> Carried:
    found = rows(connection, f"SELECT {values} AS values FROM ONLY {name} LIMIT {MOST + 1}")  # noqa: S608
    if len(found) > MOST:
        raise HistoryError(
            f"the revisions insert more than {MOST} rows into {name}",
            remedy="squash up to a revision before that",
        )
    lines = [f"({row['values']})" for row in found]
    return Carried(name, len(lines), tuple(_inserts(name, columns, lines)))


def _inserts(name: str, columns: str, lines: list[str]) -> Iterator[str]:
    for start in range(0, len(lines), _AT_ONCE):
        values = ",\n    ".join(lines[start : start + _AT_ONCE])
        yield f"INSERT INTO {name} ({columns})\n    OVERRIDING SYSTEM VALUE VALUES\n    {values}"
