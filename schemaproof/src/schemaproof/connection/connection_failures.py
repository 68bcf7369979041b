"""Find out why a connection failed, with a driver that reports the server's error."""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING, Final

from schemaproof.connection import remedies
from schemaproof.connection.database_url import libpq_parameters, libpq_settings
from schemaproof.errors import ConfigurationError, DatabaseUnavailableError, SchemaproofError
from schemaproof.setting_names import with_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemaproof.connection.pg8000_session import Session, Target
    from schemaproof.connection.target import ConnectionSettings, Credentials

_SUCCESS: Final = "00000"
_PROTOCOL_VIOLATION: Final = "08P01"
_FILES: Final = ("sslrootcert", "sslcert", "sslkey")
_POOLER: Final = "connect to the server itself, or to a pool in session mode: $host, $port"


class _UnsuitableError(Exception):
    """The server accepts the session, but is not of the kind that the settings require."""


class _TransactionRefusedError(Exception):
    """The session cannot begin a transaction, because a pooler lends it for single statements."""


def why_not(message: str, settings: ConnectionSettings, *, was_open: bool) -> SchemaproofError:
    """Return the error that explains why a connection could not be opened, or broke.

    Args:
        message: The message of the first driver, in one line.
        settings: The settings that the connection was opened with.
        was_open: Whether the connection broke in use.

    Returns:
        ``DatabaseUnavailableError`` (with the SQLSTATE, which is 00000 if a second attempt
            succeeded), or ``ConfigurationError`` if the server asks for the password in a way that
            is not accepted.
    """
    from schemaproof.connection.pg8000_session import ServerError

    options = _options(settings)
    error = _asked_again(settings, options)
    if isinstance(error, ConfigurationError):
        return error
    if isinstance(error, _TransactionRefusedError):
        return _pooler_refused(message, settings)
    if isinstance(error, ServerError):
        if error.sqlstate == _PROTOCOL_VIOLATION and options and _is_let_in(settings):
            # PostgreSQL itself accepts settings from every client, so a pooler has refused them.
            return _takes_no_settings(settings)
        remedy = remedies.server_remedy(error.sqlstate, settings, is_connecting=True)
        return DatabaseUnavailableError(message, remedy=remedy, sqlstate=error.sqlstate)
    kind = ("broken" if was_open else "passed") if error is None else _kind(error)
    return DatabaseUnavailableError(
        message,
        remedy=remedies.network_remedy(kind, settings),
        sqlstate=_SUCCESS if kind == "passed" else None,
    )


def refusal_sqlstate(settings: ConnectionSettings, given: Credentials) -> str | None:
    """Return the SQLSTATE with which a server refuses a user; None without a refusal."""
    from schemaproof.connection.pg8000_session import ServerError

    error = _asked_again(settings, "", given)
    return error.sqlstate if isinstance(error, ServerError) else None


def _takes_no_settings(settings: ConnectionSettings) -> DatabaseUnavailableError:
    """Return the error of a pooler that refuses the settings of a session."""
    return DatabaseUnavailableError(
        "a connection pooler (such as PgBouncer) answers in place of the server, and accepts no"
        " settings of a session",
        remedy=with_names(_POOLER, settings.variables),
    )


def _pooler_refused(message: str, settings: ConnectionSettings) -> DatabaseUnavailableError:
    """Return the error of a pooler, and not of the server, that refused a statement."""
    return DatabaseUnavailableError(
        f"a connection pooler (such as PgBouncer) refused the connection: {message}",
        remedy=with_names(_POOLER, settings.variables),
    )


def _options(settings: ConnectionSettings) -> str:
    given = (settings.connect_args, settings.migration_connect_args, settings.driver_args)
    usual = libpq_parameters(settings.environ).get("options", "")
    every = [str(arguments.get("options", usual)) for arguments in given]
    return " ".join(dict.fromkeys(filter(None, every)))


def _asked_again(
    settings: ConnectionSettings, options: str, given: Credentials | None = None
) -> Exception | None:
    """Connect to each server as libpq does; return the error of the furthest attempt, or None."""
    from schemaproof.connection.pg8000_session import LONGEST, Target

    try:
        given = given or settings.credentials
    except SchemaproofError as error:
        return error
    parameters = {**libpq_parameters(settings.environ), **settings.driver_args}
    files = {name: str(text) for name, text in parameters.items() if name in _FILES}
    session_settings = libpq_settings(settings.environ)
    if options:
        session_settings["options"] = options
    found: list[Exception] = []
    for host, port in settings.addresses:
        target = Target(
            host=host,
            port=port,
            user=given.user,
            password=given.password,
            database=settings.database,
            sslmode=settings.sslmode,
            authentication=settings.accepted_authentication,
            variables=settings.variables,
            files=files,
            timeout=min(settings.connect_timeout.total_seconds() or LONGEST, LONGEST),
        )
        answer = _asked(target, session_settings, settings.session_attributes)
        if answer is None:
            return None
        found.append(answer)
    return min(found, key=_distance)


def _distance(error: Exception) -> int:
    """Rank a failure by how far the attempt got: a suitable server, another, or none."""
    return 2 if isinstance(error, OSError) else isinstance(error, _UnsuitableError)


def _asked(target: Target, settings: Mapping[str, str], attributes: str) -> Exception | None:
    from schemaproof.connection.pg8000_session import ServerError, opened

    try:
        with opened(target, settings) as session:
            try:
                session.ask("BEGIN")
                session.ask("ROLLBACK")
            except ServerError as error:
                # PostgreSQL never refuses BEGIN or ROLLBACK with this code, so a pooler did.
                if error.sqlstate == _PROTOCOL_VIOLATION:
                    raise _TransactionRefusedError from error
                raise
            return None if _is_suitable(session, attributes) else _UnsuitableError()
    # The caller explains the failure, whatever it is.
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the answer
        return error


def _is_suitable(session: Session, attributes: str) -> bool:
    if attributes in ("any", "prefer-standby"):
        return True
    if attributes.startswith("read"):
        [[answer]] = session.ask("SELECT pg_catalog.current_setting('transaction_read_only')")
        return bool((answer == "on") == (attributes == "read-only"))
    [[answer]] = session.ask("SELECT pg_catalog.pg_is_in_recovery()")
    return bool(answer == (attributes == "standby"))


def _is_let_in(settings: ConnectionSettings) -> bool:
    return _asked_again(settings, "") is None


def _kind(error: Exception) -> str:
    from schemaproof.connection.server_socket import NoTlsError, NotPostgresError

    kinds: tuple[tuple[type[Exception], str], ...] = (
        (_UnsuitableError, "unsuitable"),
        (NotPostgresError, "stranger"),
        (NoTlsError, "no TLS"),
        (PermissionError, "permission"),
        (socket.gaierror, "name"),
        (TimeoutError, "silence"),
        (ssl.SSLError, "certificate"),
        (ConnectionRefusedError, "absent"),
        (ConnectionError, "closed"),
    )
    return next((kind for sort, kind in kinds if isinstance(error, sort)), "absent")
