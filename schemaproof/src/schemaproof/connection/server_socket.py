"""A socket to a PostgreSQL server, opened as libpq does, with TLS where the settings require it.

Each answer has to come within a time limit.
"""

import socket
import ssl
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_SSL_REQUEST: Final = struct.pack("!ii", 8, 80877103)
_NO_TLS: Final = frozenset({"disable", "allow"})
_WITHOUT_TLS: Final = frozenset({"prefer"})


class NotPostgresError(Exception):
    """The program that answers does not speak PostgreSQL's protocol."""


class NoTlsError(Exception):
    """The server has no TLS, and the settings ask for it."""


def connect(host: str, port: int, timeout: float) -> socket.socket:
    """Connect to a host, or to the socket in a folder.

    Raises:
        OSError: The host or the server was not found, or did not answer in time.
    """
    if not host.startswith("/"):
        return socket.create_connection((host, port), timeout)
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        made.settimeout(timeout)
        made.connect(f"{host.rstrip('/')}/.s.PGSQL.{port}")
    except BaseException:
        made.close()
        raise
    return made


def with_tls(
    line: socket.socket, host: str, sslmode: str, files: Mapping[str, str]
) -> socket.socket:
    """Return the socket with TLS, as ``sslmode`` requires.

    Args:
        line: The socket, on which nothing was sent yet.
        host: The host at its other end.
        sslmode: The mode of TLS, a value of libpq's parameter ``sslmode``.
        files: The files of certificates and key, by libpq's parameters ``sslrootcert``,
            ``sslcert`` and ``sslkey``; for one that is missing, libpq's default file is used.

    Raises:
        NotPostgresError: A program other than PostgreSQL answers.
        NoTlsError: The server has no TLS, but ``sslmode`` requires it.
        OSError: The connection broke, or a certificate is not right.
    """
    if host.startswith("/") or sslmode in _NO_TLS:
        return line
    line.sendall(_SSL_REQUEST)
    answer = line.recv(1)
    if answer == b"S":
        return _context(sslmode, files).wrap_socket(line, server_hostname=host)
    if not answer:
        raise ConnectionResetError
    # "E" starts an error message, which a server sends when it has no memory for a new process.
    if answer not in b"NE":
        raise NotPostgresError
    if sslmode not in _WITHOUT_TLS:
        raise NoTlsError
    return line


def _context(sslmode: str, files: Mapping[str, str]) -> ssl.SSLContext:
    """Find the certificates where libpq does (PostgreSQL manual, section 34.19)."""
    folder = Path("~/.postgresql").expanduser()
    root = files.get("sslrootcert", str(folder / "root.crt"))
    certificate = files.get("sslcert", str(folder / "postgresql.crt"))
    key = files.get("sslkey", str(folder / "postgresql.key"))
    verifies = sslmode in ("verify-ca", "verify-full")
    context = ssl.create_default_context(cafile=root if verifies and root != "system" else None)
    context.check_hostname = sslmode == "verify-full"
    context.verify_mode = ssl.CERT_REQUIRED if verifies else ssl.CERT_NONE
    if Path(certificate).exists():
        context.load_cert_chain(certificate, key)
    return context
