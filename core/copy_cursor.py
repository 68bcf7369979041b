"""COPY that Ctrl-C can interrupt, and that ends when the server is gone."""

import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from psycopg2 import extensions

from schemaproof import ANSWER_SECONDS, hang_up, is_served, silence_limit

_PIECE: Final = 1 << 18
"""The number of bytes that libpq gets at once; when it takes them, the server is there."""


class CopyCursor(extensions.cursor):  # type: ignore[misc]
    """A cursor of psycopg2 whose COPY also works within :func:`schemaproof.interruptible`."""

    def copy_expert(self, sql: Any, file: Any, size: int = _PIECE) -> None:
        """Run COPY as psycopg2 does, while a thread watches the connection to the server."""
        watched = _Watched(file)
        with _libpq_waits(), _watching(self.connection, watched):
            super().copy_expert(sql, watched, size)


class _Watched:
    """A file that records the time of its last use."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self.used_at = time.monotonic()

    def read(self, size: int) -> Any:
        with self._used():
            return self._file.read(size)

    def write(self, data: Any) -> Any:
        with self._used():
            return self._file.write(data)

    @contextmanager
    def _used(self) -> Iterator[None]:
        self.used_at = math.inf
        try:
            yield
        finally:
            self.used_at = time.monotonic()


@contextmanager
def _libpq_waits() -> Iterator[None]:
    """Let libpq wait during a COPY, because psycopg2 has no COPY with a wait callback."""
    before = extensions.get_wait_callback()
    extensions.set_wait_callback(None)
    try:
        yield
    finally:
        extensions.set_wait_callback(before)


@contextmanager
def _watching(connection: Any, file: _Watched) -> Iterator[None]:
    is_done = threading.Event()
    arguments = (connection, file, is_done)
    threading.Thread(target=_watch, args=arguments, name="copy", daemon=True).start()
    try:
        yield
    finally:
        is_done.set()


def _watch(connection: Any, file: _Watched, is_done: threading.Event) -> None:
    patience = silence_limit(connection)
    while not is_done.wait(patience):
        is_silent = time.monotonic() - file.used_at >= (patience or 0)
        if not is_silent or is_served(connection):
            continue
        if is_done.wait(ANSWER_SECONDS) or is_served(connection):
            continue
        hang_up(connection)
        return
