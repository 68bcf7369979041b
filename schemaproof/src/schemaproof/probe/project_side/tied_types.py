"""Foreign keys whose columns change their types on both sides.

Between the two changes PostgreSQL may have no operator that compares the columns (``uuid`` and
``text``). Such a foreign key is dropped before, and added again after both.
"""

from __future__ import annotations

import json
from typing import Any, Iterator

from sqlalchemy.exc import DBAPIError

from .column_queries import FOREIGN_KEYS
from .safe_steps import Table
from .tables_there import TablesThere, unquoted

_APART = (
    "it is dropped while the types of its columns change, and added again after that; rows that are"
    " written meanwhile can break it, and would fail its validation"
)


def make_apart(there: TablesThere, operations: list[Any]) -> None:
    """Drop foreign keys for the time in which their columns cannot be compared.

    Args:
        there: The tables before the change.
        operations: The change.
    """
    types = {
        (there.key(one), str(one.column_name)): tuple(
            str(type_.compile(dialect=there.dialect))
            for type_ in (one.existing_type, one.modify_type)
        )
        for one in operations
        if type(one).__name__ == "AlterColumnOp" and one.modify_type is not None
    }
    found = {}
    for table in sorted({table for table, _ in types if there.existing([table])}):
        for row in there.rows(FOREIGN_KEYS, table):
            own = (row["schema"], row["table"])
            # The columns of one table swap their names together.
            is_apart = (
                not row["inbound"] or not there.has_key(own) or there.is_partitioned_name(own)
            )
            if row["own"] and is_apart and row["name"] not in there.dropped_parts(own):
                found[(own, row["name"])] = row
    for (own, name), row in found.items():
        if not all(_is_comparable(there, *pair) for pair in _pairs(row, own, types)):
            there.make_apart(there.foreign_key(own, row))
            there.notes.append(f"{'.'.join((*own, name))}: {_APART}")


def _pairs(
    row: Any, own: Table, types: dict[tuple[Table, str], tuple[str, ...]]
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Yield the old and the new types of columns that both change."""
    other = (row["of_schema"], row["of_table"])
    names = (map(unquoted, json.loads(row[key])) for key in ("columns", "others"))
    for column, referenced in zip(*names):
        one, two = types.get((own, column)), types.get((other, referenced))
        if one and two:
            yield one, two


def _is_comparable(there: TablesThere, own: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether a foreign key works while only one of the columns has its new type."""
    connection = there.context.connection
    savepoint = connection.begin_nested()
    try:
        for sql in (
            *there.created_first,
            "CREATE TEMPORARY TABLE schemaproof_keys (old {} UNIQUE, new {} UNIQUE)".format(*other),
            "CREATE TEMPORARY TABLE schemaproof_references (old {} REFERENCES schemaproof_keys"
            " (new), new {} REFERENCES schemaproof_keys (old))".format(*own),
        ):
            connection.exec_driver_sql(sql.replace("%", "%%"))
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        return False
    finally:
        savepoint.rollback()
    return True
