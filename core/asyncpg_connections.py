"""Open connections by asyncpg, which has no ``require_auth`` and no keepalives.

asyncpg opens its sockets through the event loop that it is given. The loop that this module passes
sets keepalives on the sockets. It also reads the messages of the server until the session is
accepted, and passes on a request for the password only if its method is accepted.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import TYPE_CHECKING, Any, Final

import asyncpg

from core.loop_timers import LoopTimers
from core.session_errors import unreachable
from schemaproof import is_accepted, keepalives, network_remedy, refusal, whole_milliseconds

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.config import DatabaseSettings
    from core.errors import MonpsError

_HEAD: Final = 5
_AUTHENTICATION: Final = ord("R")
_OK: Final = 0
# libpq tries the next host, too, after these errors: the server cannot be reached, is starting or
# stopping, or does not have the attributes of the session that are asked for.
_NEXT: Final = (
    OSError,
    asyncpg.CannotConnectNowError,
    asyncpg.PostgresConnectionError,
    asyncpg.TargetServerAttributeNotMatched,
)


async def connect(settings: DatabaseSettings, *arguments: Any, **options: Any) -> Any:
    """Open a connection as ``asyncpg.connect`` does, to the first suitable host.

    asyncpg takes several hosts as well, but then has one limit on waiting for all of them: a silent
    host would leave no time for the next. Here each host has its own limit, as with libpq.

    Args:
        settings: The settings with the accepted authentication, and the limit on silence.
        arguments: Positional arguments of ``asyncpg.connect``.
        options: Keyword arguments of ``asyncpg.connect``.

    Raises:
        ConfigurationError: The server asks for the password in a way that is not accepted.
        asyncpg.PostgresError: The server refused.
        ServerUnreachableError: There is no server; it is an ``OSError``.
    """
    loop = _Loop(asyncio.get_running_loop(), settings)
    attributes = settings.session_attributes
    # libpq, too, tries every host as a standby first, and then every host again as any server.
    passes = ("standby", "any") if attributes == "prefer-standby" else (attributes,)
    tries = [(wanted, *address) for wanted in passes for address in settings.addresses]
    failures: list[BaseException] = []
    for wanted, host, port in tries:
        there = {**options, "host": host, "port": port, "target_session_attrs": wanted}
        if host.startswith("/"):
            # libpq uses no TLS on a Unix socket either, and asyncpg would make a context for it.
            there["ssl"] = False
        try:
            return await asyncpg.connect(*arguments, **there, loop=loop)
        except _NEXT as error:
            failures.append(error)
        except (asyncpg.PostgresError, asyncpg.InterfaceError):
            if loop.refused is not None:
                raise loop.refused from None
            raise
    if loop.refused is not None:
        raise loop.refused from None
    raise _connect_error(failures, settings)


def _connect_error(failures: list[BaseException], settings: DatabaseSettings) -> BaseException:
    """Return the error to raise when no server was suitable."""
    # The error of a server that answered says more than the error of a server that did not.
    answers = [error for error in failures if not isinstance(error, OSError)]
    error = (answers or failures)[-1]
    if isinstance(error, OSError):
        typed_error: BaseException = unreachable(error)
    elif isinstance(error, asyncpg.TargetServerAttributeNotMatched):
        typed_error = unreachable(OSError(None, str(error)))
        typed_error.remedy = network_remedy("unsuitable", settings)
    else:
        return error
    typed_error.__cause__ = error
    return typed_error


class _Loop:
    """The running event loop, with the changes that asyncpg needs."""

    def __init__(self, loop: asyncio.AbstractEventLoop, settings: DatabaseSettings) -> None:
        self._loop = loop
        self._settings = settings
        self.refused: MonpsError | None = None
        # asyncpg calls call_later() for each command that has a time-out.
        self.call_later = LoopTimers(loop).call_later

    def __getattr__(self, name: str) -> Any:
        if name == "start_tls":
            # Without start_tls() asyncpg opens the TLS connection with create_connection(), which
            # this class replaces; so the messages on that connection are read as well.
            raise AttributeError(name)
        return getattr(self._loop, name)

    async def create_connection(
        self, factory: Callable[[], Any], *arguments: Any, **options: Any
    ) -> tuple[Any, Any]:
        def make() -> Any:
            made = factory()
            # asyncpg uses another protocol to ask whether the server supports TLS.
            is_session = isinstance(made, asyncpg.protocol.Protocol)
            return _Reader(made, self) if is_session else made

        transport, protocol = await self._loop.create_connection(make, *arguments, **options)
        _keep_alive(transport.get_extra_info("socket"), self._settings)
        return transport, protocol.protocol if isinstance(protocol, _Reader) else protocol

    def accepts(self, method: int) -> bool:
        if is_accepted(method, self._settings.accepted_authentication):
            return True
        accepted = self._settings.accepted_authentication
        self.refused = refusal(method, accepted, self._settings.variables)
        return False


class _Reader(asyncio.Protocol):
    """Reads in place of asyncpg's protocol until the server has accepted the session."""

    def __init__(self, protocol: Any, loop: _Loop) -> None:
        self.protocol = protocol
        self._loop = loop
        self._received = b""
        self._was_asked = False
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self.protocol.connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.protocol.connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._received += data
        while len(self._received) >= _HEAD + 4:
            kind, length = struct.unpack_from("!Bi", self._received)
            message, rest = self._received[: length + 1], self._received[length + 1 :]
            if len(message) <= length:
                return
            if kind == _AUTHENTICATION:
                [method] = struct.unpack_from("!i", message, _HEAD)
                is_end = method == _OK and self._was_asked
                if not (is_end or self._loop.accepts(method)):
                    self._transport.abort()
                    return
                self._was_asked = True
                if method == _OK:
                    self._transport.set_protocol(self.protocol)
                    self.protocol.data_received(message + rest)
                    return
            self._received = rest
            self.protocol.data_received(message)


def _keep_alive(sock: socket.socket, settings: DatabaseSettings) -> None:
    timeout = settings.DB_NETWORK_TIMEOUT
    if not timeout:
        return
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    given = {"TCP_USER_TIMEOUT": whole_milliseconds(timeout)}
    names = {"idle": "TCP_KEEPIDLE", "interval": "TCP_KEEPINTVL", "count": "TCP_KEEPCNT"}
    given |= {names[name]: value for name, value in keepalives(timeout).items()}
    for name, value in given.items():
        if hasattr(socket, name):  # The platform may not support this option.
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
