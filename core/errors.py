"""The errors that users meet: typed, one line each, with the remedy.

Drift is a value (``introspection.findings``); an exception means that something could not be done.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from core.data_errors import CheckViolationError as CheckViolationError
    from core.data_errors import ConflictError as ConflictError
    from core.data_errors import ConnectionFailedError as ConnectionFailedError
    from core.data_errors import ConstraintViolationError as ConstraintViolationError
    from core.data_errors import ForeignKeyViolationError as ForeignKeyViolationError
    from core.data_errors import LockTimeoutError as LockTimeoutError
    from core.data_errors import NotFoundError as NotFoundError
    from core.data_errors import NotNullViolationError as NotNullViolationError
    from core.data_errors import PoolTimeoutError as PoolTimeoutError
    from core.data_errors import ReadOnlySessionError as ReadOnlySessionError
    from core.data_errors import RefusedValueError as RefusedValueError
    from core.data_errors import SchemaMismatchError as SchemaMismatchError
    from core.data_errors import ServerUnreachableError as ServerUnreachableError
    from core.data_errors import StatementCancelledError as StatementCancelledError
    from core.data_errors import TransactionEndedError as TransactionEndedError
    from core.data_errors import TransactionRolledBackError as TransactionRolledBackError
    from core.data_errors import UniqueViolationError as UniqueViolationError

_OF_SQLALCHEMY: Final = frozenset(
    {
        "CheckViolationError",
        "ConflictError",
        "ConnectionFailedError",
        "ConstraintViolationError",
        "ForeignKeyViolationError",
        "LockTimeoutError",
        "NotFoundError",
        "NotNullViolationError",
        "PoolTimeoutError",
        "ReadOnlySessionError",
        "RefusedValueError",
        "SchemaMismatchError",
        "ServerUnreachableError",
        "StatementCancelledError",
        "TransactionEndedError",
        "TransactionRolledBackError",
        "UniqueViolationError",
    }
)


class MonpsError(Exception):
    """Something could not be done.

    Attributes:
        message: What happened, in one line and without any secret.
        remedy: What the reader can do about it, in one line; empty when nothing can be advised.
    """

    def __init__(self, message: str, *, remedy: str = "") -> None:
        # By name: a child that derives from one of SQLAlchemy's errors is not made as that is.
        Exception.__init__(self, message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message}: {self.remedy}" if self.remedy else self.message

    def __reduce__(self) -> tuple[object, ...]:
        # Another process gets it as it is: a child has arguments of its own.
        return _rebuilt, (type(self), self.args, self.__dict__)


def _rebuilt(kind: type[MonpsError], args: tuple[object, ...], state: dict[str, object]) -> object:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class ConfigurationError(MonpsError):
    """A setting, an option or a configuration file is missing or wrong."""


class CredentialsUnavailableError(MonpsError):
    """The server that keeps user and password does not answer, or cannot at this time."""


class DatabaseUnavailableError(MonpsError):
    """No connection: the server is down or unreachable, or it refused the credentials.

    Attributes:
        sqlstate: The server's five-character code (PostgreSQL manual, appendix A), if it sent one.
    """

    def __init__(self, message: str, *, remedy: str = "", sqlstate: str | None = None) -> None:
        super().__init__(message, remedy=remedy)
        self.sqlstate = sqlstate


class DatabaseRefusedError(MonpsError):
    """The server answered, and refused or cancelled a statement.

    Attributes:
        sqlstate: The server's five-character code (PostgreSQL manual, appendix A), if it sent one.
    """

    def __init__(self, message: str, *, remedy: str = "", sqlstate: str | None = None) -> None:
        super().__init__(message, remedy=remedy)
        self.sqlstate = sqlstate


class LocalServerError(MonpsError):
    """The local PostgreSQL server could not be created, started or stopped."""


class HistoryError(MonpsError):
    """The migration history cannot be used: no revisions, or a snapshot that cannot be read."""


class TamperedHistoryError(HistoryError):
    """What was recorded of the history is not what the history is."""


class MigrationRefusedError(MonpsError):
    """The gate: what is there, or what a revision led to, is not what a migration may build on.

    Attributes:
        ground: What it refuses: ``drift``, ``tampering``, ``heads``, ``lint`` or ``data-loss``.
    """

    def __init__(self, message: str, *, ground: str, remedy: str) -> None:
        super().__init__(message, remedy=remedy)
        self.ground = ground


class MigratorLockError(MonpsError):
    """Another migrator is at work, or the lock that keeps others out cannot be held."""


class OutputClosedError(MonpsError):
    """Whoever read the output closed it before it was complete."""


class InterruptionError(MonpsError):
    """The user, or whoever runs the program, asked it to stop."""


class DataAccessError(MonpsError):
    """A repository could not do what it was asked for; nothing of the call is kept.

    Attributes:
        position: The row at fault, from 0, where a call takes many; None when none is known.
    """

    position: int | None = None


class InvalidArgumentError(DataAccessError):
    """An argument or a value that no row can have: wrong type, too long, without a time zone."""


class UnknownFieldError(DataAccessError):
    """A field that the model does not have."""


class AmbiguousNameError(DataAccessError):
    """A name that several rows answer to.

    Attributes:
        candidates: Their names, sorted.
    """

    def __init__(self, message: str, *, candidates: tuple[str, ...]) -> None:
        super().__init__(message, remedy=f"name one of {', '.join(candidates)}")
        self.candidates = candidates


class LazyLoadError(DataAccessError):
    """A relationship that was not loaded with its row, and would have cost a statement for each."""


class AuditError(DataAccessError):
    """Nobody has said who writes."""


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
    if name in _OF_SQLALCHEMY:
        # Not before it is asked for: it imports SQLAlchemy.
        return getattr(importlib.import_module("core.data_errors"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
