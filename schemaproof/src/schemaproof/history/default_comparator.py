"""Whether two defaults of a column differ: ``compare_server_default`` of ``context.configure``.

Alembic asks PostgreSQL whether both values are equal, which fails where a type has no ``=`` (json),
or two types have none in common (jsonb and text).
"""

from __future__ import annotations

from typing import Any

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Column, DefaultClause, Text, cast, literal, literal_column, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.elements import ColumnElement


def differs(
    context: MigrationContext,
    inspected: Column[Any],
    declared: Column[Any],
    there: str | None,
    default: Any,
    rendered: str | None,
) -> bool | None:
    """Compare the default of a column with that of its model, both converted to the column's type.

    Args:
        context: The context of Alembic, whose connection compares the values.
        inspected: The column as it is.
        declared: The column as the models have it.
        there: The default of the column in the database, as PostgreSQL prints it.
        default: The default of the column in the models.
        rendered: The default of the models as SQL, or the text of a constant.

    Returns:
        Whether the defaults differ; None where Alembic decides: one column has no default, or the
        column is a serial.
    """
    is_serial = declared.table.autoincrement_column is declared
    if there is None or rendered is None or not isinstance(default, DefaultClause) or is_serial:
        return None
    if there == rendered:
        return False
    if _base_type(context, inspected) != _base_type(context, declared):
        return True
    is_text = isinstance(default.arg, str)
    wanted: ColumnElement[Any] = literal(rendered, Text) if is_text else literal_column(rendered)
    prints = (cast(cast(one, inspected.type), Text) for one in (literal_column(there), wanted))
    try:
        with context.connection.begin_nested():  # type: ignore[union-attr]
            return not context.connection.scalar(select(next(prints) == next(prints)))  # type: ignore[union-attr]
    except DBAPIError:
        return True


def _base_type(context: MigrationContext, column: Column[Any]) -> str:
    return str(column.type.compile(context.dialect)).partition("(")[0]
