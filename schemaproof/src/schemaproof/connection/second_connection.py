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
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from pg8000 import native
from pg8000.exceptions import DatabaseError, InterfaceError

from schemaproof.connection import authentication
from schemaproof.connection.connect_args import ANY_AUTHENTICATION
from schemaproof.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator

_SSL_REQUEST: Final = struct.pack("!ii", 8, 80877103)
LONGEST: Final = 5.0
"""Seconds in which each answer has to come."""
_NO_TLS: Final = frozenset({"disable", "allow"})
_WITHOUT_TLS: Final = frozenset({"prefer"})
# Unknown where the server hides it. It waits for the client where a result or a COPY is stuck.
# Qualified: a connection pooler may drop the path that is asked for while connecting.
_AT_WORK: Final = """
SELECT pg_catalog.pg_backend_pid(), coalesce(
    (SELECT CASE
         WHEN pg_catalog.starts_with(state, 'idle') THEN false
         WHEN wait_event_type OPERATOR(pg_catalog.=) 'Client' THEN false
         ELSE true
     END
     FROM pg_catalog.pg_stat_activity WHERE pid OPERATOR(pg_catalog.=) :pid),
    false)
"""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where to connect, as whom, and how the password may be asked for; as in the settings."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    database: str
    sslmode: str
    authentication: str
    timeout: float = LONGEST

    @classmethod
    def of_session(cls, info: Any) -> Self:
        """Return where a session of psycopg2's is.

        Args:
            info: Its ``psycopg2.extensions.ConnectionInfo``.
        """
        given = info.dsn_parameters
        return cls(
            host=info.host,
            port=info.port,
            user=info.user,
            password=info.password or "",
            database=info.dbname,
            sslmode=given.get("sslmode", "prefer"),
            authentication=given.get("require_auth") or ANY_AUTHENTICATION,
        )


@contextmanager
def opened(target: Target, options: str = "") -> Iterator[Session]:
    """Open a session for as long as the block lasts.

    Args:
        target: Where to, and as whom.
        options: Settings of the session, as libpq's parameter of that name.

    Raises:
        ServerError: The server refused.
        ConfigurationError: The server asks for the password in a way that is not accepted.
        NotPostgresError: Something else answers.
        NoTlsError: The server has no TLS, and ``DB_SSLMODE`` asks for it.
        OSError: There is no server, no answer in time, no name, or the line broke.
    """
    with _socket(target) as raw, _translated(), _tls(raw, target) as line:
        session = Session(
            target.authentication,
            user=target.user,
            password=target.password,
            database=target.database,
            sock=line,
            ssl_context=False,
            application_name="monps-db",
            startup_params=_parameters(options),
        )
        try:
            yield session
        finally:
            with suppress(InterfaceError):
                session.close()


def is_served(info: Any) -> bool:
    """Whether the server works for a session, and does not wait for us or for more.

    Args:
        info: Of a connection of psycopg2's.

    Returns:
        True also where the server answers and does not tell.
    """
    pid = info.backend_pid
    try:
        with opened(Target.of_session(info), "-c search_path=pg_catalog,pg_temp") as session:
            [[own, is_at_work]] = session.ask(_AT_WORK, pid=pid)
            # A pooler gives its clients numbers of its own.
            return bool(is_at_work) or own != session.pid
    except OSError:
        return False
    except (ServerError, ConfigurationError, NotPostgresError, NoTlsError):
        return True


def is_cancelled(info: Any) -> bool:
    """Cancel what a session does; False where the server answers, and cannot do that so.

    Raises:
        OSError: It does not answer.
    """
    try:
        with opened(Target.of_session(info), "-c search_path=pg_catalog,pg_temp") as session:
            [[own]] = session.ask("SELECT pg_catalog.pg_backend_pid()")
            if own != session.pid:  # a pooler gives its clients numbers of its own
                return False
            [[is_done]] = session.ask(
                "SELECT pg_catalog.pg_cancel_backend(:pid)", pid=info.backend_pid
            )
            return bool(is_done)
    except (ServerError, ConfigurationError, NotPostgresError, NoTlsError):
        return False


class Session(native.Connection):  # type: ignore[misc]
    """Answers only what may be answered, as libpq does with ``require_auth``."""

    def __init__(self, accepted: str, **given: Any) -> None:
        self._accepted = accepted
        self.pid = 0
        self._was_asked = False
        self._said: DatabaseError | None = None
        super().__init__(**given)

    def handle_AUTHENTICATION_REQUEST(  # noqa: N802, D102 - of pg8000
        self, data: bytes, context: Any
    ) -> None:
        [method] = struct.unpack_from("!i", data)
        is_end = method == 0 and self._was_asked
        if not (is_end or authentication.is_accepted(method, self._accepted)):
            raise authentication.refusal(method, self._accepted)
        self._was_asked = True
        super().handle_AUTHENTICATION_REQUEST(data, context)

    def handle_BACKEND_KEY_DATA(  # noqa: N802, D102 - of pg8000
        self, data: bytes, context: Any
    ) -> None:
        super().handle_BACKEND_KEY_DATA(data, context)
        [self.pid] = struct.unpack_from("!i", data)

    def handle_ERROR_RESPONSE(  # noqa: N802, D102 - of pg8000
        self, data: bytes, context: Any
    ) -> None:
        super().handle_ERROR_RESPONSE(data, context)
        self._said = context.error

    def ask(self, statement: str, **parameters: object) -> list[list[Any]]:
        """Execute a statement with parameters (``:name``), and return the rows."""
        with _translated():
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


def _socket(target: Target) -> socket.socket:
    if not target.host.startswith("/"):
        return socket.create_connection((target.host, target.port), target.timeout)
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        made.settimeout(target.timeout)
        made.connect(f"{target.host.rstrip('/')}/.s.PGSQL.{target.port}")
    except BaseException:
        made.close()
        raise
    return made


def _tls(line: socket.socket, target: Target) -> socket.socket:
    if target.host.startswith("/") or target.sslmode in _NO_TLS:
        return line
    line.sendall(_SSL_REQUEST)
    answer = line.recv(1)
    if answer == b"S":
        return _context(target.sslmode).wrap_socket(line, server_hostname=target.host)
    if not answer:
        raise ConnectionResetError
    if answer not in b"NE":  # an error, from whoever has no memory to say more
        raise NotPostgresError
    if target.sslmode not in _WITHOUT_TLS:
        raise NoTlsError
    return line


def _context(sslmode: str) -> ssl.SSLContext:
    """Find the certificates where libpq does (PostgreSQL manual, section 34.19).

    No settings of ours: both drivers read these variables themselves, and this one has to agree.
    """
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
