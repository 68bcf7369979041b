"""The errors that users meet: typed, one line each, with the remedy.

Those that the proof raises are given from here, too.
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

MonpsError = SchemaproofError
"""The base class of all errors of Mon_PS and of schemaproof."""


class CredentialsUnavailableError(MonpsError):
    """The server that keeps user and password does not answer, or cannot at this time."""


class DataAccessError(MonpsError):
    """A repository could not do what was requested; nothing of the call is kept.

    Attributes:
        position: The row at fault, from 0, where a call takes many; None when none is known.
    """

    position: int | None = None


class InvalidArgumentError(DataAccessError):
    """An argument or a value that no row can have: wrong type, too long, without a time zone."""


class UnknownFieldError(DataAccessError):
    """A field that the model does not have."""


class AmbiguousNameError(DataAccessError):
    """A name that belongs to several rows.

    Attributes:
        candidates: The names of these rows, sorted.
    """

    def __init__(self, message: str, *, candidates: tuple[str, ...]) -> None:
        super().__init__(message, remedy=f"name one of {', '.join(candidates)}")
        self.candidates = candidates


class LazyLoadError(DataAccessError):
    """A relationship that was not loaded with its row, and would have cost a statement for each."""


class AuditError(DataAccessError):
    """No actor was given for a write."""


class UnitOfWorkError(DataAccessError):
    """A unit of work used as it cannot be: entered twice, when closed, or after an error."""


class LoadError(DataAccessError):
    """A file that should be loaded holds something that cannot be; nothing of the load is kept.

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
