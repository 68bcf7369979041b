"""Remedies for errors: by SQLSTATE (PostgreSQL manual, appendix A), or by network failure.

Names in braces are replaced by values of the settings, and ``$host`` by the program's name of that
setting. A whole code takes precedence over its beginning (three characters, then two).
"""

from __future__ import annotations

from itertools import starmap
from typing import TYPE_CHECKING, Final

from schemaproof.setting_names import with_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemaproof.connection.target import ConnectionSettings

STATEMENT: Final[Mapping[str, str]] = {
    "08": "the connection broke: try again",
    "25006": "the session is read-only: connect to the primary server, or look for "
    "default_transaction_read_only",
    "25P03": "the transaction was idle too long: raise $idle_timeout, or "
    "idle_in_transaction_session_timeout of the role, the database or the server",
    "25P04": "the transaction took too long: raise transaction_timeout of the role, the database or"
    " the server",
    "28": "check $user and $password",
    "3D000": "create the database, or correct $database",
    "40": "it conflicted with another session: try again",
    "42P07": (
        "it may belong to something else: move it away, or stamp the revision that the schema is at"
    ),
    "42501": "grant role {user!r} the privilege, or set $user to a role that has it",
    "53100": "the server's disk is full: make room there",
    "53300": "the server has no connection left: close some, or raise its max_connections",
    "53": "the server is short of resources: relieve it and try again",
    "55006": "another session uses the object: try again when it has finished",
    "55P03": "another session holds the lock: try again later, or raise the lock time-out "
    "($lock_timeouts)",
    "57014": "if nobody cancelled it, raise the statement time-out ($statement_timeouts)",
    "57P03": "the server is starting, recovering or stopping: try again in a moment",
    "57P05": "the session was idle too long: raise idle_session_timeout of the role, the database"
    " or the server",
    "57P": "the server ended the session: try again when it is up",
}
"""The remedies of errors while a statement is executed, by SQLSTATE or its beginning."""

CONNECTING: Final[Mapping[str, str]] = {
    "08P01": (
        "the server, or a proxy before it, does not understand the request: check $host and $port"
    ),
    "22023": "the server does not take a setting of the session: correct $timeouts,"
    " the variables of libpq (PGOPTIONS, PGTZ, PGDATESTYLE,"
    " PGCLIENTENCODING), or what is set for the role or the database",
    "28000": "the server refuses this connection: check $user ({user!r}), $database ({name!r}),"
    " $sslmode, the role's LOGIN, and the server's pg_hba.conf",
    "28P01": "check $user ({user!r}) and $password",
    "3D000": "create the database, or correct $database ({name!r})",
    "42501": "grant role {user!r} CONNECT on database {name!r}, or set $user to a role that may",
    "42704": "the server does not know a setting of the session: PostgreSQL 15 or later is needed",
    "53300": "no connection is left: close some, or raise max_connections of the server, or the"
    " CONNECTION LIMIT of the role or the database",
    "55000": "the database takes no connections: ALTER DATABASE ... ALLOW_CONNECTIONS true, or"
    " correct $database ({name!r})",
    "57P01": "the server is being stopped, or an administrator ended the session: try again when it"
    " is up",
}
"""The remedies of errors while connecting; for other SQLSTATEs, ``STATEMENT`` has them."""

NETWORK: Final[Mapping[str, str]] = {
    "permission": "no permission to use {address}: check its folder's permissions, or $host",
    "name": "the host name {host!r} is not known: check $host",
    "silence": "nothing answers at {address}: check $host, $port and firewalls",
    "certificate": "the certificate of {address} was not accepted: check $sslmode and the root"
    " certificate (PGSSLROOTCERT)",
    "no TLS": "the server at {address} has no TLS: switch it on (ssl), or set $sslmode",
    "closed": "the server or proxy at {address} closes the connection: read the logs of both",
    "absent": "no server at {address}: start it, or correct $host and $port",
    "stranger": "what answers at {address} is not PostgreSQL: check $host and $port",
    "passed": "a second connection to the server at {address} succeeded: try again",
    "unsuitable": "no server at {address} is {attributes} ($session_attributes): promote a"
    " standby, look for default_transaction_read_only, or correct $host",
    "broken": "the server at {address} is up, only the connection broke: try again",
}
"""The remedies of failures without an error of the server, by the kind of failure."""

POOL: Final = "raise $pool_size, or return connections to the pool sooner"


def server_remedy(sqlstate: str, settings: ConnectionSettings, *, is_connecting: bool) -> str:
    """Return advice on an error that the server reported; empty when there is none."""
    table = {**STATEMENT, **CONNECTING} if is_connecting else STATEMENT
    # The names of settings are inserted first, because a value could look like a placeholder.
    text = with_names(_advice(sqlstate, table), settings.variables)
    return text.format(user=settings.current_user, name=settings.database)


def statement_remedy(sqlstate: str, variables: Mapping[str, str]) -> str:
    """Return advice on an error that the server reported, where no settings are known.

    Args:
        sqlstate: The code of an error about a session, not about rights.
        variables: The user's names of settings, by the names of ``schemaproof.setting_names``.
    """
    return with_names(_advice(sqlstate, STATEMENT), variables)


def network_remedy(kind: str, settings: ConnectionSettings) -> str:
    """Return advice about a network failure: one of ``NETWORK``."""
    return with_names(NETWORK[kind], settings.variables).format(
        address=" or ".join(starmap(address, settings.addresses)),
        host=settings.host,
        attributes=settings.session_attributes,
    )


def _advice(sqlstate: str, table: Mapping[str, str]) -> str:
    # The advice is looked up by the whole SQLSTATE, then by its beginnings.
    keys = (sqlstate, sqlstate[:3], sqlstate[:2])
    return next((table[key] for key in keys if key in table), "")


def address(host: str, port: int) -> str:
    """Return the address of a server as readable text."""
    if host.startswith("/"):
        return f"{host.rstrip('/')}/.s.PGSQL.{port}"
    return f"{host}, port {port}"
