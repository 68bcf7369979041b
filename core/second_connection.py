"""A connection by another driver, pg8000: it passes on what the server says while it connects.

libpq gives a text without a SQLSTATE for a connection that could not be opened, and its calls have
no limit on waiting. So it is asked once more by this one, and whether a session is still at work.
What waits here ends: each answer has to come within a few seconds.
"""

from __future__ import annotations

import os
import socket
import ssl
import struct
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pg8000 import native
from pg8000.exceptions import DatabaseError, InterfaceError

from core import authentication
from core.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from core.config import DatabaseSettings

_SSL_REQUEST: Final = struct.pack("!ii", 8, 80877103)
_LONGEST: Final = 5.0
_NO_TLS: Final = frozenset({"disable", "allow"})
_WITHOUT_TLS: Final = frozenset({"prefer"})


class NotPostgresError(Exception):
    """What answers speaks another protocol."""


class NoTlsError(Exception):
    """The server has no TLS, and the settings ask for it."""


class ServerError(Exception):
    """What the server said; ``sqlstate`` and ``message_primary`` as psycopg2's diagnostics."""

    def __init__(self, sqlstate: str, message_primary: str) -> None:
        super().__init__(message_primary)
        self.sqlstate = sqlstate
        self.message_primary = message_primary


@contextmanager
def opened(
    settings: DatabaseSettings, options: str = ""
) -> Iterator[Callable[..., list[list[Any]]]]:
    """Open a connection for as long as the block lasts.

    Yields what executes a statement with parameters (``:name``) and returns the rows.

    Args:
        settings: Where to, as whom, and how the password may be asked for.
        options: Settings of the session, as libpq's parameter of that name.

    Raises:
        ServerError: The server refused.
        ConfigurationError: The server asks for the password in a way that is not accepted.
        NotPostgresError: Something else answers.
        NoTlsError: The server has no TLS, and ``DB_SSLMODE`` asks for it.
        OSError: There is no server, no answer in time, no name, or the line broke.
    """
    with _socket(settings) as raw, _translated(), _tls(raw, settings) as line:
        session = _Session(
            settings,
            user=settings.DB_USER,
            password=settings.DB_PASSWORD.get_secret_value(),
            database=settings.DB_NAME,
            sock=line,
            ssl_context=False,
            application_name=settings.DB_APPLICATION_NAME,
            startup_params=_parameters(options),
        )
        try:

            def run(statement: str, **parameters: object) -> list[list[Any]]:
                with _translated():
                    return session.ask(statement, parameters)

            yield run
        finally:
            with suppress(InterfaceError):
                session.close()


def is_at_work(settings: DatabaseSettings, pid: int) -> bool:
    """Whether a session of this role executes a statement, and waits neither for us nor for more.

    Args:
        settings: Of the session.
        pid: The number of its server process.

    Raises:
        Exception: As :func:`opened`.
    """
    with opened(settings, "-c search_path=pg_catalog,pg_temp") as run:
        rows = run(
            "SELECT state = 'active' AND wait_event_type IS DISTINCT FROM 'Client'"
            " FROM pg_stat_activity WHERE pid = :pid",
            pid=pid,
        )
    return bool(rows and rows[0][0])


class _Session(native.Connection):  # type: ignore[misc]
    """Answers only what may be answered, as libpq does with ``require_auth``."""

    def __init__(self, settings: DatabaseSettings, **given: Any) -> None:
        self._settings = settings
        self._was_asked = False
        self._said: DatabaseError | None = None
        super().__init__(**given)

    def handle_AUTHENTICATION_REQUEST(self, data: bytes, context: Any) -> None:  # noqa: N802
        [method] = struct.unpack_from("!i", data)
        accepted = self._settings.accepted_authentication
        is_end = method == 0 and self._was_asked
        if not (is_end or authentication.is_accepted(method, accepted)):
            raise authentication.refusal(method, self._settings)
        self._was_asked = True
        super().handle_AUTHENTICATION_REQUEST(data, context)

    def handle_ERROR_RESPONSE(self, data: bytes, context: Any) -> None:  # noqa: N802
        super().handle_ERROR_RESPONSE(data, context)
        self._said = context.error

    def ask(self, statement: str, parameters: dict[str, Any]) -> list[list[Any]]:
        try:
            return self.run(statement, **parameters) or []
        except InterfaceError:
            # The reason comes first when a server hangs up.
            raise self._said or InterfaceError from None


def _parameters(options: str) -> dict[str, str]:
    """Add what libpq takes from the environment (PostgreSQL manual, section 34.15)."""
    names = {"PGTZ": "timezone", "PGDATESTYLE": "datestyle", "PGCLIENTENCODING": "client_encoding"}
    given = {names[name]: os.environ[name] for name in names if os.environ.get(name)}
    return {**given, **({"options": options} if options else {})}


def _socket(settings: DatabaseSettings) -> socket.socket:
    seconds = min(settings.DB_CONNECT_TIMEOUT.total_seconds() or _LONGEST, _LONGEST)
    if not settings.DB_HOST.startswith("/"):
        return socket.create_connection((settings.DB_HOST, settings.DB_PORT), seconds)
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        made.settimeout(seconds)
        made.connect(f"{settings.DB_HOST.rstrip('/')}/.s.PGSQL.{settings.DB_PORT}")
    except BaseException:
        made.close()
        raise
    return made


def _tls(line: socket.socket, settings: DatabaseSettings) -> socket.socket:
    if settings.DB_HOST.startswith("/") or settings.DB_SSLMODE in _NO_TLS:
        return line
    line.sendall(_SSL_REQUEST)
    answer = line.recv(1)
    if answer == b"S":
        return _context(settings.DB_SSLMODE).wrap_socket(line, server_hostname=settings.DB_HOST)
    if not answer:
        raise ConnectionResetError
    if answer not in b"NE":  # an error, from whoever has no memory to say more
        raise NotPostgresError
    if settings.DB_SSLMODE not in _WITHOUT_TLS:
        raise NoTlsError
    return line


def _context(sslmode: str) -> ssl.SSLContext:
    """Find the certificates where libpq does (PostgreSQL manual, section 34.19)."""
    folder = Path("~/.postgresql").expanduser()
    root = os.environ.get("PGSSLROOTCERT", str(folder / "root.crt"))
    certificate = os.environ.get("PGSSLCERT", str(folder / "postgresql.crt"))
    key = os.environ.get("PGSSLKEY", str(folder / "postgresql.key"))
    verifies = sslmode in ("verify-ca", "verify-full")
    context = ssl.create_default_context(cafile=root if verifies and root != "system" else None)
    context.check_hostname = sslmode == "verify-full"
    context.verify_mode = ssl.CERT_REQUIRED if verifies else ssl.CERT_NONE
    if Path(certificate).exists():
        context.load_cert_chain(certificate, key)
    return context


@contextmanager
def _translated() -> Iterator[None]:
    """Turn pg8000's errors into what they are."""
    try:
        yield
    except (DatabaseError, InterfaceError) as error:
        raise _cause(error) from None
    except (KeyError, struct.error, UnicodeDecodeError):  # a message of no type that there is
        raise NotPostgresError from None


def _cause(error: BaseException) -> Exception:
    """Find what came first: pg8000 says goodbye to a server that has hung up, which fails too."""
    found: Exception = ConnectionResetError()  # the other side has hung up
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, DatabaseError):
            [fields] = link.args
            found = ServerError(fields["C"], fields["M"])
        elif isinstance(link, (OSError, ConfigurationError)):
            found = link
        link = link.__context__
    return found
