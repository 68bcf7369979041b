"""Errors that replace SQLAlchemy's; each derives from the error that it replaces.

So code that catches SQLAlchemy's errors catches these as well, and finds ``orig``, ``statement``
and ``params`` on them. They are imported from ``core.errors``; they stand here because that module
is read by programs that do not wait for the import of SQLAlchemy.
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
    """A row that should be changed or deleted is not there."""


class ConflictError(NotFoundError):
    """A row was changed or deleted since it was read; nothing was overwritten."""


class SchemaMismatchError(DataAccessError, exc.ProgrammingError):
    """The database lacks a table or a column of the models."""


class RefusedValueError(InvalidArgumentError, exc.DataError):
    """A value that the driver cannot send, or that the server refused."""


class TransactionEndedError(UnitOfWorkError, exc.PendingRollbackError, exc.InternalError):
    """An earlier error has ended the transaction; it has to be rolled back."""


class ConnectionFailedError(
    DataAccessError,
    DatabaseUnavailableError,
    exc.OperationalError,
    exc.InterfaceError,
    exc.InternalError,
):
    """A connection could not be opened, or was lost; whether a commit succeeded is unknown."""


class ServerUnreachableError(ConnectionFailedError, OSError):
    """asyncpg found no server."""


class PoolTimeoutError(DataAccessError, DatabaseUnavailableError, exc.TimeoutError):
    """All connections of the pool were in use for too long."""


class ReadOnlySessionError(DataAccessError, DatabaseRefusedError, exc.InternalError):
    """A write in a session that only reads."""


class LockTimeoutError(DataAccessError, DatabaseRefusedError, exc.OperationalError):
    """Another session held a lock for too long."""


class StatementCancelledError(DataAccessError, DatabaseRefusedError, exc.OperationalError):
    """A statement took too long, or was cancelled."""


class CommandTimeoutError(StatementCancelledError, TimeoutError):
    """asyncpg has waited long enough for a statement; the connection is closed."""


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
    """The row that is referred to is not there, or the row is still referred to."""


class CheckViolationError(ConstraintViolationError):
    """A value is outside of what its column may hold."""


class PartitionMissingError(ConstraintViolationError):
    """There is no partition for the row."""


class NotNullViolationError(ConstraintViolationError):
    """A value is missing."""
