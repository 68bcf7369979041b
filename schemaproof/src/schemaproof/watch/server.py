"""The pages over HTTP, by the standard library's own server."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import copy_context
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from schemaproof.errors import ConfigurationError

if TYPE_CHECKING:
    from schemaproof.watch.pages import Answer, Pages

_AT_ONCE: Final = 32
_PATIENCE: Final = 10
_HEADERS: Final = {
    "Cache-Control": "no-store",
    # The page contains its own style and script, and loads nothing else.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline';"
    " script-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class _Handler(BaseHTTPRequestHandler):
    """A handler that answers GET and HEAD; the standard library refuses every other method."""

    server_version = "schemaproof"
    sys_version = ""
    timeout = _PATIENCE
    """The seconds that a client has to send its request, or to take the answer."""

    def __init__(self, pages: Pages, *given: Any) -> None:
        self._pages = pages
        super().__init__(*given)

    def do_GET(self) -> None:
        """Answer with a page."""
        answer = self._begin()
        self.wfile.write(answer.body)

    def do_HEAD(self) -> None:
        """Answer as GET does, without the page."""
        self._begin()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Log nothing, because the requests are of no interest."""

    def _begin(self) -> Answer:
        answer = self._pages.answer(urlsplit(self.path).path, self.headers.get("Accept", ""))
        self.send_response(answer.status)
        length = str(len(answer.body))
        given = {"Content-Type": answer.content_type, "Content-Length": length}
        for name, value in {**given, **_HEADERS, **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        return answer


class _Server(ThreadingHTTPServer):
    """A server with a thread for each request; above a limit, requests wait to be accepted."""

    def __init__(self, *given: Any) -> None:
        self._free = threading.BoundedSemaphore(_AT_ONCE)
        self._context = copy_context()  # The context contains the name of the program.
        super().__init__(*given)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Handle the request in a new thread."""
        self._free.acquire()
        try:
            super().process_request(request, client_address)
        except BaseException:
            self._free.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer the request in its own thread."""
        answer = super().process_request_thread
        try:
            self._context.copy().run(answer, request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log nothing about clients that disconnected or sent an invalid request."""


@contextmanager
def served(pages: Pages, host: str, port: int) -> Iterator[int]:
    """Serve the pages until the block ends.

    Args:
        pages: The pages to serve.
        host: A name or address of this machine.
        port: A free port; 0 for any.

    Yields:
        The port.

    Raises:
        ConfigurationError: The server cannot listen at this host and port.
    """
    try:
        [(family, *_, address), *_] = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        kind = type("_Server", (_Server,), {"address_family": family})
        server = kind(address, partial(_Handler, pages))
    except OSError as error:
        raise ConfigurationError(
            f"{host}:{port} cannot be used to listen: {error.strerror}",
            remedy="give --listen a free address of this machine",
        ) from error
    with server:
        threading.Thread(target=server.serve_forever, name="pages", daemon=True).start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
