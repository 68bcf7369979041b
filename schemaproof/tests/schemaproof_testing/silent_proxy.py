"""A half-open network: no answers arrive, and no connection is closed.

Messages of the program are still received, so its kernel sees every byte acknowledged; connections
are still accepted. Only answers stop, on all connections at once, at the n-th message of the
program.
"""

import socket
import struct
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from schemaproof_testing.proxied_lines import accepted, read_message, serving, unix_listener
from schemaproof_testing.servers import Database


@dataclass
class SilentProxy:
    """Forwards to a server until it stops.

    Attributes:
        target: The server's socket.
        silent_at: The number of the message, from 1, from which on nothing is forwarded.
        is_here: The function that recognises the message, if its number is not known.
        takes: Whether messages of the program are still received.
    """

    target: str
    silent_at: int = 0
    is_here: Callable[[bytes], bool] = lambda _: False
    takes: bool = True
    count: int = 0
    is_silent: threading.Event = field(default_factory=threading.Event)
    _mutex: threading.Lock = field(default_factory=threading.Lock)
    _ends: list[socket.socket] = field(default_factory=list)

    def serve(self, listener: socket.socket) -> None:
        for client, server in accepted(listener, self.target):
            self._ends += [client, server]
            for work in (self._forward, self._back):
                threading.Thread(target=work, args=(client, server), daemon=True).start()

    def close(self) -> None:
        for end in self._ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _forward(self, client: socket.socket, server: socket.socket) -> None:
        is_first = True
        with suppress(OSError):
            while message := read_message(client, is_first=is_first):
                # A request for TLS is followed by another message without a type.
                is_first = is_first and message[4:8] == struct.pack("!i", 80877103)
                if not self._swallows(message):
                    server.sendall(message)
                elif not self.takes:
                    return
            if not self.is_silent.is_set():
                server.shutdown(socket.SHUT_RDWR)

    def _swallows(self, message: bytes) -> bool:
        with self._mutex:
            self.count += 1
            if self.count == self.silent_at or self.is_here(message):
                self.is_silent.set()
            return self.is_silent.is_set()

    def _back(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := server.recv(65_536):
                if not self.is_silent.is_set():
                    client.sendall(data)
            if not self.is_silent.is_set():
                client.shutdown(socket.SHUT_RDWR)


@contextmanager
def silent_proxy(
    database: Database, *, tcp: bool = False, **options: object
) -> Iterator[tuple[SilentProxy, dict[str, str]]]:
    """Run a silent proxy in front of a database; yields it with the settings for connections."""
    name = f".s.PGSQL.{database.port}"
    proxy = SilentProxy(str(Path(database.host) / name), **options)  # type: ignore[arg-type]
    with tempfile.TemporaryDirectory(prefix="monps-proxy-") as folder:
        if tcp:
            listener = socket.create_server(("127.0.0.1", 0))
            where = {"DB_HOST": "127.0.0.1", "DB_PORT": str(listener.getsockname()[1])}
        else:
            listener = unix_listener(str(Path(folder) / name))
            where = {"DB_HOST": folder}
        with serving(proxy, listener):
            yield proxy, {**database.environ(), **where}
