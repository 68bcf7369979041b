"""Servers that store secrets, and servers that give any response a test needs."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from tests.support.aws import Aws
from tests.support.openbao import ROOT_TOKEN, OpenBao

SECRET: Final = "hush"
Environ = dict[str, str]


class Keepers:
    """The servers for Vault and AWS, and fake servers in their place."""

    def __init__(self, bao: OpenBao, aws: Aws, folder: Path, stack: ExitStack) -> None:
        self.bao, self.aws, self.folder, self._stack = bao, aws, folder, stack

    def answering(self, status: int, body: str) -> str:
        return self._stack.enter_context(answering(status, body))

    def silent(self) -> str:
        return self._stack.enter_context(silent())

    def vault(self, path: str, **changes: str) -> Environ:
        token = self.folder / "token"
        token.write_text(ROOT_TOKEN)
        given = {"DB_VAULT_ADDR": self.bao.address, "DB_VAULT_PATH": path}
        return {**given, "DB_VAULT_FILE": str(token), **changes}

    def secret(self, text: str | bytes, **changes: str) -> Environ:
        name = self.aws.write_text("bad", text)
        return {**self.aws.environ(), "DB_AWS_SECRET": name, **changes}

    def refusing(self, code: str, status: int = 400) -> Environ:
        body = json.dumps({"__type": code, "message": f"{SECRET}: {code}", "Message": SECRET})
        return self.secret(SECRET, AWS_ENDPOINT_URL=self.answering(status, body))


@contextmanager
def answering(status: int, body: str) -> Iterator[str]:
    """Run a server that gives the same response to each request; yields its address."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        do_POST = do_PUT = do_GET  # noqa: N815 - of HTTP

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def silent() -> Iterator[str]:
    """Run a server that accepts connections and never responds; yields its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def a_pair(**changes: Any) -> str:
    return json.dumps({"username": "me", "password": SECRET, **changes})
