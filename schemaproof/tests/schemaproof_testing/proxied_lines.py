"""Connections to a server through the test: accept them, and find the end of each message."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Protocol


class Serving(Protocol):
    """A proxy that accepts connections and passes them on to a server."""

    def serve(self, listener: socket.socket) -> None:
        """Accept connections until the listener is closed."""

    def close(self) -> None:
        """Close every connection."""


def unix_listener(path: str) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(path)
    return listener


@contextmanager
def serving(proxy: Serving, listener: socket.socket) -> Iterator[None]:
    """Run a proxy until the block ends."""
    listener.listen(64)
    thread = threading.Thread(target=proxy.serve, args=(listener,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(timeout=10)
        proxy.close()


def accepted(listener: socket.socket, target: str) -> Iterator[tuple[socket.socket, socket.socket]]:
    """Yield each client with a new connection to the server, until the listener is closed."""
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        server.connect(target)
        yield client, server


def read_message(sender: socket.socket, *, is_first: bool = False) -> bytes:
    """Read one message: a type (except in the first one), a length, and the content."""
    head = _exactly(sender, 4 if is_first else 5)
    if not head:
        return b""
    return head + _exactly(sender, struct.unpack("!i", head[-4:])[0] - 4)


def _exactly(sender: socket.socket, count: int) -> bytes:
    found = b""
    while len(found) < count:
        piece = sender.recv(count - len(found))
        if not piece:
            return b""
        found += piece
    return found
