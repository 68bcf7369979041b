"""Translate driver errors by SQLSTATE and constraint name; messages repeat no value of a row."""

from typing import Any, Final

from sqlalchemy import Table
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    PendingRollbackError,
    ProgrammingError,
    SQLAlchemyError,
    StatementError,
)
from sqlalchemy.orm.exc import ObjectDeletedError, StaleDataError

from core.errors import (
    CheckViolationError,
    ConflictError,
    ConstraintViolationError,
    DataAccessError,
    ForeignKeyViolationError,
    NotFoundError,
    NotNullViolationError,
    PartitionMissingError,
    RefusedValueError,
    SchemaMismatchError,
    TransactionEndedError,
    UniqueViolationError,
)
from core.session_errors import standing_for
from core.session_errors import typed as session_error
from models import Base
from schemaproof import Diagnostics, read_diagnostics

# The values are the error, what happened, and the remedy, by SQLSTATE (PostgreSQL manual, appendix
# A).
_VIOLATIONS: Final[dict[str, tuple[type[ConstraintViolationError], str, str]]] = {
    # PostgreSQL 18 has separate codes for the two sides of a foreign key. PostgreSQL 15 to 17 use
    # 23503 for both.
    "23001": (
        ForeignKeyViolationError,
        "still refers to the row",
        "delete the rows that refer to it first",
    ),
    "23502": (NotNullViolationError, "needs a value", "give one"),
    "23503": (
        ForeignKeyViolationError,
        "refers to a row that does not exist, or is still referred to",
        "create the referenced row first, or delete the rows that refer to this one",
    ),
    "23505": (UniqueViolationError, "is taken by another row", "update that row instead"),
    "23514": (CheckViolationError, "is outside of its allowed values", "see the model's docstring"),
}
_NO_PARTITION: Final = (
    PartitionMissingError,
    "has no partition",
    "create it (monps-db partitions ensure), or see the findings of monps-db check",
)
_OTHER_VIOLATION: Final = (ConstraintViolationError, "is refused", "see the constraint")
_INTEGRITY_VIOLATION: Final = "23"
# A table, schema, column, function or operator is undefined, or a column has another type.
_MISMATCHES: Final = frozenset({"42P01", "3F000", "42703", "42883", "42804"})
_TRANSACTION_ABORTED: Final = "25P02"
_DATA_EXCEPTION: Final = "22"


class translated:  # noqa: N801 - used as a function, with each statement
    """Translate errors of the database in a ``with`` block into typed errors.

    Args:
        table: The table that the statements read or write; None if it can be any table.

    Raises:
        DataAccessError: One of its subclasses, also derived from the error that it replaces.
    """

    __slots__ = ("_table",)

    def __init__(self, table: Table | None = None) -> None:
        self._table = table

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if not isinstance(error, SQLAlchemyError) or isinstance(error, DataAccessError):
            return
        if (of_session := session_error(error)) is not None:
            raise of_session from error
        if isinstance(error, (StaleDataError, ObjectDeletedError)):
            raise row_not_found(self._table) from error
        if isinstance(error, PendingRollbackError):
            raise needs_rollback() from error
        if isinstance(error, StatementError) and (refusal := typed(error, self._table)):
            raise standing_for(error, refusal) from error


def row_conflict(table: Table | None) -> ConflictError:
    """Return the error for a row that was changed after it was read."""
    return ConflictError(
        f"{_name(table)}: the row was changed or deleted since it was read",
        remedy="read it again before changing it",
    )


def row_not_found(table: Table | None) -> NotFoundError:
    """Return the error for a row that is missing or has another version."""
    if table is None or any(column.system for column in table.columns):
        return row_conflict(table)
    return NotFoundError(
        f"{_name(table)}: the row no longer exists", remedy="read it again before changing it"
    )


def typed(error: StatementError, table: Table | None) -> DataAccessError | None:
    """Return the typed error for a refused row; None for errors that concern no row."""
    diagnostics = read_diagnostics(error.orig)
    sqlstate = None if diagnostics is None else diagnostics.sqlstate
    if diagnostics is not None and diagnostics.sqlstate.startswith(_INTEGRITY_VIOLATION):
        return _violation(diagnostics, table)
    if sqlstate in _MISMATCHES:
        return SchemaMismatchError(
            f"the database lacks a table or a column that the model of {_name(table)} has",
            remedy="run monps-db check",
        )
    if sqlstate == _TRANSACTION_ABORTED:
        return needs_rollback()
    if _is_about_a_value(error, sqlstate):
        return RefusedValueError(
            f"{_name(table)}: a value does not fit its column",
            remedy="see the types of the model",
        )
    return None


def _name(table: Table | None) -> str:
    return "a table" if table is None else table.fullname


def needs_rollback() -> TransactionEndedError:
    """Return the error for a failed transaction."""
    return TransactionEndedError(
        "an earlier error has ended the transaction", remedy="roll back before going on"
    )


def _violation(diagnostics: Diagnostics, table: Table | None) -> ConstraintViolationError:
    kind, happened, remedy = _VIOLATIONS.get(diagnostics.sqlstate, _OTHER_VIOLATION)
    if kind is CheckViolationError and diagnostics.table_name and not diagnostics.constraint_name:
        # ExecFindPartition() of PostgreSQL reports the table only.
        kind, happened, remedy = _NO_PARTITION
    refused = _refusing(diagnostics)
    name = f"{diagnostics.schema_name}.{diagnostics.table_name}"
    if refused is not None:
        name = refused.fullname
    # A trigger that raises an exception need not name a table.
    elif diagnostics.table_name is None:
        name = _name(table)
    columns = _columns(refused, diagnostics)
    return kind(
        f"{name}: {', '.join(columns) or diagnostics.constraint_name or 'a row'} {happened}",
        table=name,
        columns=columns,
        constraint=diagnostics.constraint_name,
        remedy=remedy,
    )


def _refusing(diagnostics: Diagnostics) -> Table | None:
    """Return the model of the table that refused the row, if there is one.

    The refusing table can differ from the written one: a referencing table refuses a DELETE, and a
    flush sends rows of any table.
    """
    for table in Base.metadata.tables.values():
        if table.name == diagnostics.table_name and table.schema in {None, diagnostics.schema_name}:
            return table
    return None


def _columns(table: Table | None, diagnostics: Diagnostics) -> tuple[str, ...]:
    if diagnostics.column_name:
        return (diagnostics.column_name,)
    if table is None:
        return ()
    name = diagnostics.constraint_name
    holders: tuple[Any, ...] = (*table.constraints, *table.indexes)
    for holder in holders:
        if holder.name == name:
            # The expression of a check also contains literals, and may name a column twice.
            named = {column.name for column in holder.columns}
            return tuple(column.name for column in table.columns if column.name in named)
    return ()


def _is_about_a_value(error: StatementError, sqlstate: str | None) -> bool:
    """Whether the server refused a value, or the driver could not send it."""
    if sqlstate is not None:
        return sqlstate.startswith(_DATA_EXCEPTION)
    if not isinstance(error, DBAPIError) or isinstance(error, (DataError, ProgrammingError)):
        return True
    # When asyncpg cannot encode a value, its error is a ValueError.
    return isinstance(getattr(error.orig, "__cause__", None), ValueError)
