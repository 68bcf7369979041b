"""Statements for every model."""

from collections.abc import Mapping
from typing import Any, TypeVar

from sqlalchemy import Column, Select, Table, func, inspect, select

from models import Base
from repositories import values
from repositories.statements.names import qualified_name

M = TypeVar("M", bound=Base)


def page(model: type[M], *, skip: int, limit: int) -> Select[M]:
    """Select at most ``limit`` rows by primary key, after the first ``skip``."""
    return ordered(model).offset(values.skip(skip)).limit(values.limit(limit))


def by_field(model: type[M], field: str, value: Any) -> Select[M]:
    """Select the rows in which a field has a value (None: IS NULL), by primary key."""
    column = values.model_column(model, field)
    if value is not None:
        values.check_value(column, value)
    return ordered(model).where(column == value)


def by_id(model: type[M], id_: Any) -> Select[M]:
    """Select the row with a primary key."""
    (column,) = primary_key(model)
    values.check_value(column, id_)
    return select(model).where(column == id_)


def by_fields(model: type[M], fields: Mapping[str, Any]) -> Select[M]:
    """Select the rows in which all given fields have the given values, by primary key."""
    statement = ordered(model)
    for field, value in fields.items():
        column = values.model_column(model, field)
        if value is not None:
            values.check_value(column, value)
        statement = statement.where(column == value)
    return statement


def count(model: type[Base]) -> Select[int]:
    """Select the number of rows."""
    return select(func.count()).select_from(model)


def ordered(model: type[M]) -> Select[M]:
    """Select all rows, by primary key."""
    return select(model).order_by(*primary_key(model))


def primary_key(model: type[Base]) -> tuple[Column[Any], ...]:
    """Return the columns of the primary key."""
    return inspect(model).primary_key  # type: ignore[return-value]


def move_sequence(table: Table) -> Select[int]:
    """Make generated keys continue after the largest one; a rollback does not undo it."""
    (key,) = (column for column in table.columns if column.identity is not None)
    sequence = func.pg_get_serial_sequence(qualified_name(table), key.name)
    largest = select(func.max(key).label("id")).subquery()
    return select(func.setval(sequence, largest.c.id)).where(
        largest.c.id > func.coalesce(func.pg_sequence_last_value(sequence), 0)
    )
