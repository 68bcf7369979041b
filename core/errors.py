"""The errors that users see: typed, one line each, with the remedy.

The errors of schemaproof can be imported from here, too.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from schemaproof import ConfigurationError as ConfigurationError
from schemaproof import DatabaseRefusedError as DatabaseRefusedError
from schemaproof import DatabaseUnavailableError as DatabaseUnavailableError
from schemaproof import HistoryError as HistoryError
from schemaproof import InterruptionError as InterruptionError
from schemaproof import LocalServerError as LocalServerError
from schemaproof import MigrationRefusedError as MigrationRefusedError
from schemaproof import MigratorLockError as MigratorLockError
from schemaproof import OutputClosedError as OutputClosedError
from schemaproof import SchemaproofError
from schemaproof import TamperedHistoryError as TamperedHistoryError

if TYPE_CHECKING:
    from core.data_errors import CheckViolationError as CheckViolationError
    from core.data_errors import CommandTimeoutError as CommandTimeoutError
    from core.data_errors import ConflictError as ConflictError
    from core.data_errors import ConnectionFailedError as ConnectionFailedError
    from core.data_errors import ConstraintViolationError as ConstraintViolationError
    from core.data_errors import ForeignKeyViolationError as ForeignKeyViolationError
    from core.data_errors import LockTimeoutError as LockTimeoutError
    from core.data_errors import NotFoundError as NotFoundError
    from core.data_errors import NotNullViolationError as NotNullViolationError
    from core.data_errors import PartitionMissingError as PartitionMissingError
    from core.data_errors import PoolTimeoutError as PoolTimeoutError
    from core.data_errors import ReadOnlySessionError as ReadOnlySessionError
    from core.data_errors import RefusedValueError as RefusedValueError
    from core.data_errors import SchemaMismatchError as SchemaMismatchError
    from core.data_errors import ServerUnreachableError as ServerUnreachableError
    from core.data_errors import StatementCancelledError as StatementCancelledError
    from core.data_errors import TransactionEndedError as TransactionEndedError
    from core.data_errors import TransactionRolledBackError as TransactionRolledBackError
    from core.data_errors import UniqueViolationError as UniqueViolationError

__all__ = [
    "AmbiguousNameError",
    "AuditError",
    "CheckViolationError",
    "CommandTimeoutError",
    "ConflictError",
    "ConnectionFailedError",
    "ConstraintViolationError",
    "CredentialsUnavailableError",
    "DataAccessError",
    "ForeignKeyViolationError",
    "InvalidArgumentError",
    "LazyLoadError",
    "LoadError",
    "LockTimeoutError",
    "MonpsError",
    "NotFoundError",
    "NotNullViolationError",
    "PartitionMissingError",
    "PoolTimeoutError",
    "ReadOnlySessionError",
    "RefusedValueError",
    "SchemaMismatchError",
    "ServerUnreachableError",
    "StatementCancelledError",
    "TransactionEndedError",
    "TransactionRolledBackError",
    "UniqueViolationError",
    "UnitOfWorkError",
    "UnknownFieldError",
]

MonpsError = SchemaproofError
"""The base class of all errors of Mon_PS and of schemaproof."""


class CredentialsUnavailableError(MonpsError):
    """The server that provides user and password does not answer, or reports a fault."""


class DataAccessError(MonpsError):
    """A repository could not do what was requested; the call changed nothing.

    Attributes:
        position: The index of the faulty row, from 0, in a call with many rows; None if unknown.
    """

    position: int | None = None


class InvalidArgumentError(DataAccessError):
    """An argument that no row can hold: a wrong type, too long, without a time zone."""


class UnknownFieldError(DataAccessError):
    """The model has no field of this name."""


class AmbiguousNameError(DataAccessError):
    """Several rows match a name.

    Attributes:
        candidates: The names of these rows, sorted.
    """

    def __init__(self, message: str, *, candidates: tuple[str, ...]) -> None:
        super().__init__(message, remedy=f"name one of {', '.join(candidates)}")
        self.candidates = candidates


class LazyLoadError(DataAccessError):
    """A relationship was not loaded with its row; loading it now would cost a statement per row."""


class AuditError(DataAccessError):
    """No actor was given for a write."""


class UnitOfWorkError(DataAccessError):
    """A unit of work was entered twice, or used after its end or after an error."""


class LoadError(DataAccessError):
    """A file contains a value that cannot be loaded; nothing of the load is kept.

    Attributes:
        file: The file's name.
        line: The line, from 1; None when the file as a whole is at fault.
    """

    def __init__(self, reason: str, *, file: str, line: int | None, remedy: str) -> None:
        where = file if line is None else f"{file}, line {line}"
        super().__init__(f"{where}: {reason}", remedy=remedy)
        self.file = file
        self.line = line


def __getattr__(name: str) -> object:
    if name.endswith("Error"):
        # This import is here because core.data_errors imports SQLAlchemy.
        return getattr(importlib.import_module("core.data_errors"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
