"""Turn driver errors into typed errors by SQLSTATE, never by the text of a message."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from schemaproof.connection import connection_failures, remedies
from schemaproof.connection.diagnostics import SESSION_ENDED, read_diagnostics
from schemaproof.connection.masked_password import masked
from schemaproof.errors import DatabaseRefusedError, DatabaseUnavailableError, SchemaproofError
from schemaproof.setting_names import with_names

if TYPE_CHECKING:
    import psycopg2
    from sqlalchemy.exc import DBAPIError, SQLAlchemyError
    from typing_extensions import TypeIs

    from schemaproof.connection.target import ConnectionSettings

# asyncpg reports these SQLSTATEs for a connection that cannot be opened; libpq does not report any.
_CONNECTION_REFUSED: Final = ("28", *remedies.CONNECTING)
_PROTOCOL_VIOLATION: Final = "08P01"


def translate_driver_error(
    error: SQLAlchemyError | psycopg2.Error | OSError, settings: ConnectionSettings
) -> SchemaproofError:
    """Return the typed error, in one line, for an error of the driver, with a remedy.

    Args:
        error: The error of the driver, or SQLAlchemy's wrapper around it; an ``OSError`` is what
            asyncpg raises when it finds no server.
        settings: The settings that the connection was opened with.

    Returns:
        ``DatabaseUnavailableError`` without a usable connection, ``DatabaseRefusedError`` when
        the server refused a statement, ``SchemaproofError`` for any other error.
    """
    original = error.orig if is_wrapped(error) else error
    diagnostics = read_diagnostics(original)
    if diagnostics is not None:
        message = _safe(diagnostics.message_primary or str(original), settings)
        # Without a statement, the error came while opening the connection or ending a transaction.
        is_opening = is_wrapped(error) and error.statement is None
        return _from_server(message, diagnostics.sqlstate, settings, is_opening=is_opening)
    message = _safe(_bare_message(original), settings)
    if _is_of_sqlalchemy(error, "TimeoutError"):
        return DatabaseUnavailableError(
            f"all connections of the pool are in use ({message})",
            remedy=with_names(remedies.POOL, settings.variables),
        )
    if _is_connection_failure(error, original):
        was_open = _was_open(error, original)
        return connection_failures.why_not(message, settings, was_open=was_open)
    return SchemaproofError(message)


def is_wrapped(error: BaseException) -> TypeIs[DBAPIError]:
    """Whether an error is SQLAlchemy's wrapper around one of a driver."""
    return _is_of_sqlalchemy(error, "DBAPIError")


def is_of_database(error: BaseException) -> TypeIs[SQLAlchemyError | psycopg2.Error]:
    """Whether an error is one of SQLAlchemy or of psycopg2."""
    import psycopg2

    return isinstance(error, psycopg2.Error) or _is_of_sqlalchemy(error, "SQLAlchemyError")


def _is_of_sqlalchemy(error: BaseException, name: str) -> bool:
    # If sqlalchemy.exc was never imported, the error cannot be one of SQLAlchemy's.
    module = sys.modules.get("sqlalchemy.exc")
    return module is not None and isinstance(error, getattr(module, name))


def retold(error: BaseException) -> str:
    """Return a failure in one line for the ledger, without advice and settings."""
    if isinstance(error, SchemaproofError):
        return error.message
    original = error.orig if is_wrapped(error) else error
    primary = getattr(getattr(original, "diag", None), "message_primary", None)
    text = primary or str(original) or type(error).__name__
    return " ".join(text.split("\n")[0].split())


def _from_server(
    message: str, sqlstate: str, settings: ConnectionSettings, *, is_opening: bool
) -> SchemaproofError:
    if sqlstate == _PROTOCOL_VIOLATION:
        return connection_failures.why_not(message, settings, was_open=not is_opening)
    remedy = remedies.server_remedy(sqlstate, settings, is_connecting=is_opening)
    no_connection = SESSION_ENDED + (_CONNECTION_REFUSED if is_opening else ())
    if sqlstate.startswith(no_connection):
        return DatabaseUnavailableError(message, remedy=remedy, sqlstate=sqlstate)
    return DatabaseRefusedError(message, remedy=remedy, sqlstate=sqlstate)


def _bare_message(original: BaseException | None) -> str:
    """Return the driver's own message; SQLAlchemy's str() adds the statement and a link."""
    if isinstance(original, OSError):
        return original.strerror or "the connection timed out"
    return str(original.args[0]) if original and original.args else ""


def _is_connection_failure(error: BaseException, original: BaseException | None) -> bool:
    """Whether the connection failed, and not the calling program.

    libpq has no SQLSTATE for a connection that it could not open or that broke; the driver's class
    of error decides.
    """
    import psycopg2

    if is_wrapped(error) and error.connection_invalidated:
        return True
    return isinstance(original, (psycopg2.OperationalError, psycopg2.InterfaceError, OSError))


def _was_open(error: BaseException, original: BaseException | None) -> bool:
    """Whether the connection broke in use, and did not fail to open."""
    if is_wrapped(error) and error.connection_invalidated:
        return True
    # An error that has a cursor came on an open connection.
    return getattr(original, "cursor", None) is not None


def _safe(text: str, settings: ConnectionSettings) -> str:
    """Return a driver's message in one line, without secrets.

    libpq writes a line per address that it tried; the indented lines below are advice, which the
    remedy replaces.
    """
    lines = [line for line in text.splitlines() if line.strip() and not line[0].isspace()]
    line = "; ".join(dict.fromkeys(" ".join(line.split()) for line in lines))
    passwords = {settings.password.get_secret_value()}
    with suppress(SchemaproofError):
        passwords.add(settings.credentials.password)
    # This is a precaution: no driver is known to repeat a password.
    public = (settings.user, settings.database, settings.host, settings.application_name)
    for password in passwords:
        line = masked(line, password, public)
    return line or "the driver gave no reason"
