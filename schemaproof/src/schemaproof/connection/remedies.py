"""What to do about an error: by SQLSTATE (PostgreSQL manual, appendix A), or by how a line failed.

One table. The names in braces are filled in from the settings. A whole code goes before its class
(three characters, then two).
"""

from __future__ import annotations

import re
from itertools import starmap
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemaproof.connection.target import ConnectionSettings

_SETTING: Final = re.compile(r"\b(?:DB|MIGRATION)_[A-Z_]+")
STATEMENT: Final[Mapping[str, str]] = {
    "08": "the connection broke: try again",
    "25006": "the session is read-only: connect to the primary server, or look for "
    "default_transaction_read_only",
    "25P03": "the transaction was idle too long: raise DB_IDLE_IN_TRANSACTION_TIMEOUT, or "
    "idle_in_transaction_session_timeout of the role, the database or the server",
    "25P04": "the transaction took too long: raise transaction_timeout of the role, the database or"
    " the server",
    "28": "check DB_USER and DB_PASSWORD",
    "3D000": "create the database, or correct DB_NAME",
    "40": "another session was in the way: try again",
    "42P07": "it may not be ours: move it away, or stamp the revision that the schema is at",
    "42501": "grant role {user!r} the privilege, or set DB_USER to a role that has it",
    "53100": "the server's disk is full: make room there",
    "53300": "the server has no connection left: close some, or raise its max_connections",
    "53": "the server is short of resources: relieve it and try again",
    "55006": "another session uses the object: try again when it has finished",
    "55P03": "another session holds the lock: try again later, or raise the lock time-out "
    "(DB_LOCK_TIMEOUT, MIGRATION_LOCK_TIMEOUT)",
    "57014": "if nobody cancelled it, raise the statement time-out (DB_STATEMENT_TIMEOUT, "
    "DB_CHECK_TIMEOUT, MIGRATION_STATEMENT_TIMEOUT)",
    "57P03": "the server is starting, recovering or stopping: try again in a moment",
    "57P05": "the session was idle too long: raise idle_session_timeout of the role, the database"
    " or the server",
    "57P": "the server ended the session: try again when it is up",
}
"""While a statement is executed."""

CONNECTING: Final[Mapping[str, str]] = {
    "08P01": "the server, or what stands before it, does not understand what it was sent: check"
    " DB_HOST and DB_PORT",
    "22023": "the server does not take a setting of the session: correct the time-outs"
    " (DB_..., MIGRATION_...), the variables of libpq (PGOPTIONS, PGTZ, PGDATESTYLE,"
    " PGCLIENTENCODING), or what is set for the role or the database",
    "28000": "the server does not let this in: check DB_USER ({user!r}), DB_NAME ({name!r}),"
    " DB_SSLMODE, the role's LOGIN, and the server's pg_hba.conf",
    "28P01": "check DB_USER ({user!r}) and DB_PASSWORD",
    "3D000": "create the database, or correct DB_NAME ({name!r})",
    "42501": "grant role {user!r} CONNECT on database {name!r}, or set DB_USER to a role that may",
    "42704": "the server does not know a setting of the session: PostgreSQL 15 or later is needed",
    "53300": "no connection is left: close some, or raise max_connections of the server, or the"
    " CONNECTION LIMIT of the role or the database",
    "55000": "the database takes no connections: ALTER DATABASE ... ALLOW_CONNECTIONS true, or"
    " correct DB_NAME ({name!r})",
    "57P01": "the server is being stopped, or an administrator ended the session: try again when it"
    " is up",
}
"""Instead of a connection; what is not here is as for a statement."""

NETWORK: Final[Mapping[str, str]] = {
    "permission": "no permission to use {address}: check its folder's permissions, or DB_HOST",
    "name": "the host name {host!r} is not known: check DB_HOST",
    "silence": "nothing answers at {address}: check DB_HOST, DB_PORT and firewalls",
    "certificate": "the certificate of {address} was not accepted: check DB_SSLMODE and the root"
    " certificate (PGSSLROOTCERT)",
    "no TLS": "the server at {address} has no TLS: switch it on (ssl), or set DB_SSLMODE",
    "closed": "what answers at {address} closes the connection: look into the log of the server,"
    " and of what stands before it",
    "absent": "no server at {address}: start it, or correct DB_HOST and DB_PORT",
    "stranger": "what answers at {address} is not PostgreSQL: check DB_HOST and DB_PORT",
    "passed": "asked again, the server at {address} let us in: try again",
    "unsuitable": "no server at {address} is {attributes} (DB_TARGET_SESSION_ATTRS): promote a"
    " standby, look for default_transaction_read_only, or correct DB_HOST",
    "broken": "the server at {address} is up, only the connection broke: try again",
}
"""Where no server said anything."""

POOL: Final = "raise DB_POOL_SIZE or DB_MAX_OVERFLOW, or give connections back sooner"
LOST: Final = (
    "try again: the connection broke, or the server ended the session (it was stopped, somebody"
    " ended it, or it was idle too long: DB_IDLE_IN_TRANSACTION_TIMEOUT)"
)
COMMAND: Final = (
    "if the server is at work, raise DB_COMMAND_TIMEOUT (and look for who holds a lock);"
    " else look for what is silent between here and there"
)
NO_CONNECTION: Final = (
    "start the server, or check DB_HOST, DB_PORT, DB_USER and DB_PASSWORD;"
    " core.database.check_sync_connection() logs what is wrong"
)
"""Where nobody has looked for the reason."""


def for_sqlstate(sqlstate: str, settings: ConnectionSettings, *, is_connecting: bool) -> str:
    """Return what to do about what a server said; empty when nothing can be advised."""
    table = {**STATEMENT, **CONNECTING} if is_connecting else STATEMENT
    found = (table[key] for key in keys(sqlstate) if key in table)
    text = next(found, "").format(user=settings.current_user, name=settings.DB_NAME)
    return for_user(text, settings)


def for_session(sqlstate: str | None, *, was_open: bool) -> str:
    """Return what to do about what happened to a session, where there are no settings.

    Args:
        sqlstate: What the server said, about a session and not about rights; None for nothing.
        was_open: Whether a connection broke in use.
    """
    if sqlstate is None or sqlstate.startswith("08"):  # asyncpg gives it itself
        return LOST if was_open else NO_CONNECTION
    return next(STATEMENT[key] for key in keys(sqlstate) if key in STATEMENT)


def keys(sqlstate: str) -> tuple[str, ...]:
    """Return what a code is looked up by: itself, and what it begins with."""
    return sqlstate, sqlstate[:3], sqlstate[:2]


def for_network(kind: str, settings: ConnectionSettings) -> str:
    """Return what to do about a line that failed: one of ``NETWORK``."""
    where = " or ".join(starmap(address, settings.addresses))
    text = NETWORK[kind].format(
        address=where, host=settings.DB_HOST, attributes=settings.session_attributes
    )
    return for_user(text, settings)


def for_user(advice: str, settings: ConnectionSettings) -> str:
    """Call the settings as the user knows them."""
    return _SETTING.sub(lambda found: settings.variables.get(found[0], found[0]), advice)


def address(host: str, port: int) -> str:
    """Say where a server is expected, for people to read."""
    if host.startswith("/"):
        return f"{host.rstrip('/')}/.s.PGSQL.{port}"
    return f"{host}, port {port}"
