"""The columns that a bulk write sends, and the key by which existing rows are found."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, Column, ColumnElement, Table, UniqueConstraint, cast, inspect
from sqlalchemy.dialects.postgresql import JSONB

from core.errors import DataAccessError, InvalidArgumentError
from models import Base
from repositories import values
from repositories.statements.base import primary_key


@dataclass(frozen=True)
class Layout:
    """The columns of one bulk write.

    Attributes:
        model: The model of the rows.
        fields: The fields of every row, in the order of the first row.
        key: The columns of the natural key.
    """

    model: type[Base]
    fields: tuple[str, ...]
    key: tuple[Column[Any], ...]

    @property
    def table(self) -> Table:
        """The table that is written to."""
        return inspect(self.model).local_table  # type: ignore[return-value]

    @property
    def columns(self) -> tuple[Column[Any], ...]:
        """The columns of the fields."""
        return tuple(values.model_column(self.model, field) for field in self.fields)

    @property
    def primary_key(self) -> Column[Any]:
        """The generated primary key, which a bulk write never sends."""
        (column,) = primary_key(self.model)
        return column


def natural_key(model: type[Base]) -> tuple[Column[Any], ...]:
    """Return the columns of the model's only unique constraint, which identify a row.

    Raises:
        InvalidArgumentError: The model has none, or several.
    """
    table: Table = inspect(model).local_table  # type: ignore[assignment]
    found = [each for each in table.constraints if isinstance(each, UniqueConstraint)]
    if len(found) != 1:
        raise InvalidArgumentError(
            f"{model.__name__} has no natural key to find rows by",
            remedy="use create or update, row by row",
        )
    return tuple(found[0].columns)


def make_layout(model: type[Base], first: object) -> Layout:
    """Return the layout for the fields of the first row.

    Raises:
        DataAccessError: One of its subclasses; ``position`` is 0.
    """
    key = natural_key(model)
    try:
        fields = _fields(model, first)
        for column in key:
            if column.key not in fields and not column.nullable and column.server_default is None:
                raise InvalidArgumentError(
                    f"{column.table.fullname}.{column.name} is missing",
                    remedy=f"give the natural key: {', '.join(column.key for column in key)}",
                )
    except DataAccessError as error:
        raise located(error, 0) from None
    return Layout(model, fields, key)


def _fields(model: type[Base], row: object) -> tuple[str, ...]:
    if not isinstance(row, Mapping):
        raise not_a_row(row)
    generated = primary_key(model)
    for field in row:
        column = values.model_column(model, field)
        if column in generated or column.system:
            raise InvalidArgumentError(
                f"{model.__name__}.{field} cannot be given",
                remedy="leave it out: the database gives it, rows are found by their natural key",
            )
    return tuple(row)


def comparable(value: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return a value that SQL can compare: ``json`` has no equality (manual, "JSON Types")."""
    is_json = isinstance(value.type, JSON) and not isinstance(value.type, JSONB)
    return cast(value, JSONB) if is_json else value


def not_a_row(row: object) -> InvalidArgumentError:
    """Return the error for a value that is not a row."""
    return InvalidArgumentError(
        f"a {type(row).__name__} is not a row", remedy="give each row as a dict of field and value"
    )


def located(error: DataAccessError, position: int) -> DataAccessError:
    """Add the position of the row to an error."""
    error.message = f"rows[{position}]: {error.message}"
    error.args = (error.message,)
    error.position = position
    return error
