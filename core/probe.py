"""Is there a PostgreSQL server at all? Asked without credentials, for error messages."""

from __future__ import annotations

import socket
import struct
from contextlib import closing
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from core.config import DatabaseSettings

# "Do you speak SSL?", the one question that every server answers before it knows who asks.
_SSL_REQUEST: Final = struct.pack("!ii", 8, 80877103)
_ANSWERS: Final = (b"S", b"N", b"E")
_PATIENCE: Final = 2.0


def server_address(settings: DatabaseSettings) -> str:
    """Say where the server is expected, for people to read."""
    if settings.DB_HOST.startswith("/"):
        return _socket_path(settings)
    return f"{settings.DB_HOST}, port {settings.DB_PORT}"


def why_no_server(settings: DatabaseSettings) -> str | None:
    """Look for a PostgreSQL server where the settings say it is.

    Args:
        settings: Host and port; the credentials are not used.

    Returns:
        What to do about its absence, or None when a server answers.
    """
    address = server_address(settings)
    try:
        with closing(_connect(settings)) as connection:
            connection.sendall(_SSL_REQUEST)
            if connection.recv(1) in _ANSWERS:
                return None
    except PermissionError:
        return f"no permission to use {address}: check its folder's permissions, or DB_HOST"
    except socket.gaierror:
        return f"the host name {settings.DB_HOST!r} is not known: check DB_HOST"
    except TimeoutError:
        return f"nothing answers at {address}: check DB_HOST, DB_PORT and firewalls"
    except OSError:
        # Refused, no such socket, unreachable network: the driver's own line says which.
        return f"no server at {address}: start it, or correct DB_HOST and DB_PORT"
    return f"what answers at {address} is not PostgreSQL: check DB_HOST and DB_PORT"


def _connect(settings: DatabaseSettings) -> socket.socket:
    if not settings.DB_HOST.startswith("/"):
        # libpq accepts a list of hosts; the last one's failure is the one that it reports.
        host = settings.DB_HOST.rpartition(",")[2]
        return socket.create_connection((host, settings.DB_PORT), timeout=_PATIENCE)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(_PATIENCE)
        connection.connect(_socket_path(settings))
    except BaseException:
        connection.close()
        raise
    return connection


def _socket_path(settings: DatabaseSettings) -> str:
    return f"{settings.DB_HOST.rstrip('/')}/.s.PGSQL.{settings.DB_PORT}"
