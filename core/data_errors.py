"""Errors that replace SQLAlchemy's errors; each is derived from the error that it replaces.

So code that catches SQLAlchemy's errors also catches these, and finds ``orig``, ``statement`` and
``params`` on them. Import them from ``core.errors``, which imports this module only when one of
them is used, because the import of SQLAlchemy takes time.
"""

from sqlalchemy import exc
from sqlalchemy.orm.exc import StaleDataError

from core.errors import (
    DataAccessError,
    DatabaseRefusedError,
    DatabaseUnavailableError,
    InvalidArgumentError,
    UnitOfWorkError,
)


class NotFoundError(DataAccessError, StaleDataError):
    """A row to change or delete does not exist."""


class ConflictError(NotFoundError):
    """A row was changed or deleted since it was read; nothing was overwritten."""


class SchemaMismatchError(DataAccessError, exc.ProgrammingError):
    """The database lacks a table or a column of the models."""


class RefusedValueError(InvalidArgumentError, exc.DataError):
    """The driver cannot send a value, or the server refused it."""


class TransactionEndedError(UnitOfWorkError, exc.PendingRollbackError, exc.InternalError):
    """An earlier error ended the transaction, which must be rolled back."""


class ConnectionFailedError(
    DataAccessError,
    DatabaseUnavailableError,
    exc.OperationalError,
    exc.InterfaceError,
    exc.InternalError,
):
    """A connection could not be opened, or was lost; whether a commit succeeded is unknown."""


class ServerUnreachableError(ConnectionFailedError, OSError):
    """asyncpg could not connect to a server."""


class PoolTimeoutError(DataAccessError, DatabaseUnavailableError, exc.TimeoutError):
    """All connections of the pool were in use for too long."""


class ReadOnlySessionError(DataAccessError, DatabaseRefusedError, exc.InternalError):
    """A read-only session was asked to write."""


class LockTimeoutError(DataAccessError, DatabaseRefusedError, exc.OperationalError):
    """Another session held a lock for too long."""


class StatementCancelledError(DataAccessError, DatabaseRefusedError, exc.OperationalError):
    """A statement took too long, or was cancelled."""


class CommandTimeoutError(StatementCancelledError, TimeoutError):
    """asyncpg waited too long for a statement, and closed the connection."""


class TransactionRolledBackError(DataAccessError, DatabaseRefusedError, exc.OperationalError):
    """The transaction was rolled back because of a deadlock or a serialization failure."""


class ConstraintViolationError(DataAccessError, exc.IntegrityError):
    """A constraint of the database refused a row.

    Attributes:
        table: The table, with its schema.
        columns: The columns of the constraint.
        constraint: The constraint's name; None for NOT NULL.
    """

    def __init__(
        self,
        message: str,
        *,
        table: str,
        columns: tuple[str, ...],
        constraint: str | None,
        remedy: str = "",
    ) -> None:
        super().__init__(message, remedy=remedy)
        self.table = table
        self.columns = columns
        self.constraint = constraint


class UniqueViolationError(ConstraintViolationError):
    """Another row has the same key."""


class ForeignKeyViolationError(ConstraintViolationError):
    """The referenced row does not exist, or the row is still referenced."""


class CheckViolationError(ConstraintViolationError):
    """A value violates a CHECK constraint."""


class PartitionMissingError(ConstraintViolationError):
    """The table has no partition for the row."""


class NotNullViolationError(ConstraintViolationError):
    """A value is missing in a NOT NULL column."""
