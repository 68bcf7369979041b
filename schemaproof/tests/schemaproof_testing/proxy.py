"""A proxy that counts a program's statements and cuts the connection at one of them.

It parses the protocol (PostgreSQL manual, chapter 55) as far as the ends of messages. The program
is unmodified; it is killed when the connection is cut, before the server gets a statement, or after
it executed the statement and before its answer arrives.
"""

from __future__ import annotations

import socket
import struct
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from schemaproof_testing.proxied_lines import accepted, read_message, serving, unix_listener
from schemaproof_testing.servers import Database


class Side(Enum):
    """The moment of the cut: before, after or during a statement."""

    BEFORE = "before the server got it"
    AFTER = "after the server answered, before the program heard"
    DURING = "while the server executes it; the line itself is not cut"


@dataclass
class Proxy:
    """Counts the statements (simple queries) of the first connection, that of the migrator.

    Another connection opens from time to time: it looks for sessions that block a revision.

    Attributes:
        target: The server's socket.
        cut_at: The number of the statement at which to cut, from 1; 0 for never.
        side: The moment of the cut.
        at_cut: The function that is called once, at the cut, with the process id of the session.
        statements: The text of each statement, in order.
        drops: The parameters of the start-up message to remove, as a pooler can do.
        counts_all: Whether the statements of every connection are counted.
    """

    target: str
    cut_at: int = 0
    side: Side = Side.BEFORE
    at_cut: Callable[[int], None] = lambda _: None
    statements: list[str] = field(default_factory=list)
    drops: frozenset[bytes] = frozenset()
    counts_all: bool = False
    is_cut: threading.Event = field(default_factory=threading.Event)
    _mutex: threading.Lock = field(default_factory=threading.Lock)
    _lines: list[tuple[_Line, list[threading.Thread]]] = field(default_factory=list)

    def serve(self, listener: socket.socket) -> None:
        """Accept connections until the listener is closed."""
        for client, server in accepted(listener, self.target):
            line = _Line(self, client, server, counts=self.counts_all or not self._lines)
            threads = [threading.Thread(target=work) for work in (line.forward, line.back)]
            self._lines.append((line, threads))
            for thread in threads:
                thread.start()

    def close(self) -> None:
        """Close every connection."""
        for line, threads in self._lines:
            for end in (line.client, line.server):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
            for thread in threads:
                thread.join(timeout=10)
            line.client.close()
            line.server.close()

    def is_here(self, statement: str) -> bool:
        """Count a statement; return whether it is the one to cut at."""
        with self._mutex:
            self.statements.append(statement)
            return len(self.statements) == self.cut_at

    def cut(self, backend: int) -> None:
        """Stop forwarding on all connections, except with ``Side.DURING``."""
        if not self.is_cut.is_set():
            self.is_cut.set()
            self.at_cut(backend)

    @property
    def is_silent(self) -> bool:
        """Whether forwarding has stopped."""
        return self.is_cut.is_set() and self.side is not Side.DURING


@dataclass
class _Line:
    """One connection, in both directions."""

    proxy: Proxy
    client: socket.socket
    server: socket.socket
    counts: bool
    withheld: bool = False
    backend: int = 0

    def forward(self) -> None:
        """Forward from the program to the server."""
        with self._closing(self.server):
            self.server.sendall(
                _without(read_message(self.client, is_first=True), self.proxy.drops)
            )
            while message := read_message(self.client):
                if self.proxy.is_silent:
                    return
                is_counted = self.counts and message[:1] == b"Q"
                is_here = is_counted and self.proxy.is_here(message[5:-1].decode())
                if is_here and self.proxy.side is Side.BEFORE:
                    self.proxy.cut(self.backend)
                    return
                self.withheld = is_here and self.proxy.side is Side.AFTER
                self.server.sendall(message)
                if is_here and self.proxy.side is Side.DURING:
                    self.proxy.cut(self.backend)

    def back(self) -> None:
        """Forward from the server to the program."""
        with self._closing(self.client):
            while message := read_message(self.server):
                if message[:1] == b"K":  # BackendKeyData contains the number of the server process.
                    self.backend = struct.unpack("!i", message[5:9])[0]
                if self.withheld:
                    if message[:1] == b"Z":  # ReadyForQuery means that the statement is done.
                        self.proxy.cut(self.backend)
                        return
                elif not self.proxy.is_silent:
                    self.client.sendall(message)

    @contextmanager
    def _closing(self, other: socket.socket) -> Iterator[None]:
        with suppress(OSError):
            yield
        with suppress(OSError):
            other.shutdown(socket.SHUT_RDWR)


@contextmanager
def proxied(database: Database, make_proxy: Callable[[str], Proxy]) -> Iterator[tuple[Proxy, str]]:
    """Run a proxy in front of a database; yields the proxy, and the folder of its socket."""
    with tempfile.TemporaryDirectory(prefix="monps-proxy-") as folder:
        name = f".s.PGSQL.{database.port}"
        proxy = make_proxy(str(Path(database.host) / name))
        with serving(proxy, unix_listener(str(Path(folder) / name))):
            yield proxy, folder


def _without(message: bytes, drops: frozenset[bytes]) -> bytes:
    if not (drops and message):
        # The first message may also ask to cancel a statement; then it has no parameters.
        return message
    version, *parameters = message[4:8], *message[8:].removesuffix(b"\0\0").split(b"\0")
    pairs = zip(parameters[::2], parameters[1::2], strict=True)
    kept = b"".join(b"%b\0%b\0" % pair for pair in pairs if pair[0] not in drops)
    return struct.pack("!i", 9 + len(kept)) + version + kept + b"\0"
