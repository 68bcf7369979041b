"""Defaults and identities of columns: the engine says which differ, and how they are."""

from __future__ import annotations

import copy
from typing import Any, Iterator

from alembic.operations.ops import AlterColumnOp, ModifyTableOps
from sqlalchemy import DefaultClause, Identity, text

from .asked_operations import Asked

_ASPECTS = frozenset(("default", "identity"))


def write_changes(container: Any, asked: Asked, tables: list[Any]) -> None:
    """Have the columns altered whose default or identity differs.

    Args:
        container: The operations of the upgrade, which may alter the column already.
        asked: What differs.
        tables: Those of the models.
    """
    columns = {
        (table.schema or asked.default_schema, str(table.name), str(column.name)): column
        for table in tables
        for column in table.columns
    }
    for one in asked.of_kinds(_ASPECTS, frozenset(("column",))):
        column = columns.get(tuple(one["names"]))
        if column is None or type(column.server_default).__name__ == "Computed":
            continue
        altered = _altered(container, column)
        if one["aspect"] == "identity":
            before: Any = one["before"] and Identity(always=one["before"] == "ALWAYS")
        else:
            before = one["before"] and DefaultClause(text(one["before"].replace(":", r"\:")))
        if before or altered.existing_server_default is False:
            altered.existing_server_default = before or None
        altered.modify_server_default = column.server_default


def _altered(container: Any, column: Any) -> Any:
    """Return the operation that alters a column; a new one where there is none."""
    table = column.table
    for one in _operations(container):
        is_it = type(one).__name__ == "AlterColumnOp" and one.column_name == column.name
        if is_it and (one.schema, one.table_name) == (table.schema, table.name):
            return one
    made = AlterColumnOp(
        table.name,
        column.name,
        schema=table.schema,
        existing_type=column.type,
        existing_nullable=column.nullable,
    )
    container.ops.append(ModifyTableOps(table.name, [made], schema=table.schema))
    return made


def _operations(container: Any) -> Iterator[Any]:
    for one in container.ops:
        if hasattr(one, "ops"):
            yield from _operations(one)
        else:
            yield one


def require_first(container: Any) -> None:
    """Make a column NOT NULL before it becomes an identity, and an identity none before NULL.

    Alembic writes one operation for both, in the order that PostgreSQL refuses.
    """
    written: list[Any] = []
    for one in container.ops:
        if hasattr(one, "ops"):
            require_first(one)
        elif (
            type(one).__name__ == "AlterColumnOp"
            and isinstance(one.modify_server_default, Identity)
            and one.modify_nullable is False
        ):
            first = copy.copy(one)
            first.modify_server_default = False
            first.existing_server_default = False
            first.modify_type = None
            written.append(first)
            one.modify_nullable, one.existing_nullable = None, False
        written.append(one)
    container.ops[:] = written
