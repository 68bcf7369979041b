"""Check values before they are sent; the error names the column."""

from functools import cache
from typing import Any, Final, cast

from sqlalchemy import ClauseElement, Column, UniqueConstraint, inspect
from sqlalchemy.types import TypeEngine

from core.errors import InvalidArgumentError, UnknownFieldError
from models import Base
from repositories.validators import is_whole, validate

# PostgreSQL counts rows with a bigint. Its calendar goes back about this many days at least.
_MOST_ROWS: Final = 2**63 - 1
_MOST_DAYS: Final = 1_000_000


def check_row(row: Base) -> None:
    """Check the values of a row that were set since it was read.

    Raises:
        InvalidArgumentError: A value does not fit its column; the message names the column.
    """
    for attribute in inspect(type(row)).column_attrs:
        for value in inspect(row).attrs[attribute.key].history.added or ():
            if value is not None and not _is_computed(value):
                column = model_column(type(row), attribute.key)
                if problem := validate_stored(column, column.type, value):
                    raise invalid_value(column, problem)


def check_value(column: Column[Any], value: Any) -> None:
    """Check one value; None is refused, except for a JSON column.

    Raises:
        InvalidArgumentError: The value does not fit the column.
    """
    if problem := validate(column.type, value):
        raise invalid_value(column, problem)


def validate_stored(column: Column[Any], type_: TypeEngine[Any], value: Any) -> str | None:
    """Return the fault of a value to be written; None when it is valid.

    A text in a unique constraint must not be blank, because rows are found by it.

    Args:
        column: The column.
        type_: The type of the column, or the type that a custom type is based on.
        value: The value, which is not None.
    """
    problem = validate(type_, value)
    if problem is None and isinstance(value, str) and not value.strip() and _is_unique(column):
        return "should not be blank"
    return problem


@cache
def _is_unique(column: Column[Any]) -> bool:
    """Whether a column is part of a unique constraint."""
    constraints = column.table.constraints
    return any(
        isinstance(one, UniqueConstraint) and column.name in one.columns for one in constraints
    )


def invalid_value(column: Column[Any], problem: str) -> InvalidArgumentError:
    """Return the error for a value of a column."""
    return InvalidArgumentError(
        f"{column.table.fullname}.{column.name} {problem}", remedy=f"the column is {column.type}"
    )


def check_name(column: Column[Any], value: str) -> None:
    """Check a name to search for.

    Raises:
        InvalidArgumentError: The name does not fit the column, or is blank.
    """
    check_value(column, value)
    if not value.strip():
        raise InvalidArgumentError(
            f"{column.table.fullname}.{column.name} should not be blank", remedy="give a name"
        )


def model_column(model: type[Base], field: object) -> Column[Any]:
    """Return the column of a field.

    Raises:
        UnknownFieldError: The model has no field of this name; the message lists its fields.
    """
    attributes = inspect(model).column_attrs
    if not isinstance(field, str) or field not in attributes:
        raise UnknownFieldError(
            f"{model.__name__} has no field {field!r}",
            remedy=f"fields are {', '.join(attributes.keys())}",
        )
    (column,) = attributes[field].columns
    return cast("Column[Any]", column)


def limit(value: int) -> int:
    """Return the number of rows to return at most.

    Raises:
        InvalidArgumentError: The value is not a whole number above 0, or too large.
    """
    return _whole("limit", value, minimum=1, maximum=_MOST_ROWS)


def skip(value: int) -> int:
    """Return the number of rows to skip.

    Raises:
        InvalidArgumentError: The value is not a whole number from 0, or too large.
    """
    return _whole("skip", value, minimum=0, maximum=_MOST_ROWS)


def days(value: int) -> int:
    """Return a number of days before now.

    Raises:
        InvalidArgumentError: The value is not a whole number above 0, or goes back too far.
    """
    return _whole("days", value, minimum=1, maximum=_MOST_DAYS)


def _whole(name: str, value: int, *, minimum: int, maximum: int) -> int:
    if not is_whole(value) or not minimum <= value <= maximum:
        raise InvalidArgumentError(
            f"{name} should be a whole number from {minimum}",
            remedy=f"give {name} a number from {minimum} to {maximum:,}",
        )
    return value


def _is_computed(value: Any) -> bool:
    """Whether a value is an SQL expression, which the database evaluates."""
    return isinstance(value, ClauseElement) or hasattr(value, "__clause_element__")
