"""Run ``schemaproof watch`` as an operator does."""

import json
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Final

from schemaproof_testing.project import Programs

SECONDS: Final = 60.0


@dataclass(frozen=True)
class Page:
    """A response of the daemon."""

    status: int
    headers: dict[str, str]
    text: str

    def metric(self, name: str) -> float:
        """Return the value of a series, named with its labels; -1 if it does not exist."""
        found = [one for one in self.text.splitlines() if one.startswith(f"{name} ")]
        return float(found[0].partition(" ")[2]) if found else -1.0


@dataclass(frozen=True)
class Watch:
    """A running daemon."""

    process: subprocess.Popen[str]
    port: int
    printed: Path

    def get(self, path: str, method: str = "GET") -> Page:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        try:
            connection.request(method, path)
            answer = connection.getresponse()
            text = answer.read().decode("utf-8")
            return Page(answer.status, dict(answer.headers.items()), text)
        finally:
            connection.close()

    def json(self, path: str) -> Any:
        return json.loads(self.get(path).text)

    def until(self, name: str, value: float) -> Page:
        """Wait until a metric has a value."""
        return self.until_page("/metrics", lambda page: page.metric(name) == value)

    def until_page(self, path: str, is_so: Callable[[Page], bool]) -> Page:
        deadline = time.monotonic() + SECONDS
        while True:
            assert self.process.poll() is None, self.output
            try:
                page = self.get(path)
            except OSError:
                page = Page(0, {}, "")
            if is_so(page):
                return page
            assert time.monotonic() < deadline, page.text + self.output
            time.sleep(0.1)

    def next_check(self) -> None:
        """Wait until a check that began after this call has completed."""
        name = "schemaproof_last_check_timestamp_seconds"
        page = self.get("/metrics")
        for _ in range(2):
            page = self.until_page("/metrics", partial(_is_later, page.metric(name), name))

    @property
    def output(self) -> str:
        return self.printed.read_text("utf-8")

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=SECONDS)


@contextmanager
def watching(
    programs: Programs, *arguments: str, program: str = "schemaproof", **environ: str
) -> Iterator[Watch]:
    """Run the daemon with a check each second, until the block ends."""
    port = free_port()
    printed = programs.folder / "watch.log"
    command = programs.command(program, "watch", "--listen", str(port), "--every", "1", *arguments)
    with printed.open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            command,
            cwd=programs.folder,
            env=programs.environment(**environ),
            stdout=log,
            stderr=subprocess.STDOUT,
            text=True,
        )
    watch = Watch(process, port, printed)
    try:
        watch.until_page("/healthz", lambda page: page.status != 0)
        yield watch
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(timeout=SECONDS)


def _is_later(before: float, name: str, page: Page) -> bool:
    return page.metric(name) > before


def free_port() -> int:
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return int(made.getsockname()[1])
