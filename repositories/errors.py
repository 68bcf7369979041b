"""Driver errors → typed errors, by SQLSTATE and constraint name; no value of a row is repeated."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Table
from sqlalchemy.exc import DataError, DBAPIError, ProgrammingError, StatementError
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.schema import ColumnCollectionConstraint

from core.errors import (
    CheckViolationError,
    ConstraintViolationError,
    DataAccessError,
    ForeignKeyViolationError,
    InvalidArgumentError,
    NotFoundError,
    NotNullViolationError,
    SchemaMismatchError,
    UniqueViolationError,
)

# SQLSTATE (PostgreSQL manual, appendix A) → error, what happened, what to do.
_VIOLATIONS: Final[dict[str, tuple[type[ConstraintViolationError], str, str]]] = {
    "23502": (NotNullViolationError, "needs a value", "give one"),
    "23503": (
        ForeignKeyViolationError,
        "refers to a row that is not there, or is still referred to",
        "create the row that is referred to first, or delete what refers to this one",
    ),
    "23505": (UniqueViolationError, "is taken by another row", "update that row instead"),
    "23514": (CheckViolationError, "is outside of what it may hold", "see the model's docstring"),
}
_UNDEFINED_TABLE: Final = "42P01"
_UNDEFINED_COLUMN: Final = "42703"
_DATA_EXCEPTION: Final = "22"


@contextmanager
def translated(table: Table) -> Iterator[None]:
    """Raise typed errors for what the database refuses.

    Args:
        table: The table that the statements are about.

    Raises:
        DataAccessError: One of its children; driver errors about the connection pass unchanged.
    """
    try:
        yield
    except StaleDataError as error:
        raise NotFoundError(
            f"{table.fullname}: the row is not there any more",
            remedy="read it again before changing it",
        ) from error
    except StatementError as error:
        if (typed := _typed(error, table)) is None:
            raise
        raise typed from error


def _typed(error: StatementError, table: Table) -> DataAccessError | None:
    original: Any = error.orig
    sqlstate: str | None = getattr(original, "pgcode", None)
    if sqlstate in _VIOLATIONS:
        return _violation(sqlstate, original.diag, table)
    if sqlstate in {_UNDEFINED_TABLE, _UNDEFINED_COLUMN}:
        return SchemaMismatchError(
            f"the database does not have what the model of {table.fullname} names",
            remedy="run monps-db check",
        )
    if _is_about_a_value(error, sqlstate):
        return InvalidArgumentError(
            f"{table.fullname}: a value does not fit its column",
            remedy="see the types of the model",
        )
    return None


def _violation(sqlstate: str, diagnostics: Any, table: Table) -> ConstraintViolationError:
    kind, happened, remedy = _VIOLATIONS[sqlstate]
    refused = table.metadata.tables.get(_key(table, diagnostics), table)
    columns = _columns(refused, diagnostics)
    return kind(
        f"{refused.fullname}: {', '.join(columns) or diagnostics.constraint_name} {happened}",
        table=refused.fullname,
        columns=columns,
        constraint=diagnostics.constraint_name,
        remedy=remedy,
    )


def _key(table: Table, diagnostics: Any) -> str:
    """The table that refused: deleting a row is refused by a table that refers to it."""
    in_default_schema = table.schema is None or diagnostics.schema_name == "public"
    name: str = diagnostics.table_name
    return name if in_default_schema else f"{diagnostics.schema_name}.{name}"


def _columns(table: Table, diagnostics: Any) -> tuple[str, ...]:
    if diagnostics.column_name:
        return (diagnostics.column_name,)
    name = diagnostics.constraint_name
    for constraint in table.constraints:
        if (
            constraint.name == name
            and isinstance(constraint, ColumnCollectionConstraint)
            and (columns := tuple(constraint.columns.keys()))
        ):
            return columns
    for index in table.indexes:
        if index.name == name:
            return tuple(index.columns.keys())
    # A check holds its columns in its expression only; its name ends with them.
    return tuple(column.name for column in table.columns if str(name).endswith(f"_{column.name}"))


def _is_about_a_value(error: StatementError, sqlstate: str | None) -> bool:
    """The server refused a value, or the driver found no way to send it."""
    if sqlstate is not None:
        return sqlstate.startswith(_DATA_EXCEPTION)
    return isinstance(error, (DataError, ProgrammingError)) or not isinstance(error, DBAPIError)
