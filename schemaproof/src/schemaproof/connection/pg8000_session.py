"""Connect by another driver, pg8000, which passes on the server's messages while it connects.

libpq gives a text without a SQLSTATE for a connection that could not be opened, and its calls have
no limit on waiting. Here each answer has to come within a few seconds.
"""

from __future__ import annotations

import struct
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Self

from pg8000 import native
from pg8000.exceptions import DatabaseError, InterfaceError

from schemaproof.connection import authentication, server_socket
from schemaproof.connection.connect_args import ANY_AUTHENTICATION
from schemaproof.connection.server_socket import NotPostgresError
from schemaproof.errors import ConfigurationError
from schemaproof.program import program_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LONGEST: Final = 5.0
"""The limit on the time of each answer, in seconds."""


class ServerError(Exception):
    """An error that the server reported; ``sqlstate`` and ``message_primary`` as in psycopg2."""

    def __init__(self, sqlstate: str, message_primary: str) -> None:
        super().__init__(message_primary)
        self.sqlstate = sqlstate
        self.message_primary = message_primary


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The server, the user and the allowed authentication, as in the settings.

    Attributes:
        variables: The user's names of settings.
        files: The files of certificates and key, by libpq's parameters.
    """

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    database: str
    sslmode: str
    authentication: str
    timeout: float = LONGEST
    variables: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_session(cls, info: Any) -> Self:
        """Return the address of a session of psycopg2.

        Args:
            info: The ``psycopg2.extensions.ConnectionInfo`` of the session.
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
            files={name: text for name, text in given.items() if name.startswith("ssl") and text},
        )


@contextmanager
def opened(target: Target, settings: Mapping[str, str]) -> Iterator[Session]:
    """Open a session until the block ends.

    Args:
        target: The server and the user.
        settings: Settings of the session, and libpq's parameter ``options``.

    Raises:
        ServerError: The server refused.
        ConfigurationError: The server asks for the password in a way that is not accepted.
        NotPostgresError: A program other than PostgreSQL answers.
        NoTlsError: The server has no TLS, and ``sslmode`` requires it.
        OSError: The host or server was not found, did not answer in time, or the connection broke.
    """
    host, sslmode = target.host, target.sslmode
    raw = server_socket.connect(host, target.port, target.timeout)
    with raw, _translated(), server_socket.with_tls(raw, host, sslmode, target.files) as line:
        session = Session(
            target,
            user=target.user,
            password=target.password,
            database=target.database,
            sock=line,
            ssl_context=False,
            application_name=program_name(),
            startup_params={**settings},
        )
        try:
            yield session
        finally:
            with suppress(InterfaceError):
                session.close()


class Session(native.Connection):  # type: ignore[misc]
    """A session that answers only the requests for a password that ``require_auth`` allows."""

    def __init__(self, target: Target, **given: Any) -> None:
        self._target = target
        self.pid = 0
        self._was_asked = False
        self._error: DatabaseError | None = None
        super().__init__(**given)

    def handle_AUTHENTICATION_REQUEST(  # noqa: N802, D102 - of pg8000
        self, data: bytes, context: Any
    ) -> None:
        [method] = struct.unpack_from("!i", data)
        is_end = method == 0 and self._was_asked
        accepted = self._target.authentication
        if not (is_end or authentication.is_accepted(method, accepted)):
            raise authentication.refusal(method, accepted, self._target.variables)
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
        self._error = context.error

    def ask(self, statement: str, **parameters: object) -> list[list[Any]]:
        """Execute a statement with parameters (``:name``), and return the rows."""
        with _translated():
            try:
                return self.run(statement, **parameters) or []
            except InterfaceError:
                # When a server closes the connection, it has sent the reason before.
                raise self._error or InterfaceError from None


@contextmanager
def _translated() -> Iterator[None]:
    """Turn pg8000's errors into typed errors."""
    try:
        yield
    except (DatabaseError, InterfaceError) as error:
        raise _cause(error) from None
    except (KeyError, struct.error, UnicodeDecodeError):
        # The server sent a message of an unknown type.
        raise NotPostgresError from None


def _cause(error: BaseException) -> Exception:
    """Return the first error: pg8000 fails again when it closes the broken connection."""
    # This is the result if no cause is found: the server closed the connection.
    found: Exception = ConnectionResetError()
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, DatabaseError):
            [fields] = link.args
            found = ServerError(fields["C"], fields["M"])
        elif isinstance(link, (OSError, ConfigurationError)):
            found = link
        link = link.__context__
    return found
