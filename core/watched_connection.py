"""Statements of an application that end when the server has gone without a word.

libpq waits for an answer without a limit. Whoever has waited for ``DB_NETWORK_TIMEOUT`` is looked
after by a thread, as commands do it themselves (:func:`schemaproof.interruptible`): it asks the
server, by another connection, whether it works for the session, and hangs up where it does not.
"""

from __future__ import annotations

import math
import select
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, Final, ParamSpec, TypeVar

from psycopg2 import extensions

from core.copy_cursor import CopyCursor
from core.fork_hooks import after_fork_in_child
from schemaproof import ANSWER_SECONDS, hang_up, is_served, silence_limit

if TYPE_CHECKING:
    from sqlalchemy import Engine

P = ParamSpec("P")
R = TypeVar("R")
_NEVER: Final = math.inf


class Watch:
    """Knows the statements that run, and looks after those that last."""

    def __init__(self) -> None:
        self._forget()
        after_fork_in_child(self, Watch._forget)

    def _forget(self) -> None:
        self._changed = threading.Condition()
        self._running: dict[object, tuple[float, Any]] = {}
        self._wakes = _NEVER
        self._is_started = False

    @contextmanager
    def over(self, connection: Any, patience: float) -> Iterator[None]:
        """Look after a connection for as long as the block lasts."""
        running, due = object(), time.monotonic() + patience
        with self._changed:
            self._running[running] = (due, connection)
            if not self._is_started:
                threading.Thread(target=self._wait, name="watch", daemon=True).start()
                self._is_started = True
            if due < self._wakes:
                self._changed.notify()
        try:
            yield
        finally:
            with self._changed:
                self._running.pop(running, None)

    def _wait(self) -> None:
        """Wait for the first statement that lasts, until none runs."""
        with self._changed:
            while self._running:
                now = time.monotonic()
                for running, (due, connection) in [*self._running.items()]:
                    if due <= now:
                        self._running[running] = (_NEVER, connection)
                        arguments = (running, connection)
                        threading.Thread(target=self._ask, args=arguments, daemon=True).start()
                self._wakes = min((due for due, _ in self._running.values()), default=_NEVER)
                self._changed.wait(None if self._wakes == _NEVER else self._wakes - now)
                self._wakes = -_NEVER  # this thread is awake
            self._is_started, self._wakes = False, _NEVER

    def _ask(self, running: object, connection: Any) -> None:
        is_alive = _is_answering(connection) or is_served(connection)
        if not is_alive:
            is_alive = _is_answering(connection) or is_served(connection)
        with self._changed:
            self._changed.notify()
            if running in self._running and is_alive:
                self._running[running] = (time.monotonic() + connection.patience, connection)
            elif running in self._running:
                hang_up(connection)


def _is_answering(connection: Any) -> bool:
    """Whether something comes in, as of a large result on a slow line."""
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(ANSWER_SECONDS * 1000))


def _watched(
    method: Callable[Concatenate[Any, P], R],
) -> Callable[Concatenate[Any, P], R]:
    """Have a method of a connection, or of its cursor, looked after."""

    @wraps(method)
    def watched(self: Any, /, *args: P.args, **kwargs: P.kwargs) -> R:
        connection = getattr(self, "connection", self)
        # Within interruptible() the waiting is done in Python, and ends there.
        if connection.patience is None or extensions.get_wait_callback() is not None:
            return method(self, *args, **kwargs)
        with connection.watch.over(connection, connection.patience):
            return method(self, *args, **kwargs)

    return watched


class WatchedConnection(extensions.connection):  # type: ignore[misc]
    """psycopg2's connection; see the module."""

    watch: Watch
    patience: float | None = None

    commit = _watched(extensions.connection.commit)
    rollback = _watched(extensions.connection.rollback)


class WatchedCursor(CopyCursor):
    """psycopg2's cursor, of such a connection; COPY looks after itself."""

    execute = _watched(extensions.cursor.execute)
    executemany = _watched(extensions.cursor.executemany)
    fetchmany = _watched(extensions.cursor.fetchmany)
    fetchall = _watched(extensions.cursor.fetchall)


def look_after(engine: Engine) -> None:
    """Look after all connections of an engine that opens :class:`WatchedConnection`."""
    from sqlalchemy import event

    watch = Watch()

    def begin(connection: Any, _: Any) -> None:
        connection.watch, connection.patience = watch, silence_limit(connection)

    event.listen(engine, "connect", begin, insert=True)
