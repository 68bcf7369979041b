"""Add operations for columns whose default or identity differs."""

from __future__ import annotations

import copy
from typing import Any, Callable

from alembic.operations.ops import AlterColumnOp, ExecuteSQLOp, ModifyTableOps
from sqlalchemy import DefaultClause, Identity, text

from .asked_operations import Asked
from .operation_walk import operations_in

_ASPECTS = frozenset(("default", "identity"))


def write_changes(container: Any, asked: Asked, tables: list[Any]) -> None:
    """Alter the columns whose default or identity differs.

    Args:
        container: The operations of the upgrade, which may alter the column already.
        asked: The changes.
        tables: The tables of the models.
    """
    columns = {
        (table.schema or asked.default_schema, str(table.name), str(column.name)): column
        for table in tables
        for column in table.columns
    }
    for one in asked.about_kinds(_ASPECTS, frozenset(("column",))):
        column = columns.get(tuple(one["names"]))
        if column is None or type(column.server_default).__name__ == "Computed":
            continue
        altered = _altered(container, column)
        if one["aspect"] == "identity":
            before: Any = one["before"] and Identity(always=one["before"] == "ALWAYS")
        else:
            before = one["before"] and _clause(one["before"])
        if before or altered.existing_server_default is False:
            altered.existing_server_default = before or None
        altered.modify_server_default = column.server_default
        if column.server_default is None and one["aspect"] == "default" and one["after"]:
            # The default takes its value from a sequence, as serial does.
            altered.modify_server_default = _clause(one["after"])
        if "nullability" in asked.column_aspects(column):
            # Alembic does not compare the nullability of an identity column.
            altered.modify_nullable, altered.existing_nullable = (
                column.nullable,
                not column.nullable,
            )


def _clause(sql: str) -> Any:
    return DefaultClause(text(sql.replace(":", r"\:")))


def _altered(container: Any, column: Any) -> Any:
    """Return the operation that alters a column; a new one where there is none."""
    table = column.table
    for one in operations_in(container):
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


def put_in_order(container: Any, quote: Callable[[str], str]) -> None:
    """Order the changes of an identity as PostgreSQL requires.

    A column must be NOT NULL before it becomes an identity column, and must lose its identity
    before it may be NULL. Alembic writes one operation for both, in the order that PostgreSQL
    refuses. A revision does not say that the old default was an identity, so Alembic would write
    DROP DEFAULT instead of DROP IDENTITY.

    Args:
        container: The operations.
        quote: The function that quotes a name as SQL does.
    """
    written: list[Any] = []
    for one in container.ops:
        if hasattr(one, "ops"):
            put_in_order(one, quote)
        if type(one).__name__ == "AlterColumnOp":
            written.extend(_parts(one, quote))
        else:
            written.append(one)
    container.ops[:] = written


def _parts(one: Any, quote: Callable[[str], str]) -> list[Any]:
    was, becomes = one.existing_server_default, one.modify_server_default
    if becomes is False or (not isinstance(was, Identity) and not isinstance(becomes, Identity)):
        return [one]
    rest = copy.copy(one)
    rest.modify_server_default = rest.existing_server_default = False
    parts = [rest] if rest.has_changes() else []
    if not isinstance(was, Identity):
        one.modify_type = one.modify_nullable = None
        one.modify_comment = False
        one.existing_nullable = False
        return [*parts, one]
    action = "DROP IDENTITY"
    if isinstance(becomes, Identity):
        action = "SET GENERATED " + ("ALWAYS" if becomes.always else "BY DEFAULT")
    table = ".".join(quote(name) for name in (one.schema, one.table_name) if name)
    sql = f"ALTER TABLE {table} ALTER COLUMN {quote(one.column_name)} {action}"
    if becomes is not None and not isinstance(becomes, Identity):
        rest.modify_server_default = becomes
        parts = [rest]
    return [ExecuteSQLOp(sql.replace(":", r"\:")), *parts]
