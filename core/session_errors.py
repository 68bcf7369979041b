"""Typed errors of sessions: no connection, time-outs, writes in a read-only session.

They are distinguished by SQLSTATE; where there is none, by SQLAlchemy's report on the connection.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as SQLAlchemyTimeoutError

from core.data_errors import (
    CommandTimeoutError,
    ConnectionFailedError,
    LockTimeoutError,
    PoolTimeoutError,
    ReadOnlySessionError,
    ServerUnreachableError,
    StatementCancelledError,
    TransactionRolledBackError,
)
from core.errors import DataAccessError
from core.setting_variables import VARIABLES
from schemaproof import Diagnostics, read_diagnostics, statement_remedy

T = TypeVar("T", bound=DataAccessError)

_Refusal = type[
    ConnectionFailedError
    | ReadOnlySessionError
    | LockTimeoutError
    | StatementCancelledError
    | TransactionRolledBackError
]
READ_ONLY_TRANSACTION: Final = "25006"
"""The SQLSTATE of a write in a session that only reads, or on a standby."""
# Each key is an SQLSTATE or the beginning of one (PostgreSQL manual, appendix A).
_KINDS: Final[dict[str, _Refusal]] = {
    "08": ConnectionFailedError,
    "28": ConnectionFailedError,
    "3D000": ConnectionFailedError,
    "53300": ConnectionFailedError,
    "57P": ConnectionFailedError,
    "25P03": ConnectionFailedError,
    "25P04": ConnectionFailedError,
    READ_ONLY_TRANSACTION: ReadOnlySessionError,
    "55P03": LockTimeoutError,
    "57014": StatementCancelledError,
    "40": TransactionRolledBackError,
}
_POOL: Final = "raise DB_POOL_SIZE or DB_MAX_OVERFLOW, or return connections to the pool sooner"
_LOST: Final = (
    "try again: the connection broke, or the server ended the session (it was stopped, somebody"
    " ended it, or it was idle too long: DB_IDLE_IN_TRANSACTION_TIMEOUT)"
)
_COMMAND: Final = (
    "if the server is at work, raise DB_COMMAND_TIMEOUT (and look for who holds a lock);"
    " otherwise look for a firewall or proxy that drops the packets"
)
# This is the remedy when the reason is unknown.
_NO_CONNECTION: Final = (
    "start the server, or check DB_HOST, DB_PORT, DB_USER and DB_PASSWORD;"
    " core.database.check_sync_connection() logs what is wrong"
)


@contextmanager
def session_errors() -> Iterator[None]:
    """Translate SQLAlchemy's errors about a session into typed errors.

    Raises:
        DataAccessError: A subclass that is also derived from the error it replaces.
    """
    try:
        yield
    except DataAccessError:
        raise
    except SQLAlchemyError as error:
        if (typed_error := typed(error)) is None:
            raise
        raise typed_error from error


def typed(error: SQLAlchemyError) -> DataAccessError | None:
    """Return the typed error for a failure of the session; None for the error of a statement."""
    if isinstance(error, SQLAlchemyTimeoutError):
        return PoolTimeoutError("all connections of the pool are in use", remedy=_POOL)
    if not isinstance(error, DBAPIError):
        return None
    diagnostics = read_diagnostics(error.orig)
    kind = _kind(error, diagnostics)
    if kind is None:
        return None
    sqlstate = None if diagnostics is None else diagnostics.sqlstate
    remedy = _remedy(sqlstate, was_open=error.connection_invalidated)
    return standing_for(
        error, kind(_message(error.orig, diagnostics), remedy=remedy, sqlstate=sqlstate)
    )


def unreachable(error: OSError) -> ServerUnreachableError:
    """Return the typed error for a server that asyncpg could not connect to."""
    typed_error = ServerUnreachableError(_message(error, None), remedy=_NO_CONNECTION)
    typed_error.orig, typed_error.errno, typed_error.strerror = error, error.errno, error.strerror
    return typed_error


def command_timeout(error: TimeoutError, statement: str | None = None) -> CommandTimeoutError:
    """Return the typed error for a statement that asyncpg no longer waits for."""
    typed_error = CommandTimeoutError("no answer came in time", remedy=_COMMAND)
    typed_error.orig, typed_error.statement, typed_error.params = error, statement, None
    typed_error.connection_invalidated = True
    return typed_error


def standing_for(error: SQLAlchemyError, typed_error: T) -> T:
    """Copy ``orig``, ``statement`` and ``params`` to the typed error that replaces an error."""
    typed_error.__dict__ = {**error.__dict__, **typed_error.__dict__}
    return typed_error


def _kind(error: DBAPIError, diagnostics: Diagnostics | None) -> _Refusal | None:
    if diagnostics is not None:
        code = diagnostics.sqlstate
        found = (kind for start, kind in _KINDS.items() if code.startswith(start))
        if (kind := next(found, None)) is not None:
            return kind
    # libpq gives no SQLSTATE for a connection that could not be opened, or that broke.
    is_opening = (
        diagnostics is None and error.statement is None and isinstance(error, OperationalError)
    )
    return ConnectionFailedError if error.connection_invalidated or is_opening else None


def _remedy(sqlstate: str | None, *, was_open: bool) -> str:
    if sqlstate is None or sqlstate.startswith("08"):
        # asyncpg itself sets the class 08 when a connection breaks.
        return _LOST if was_open else _NO_CONNECTION
    return statement_remedy(sqlstate, VARIABLES)


def _message(error: BaseException | None, diagnostics: Diagnostics | None) -> str:
    text = (
        (diagnostics and diagnostics.message_primary)
        or getattr(error, "strerror", None)
        or str(error)
    )
    return text.strip().partition("\n")[0] or "the connection failed"
