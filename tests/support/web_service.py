"""Run the service of examples/ with uvicorn, as in production."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2 as httpx

from schemaproof_testing.project import ROOT
from schemaproof_testing.watching import free_port
from tests.support.metrics import Page, parsed


@dataclass(frozen=True)
class Service:
    """A running service."""

    process: subprocess.Popen[str]
    port: int
    output: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str) -> httpx.Response:
        return httpx.get(f"{self.url}{path}", timeout=60)

    def page(self) -> Page:
        response = self.get("/metrics")
        assert response.status_code == 200
        return parsed(response.content)

    def stop(self) -> str:
        """Stop the service with SIGTERM; return its output."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=60)
        return self.output.read_text("utf-8")


@contextmanager
def served(
    environ: Mapping[str, str], folder: Path, *options: str, program: str = "uvicorn"
) -> Iterator[Service]:
    """Run the service on a free port until the block ends."""
    port = free_port()
    address = (
        ["--bind", f"127.0.0.1:{port}"]
        if program == "gunicorn"
        else ["--host", "127.0.0.1", "--port", str(port)]
    )
    output = folder / "service.log"
    command = [sys.executable, "-m", program, "examples.web:app", *address, *options]
    with output.open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **environ},
            stdout=log,
            stderr=subprocess.STDOUT,
            text=True,
        )
    service = Service(process, port, output)
    try:
        until_it_answers(service)
        yield service
    finally:
        if process.poll() is None:
            service.stop()


def until_it_answers(service: Service) -> None:
    deadline = time.monotonic() + 60
    while True:
        assert service.process.poll() is None, service.output.read_text("utf-8")
        try:
            service.get("/healthz")
        except httpx.TransportError:
            assert time.monotonic() < deadline, service.output.read_text("utf-8")
            time.sleep(0.1)
        else:
            return
