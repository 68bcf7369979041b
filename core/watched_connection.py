"""End statements of an application when the server disappears without a message.

libpq waits for an answer without a limit. After ``DB_NETWORK_TIMEOUT`` a thread asks the server by
another connection whether it still executes the statement, and closes the connection if not, as
:func:`schemaproof.interruptible` does for commands.
"""

from __future__ import annotations

import math
import select
import threading
import time
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from psycopg2 import extensions

from core.copy_cursor import CopyCursor
from core.fork_hooks import after_fork_in_child
from schemaproof import ANSWER_SECONDS, hang_up, is_served, silence_limit

if TYPE_CHECKING:
    from sqlalchemy import Engine

P = ParamSpec("P")
R = TypeVar("R")


class Statement:
    """A running statement.

    Attributes:
        due: The time at which it is checked, by ``time.monotonic``.
        connection: The connection that runs it.
    """

    __slots__ = ("connection", "due")

    def __init__(self, connection: Any, due: float) -> None:
        self.connection, self.due = connection, due


class Watch:
    """Keeps the running statements, and checks the server of a statement that takes long.

    Attributes:
        running: The running statements; the code that adds one discards it. The set needs no lock,
            because each change is a single call.
    """

    def __init__(self) -> None:
        self._forget()
        after_fork_in_child(self, Watch._forget)

    def _forget(self) -> None:
        self._changed = threading.Condition()
        self.running: set[Statement] = set()
        self._wakes = math.inf
        self._is_started = False

    def begin(self, connection: Any) -> Statement:
        """Watch a connection until its statement is discarded from ``running``."""
        begun = Statement(connection, time.monotonic() + connection.patience)
        self.running.add(begun)
        # This is checked after the statement was added, because the thread looks for statements
        # once more after it has marked itself as ended.
        if not self._is_started or begun.due < self._wakes:
            with self._changed:
                if not self._is_started:
                    threading.Thread(target=self._wait, name="watch", daemon=True).start()
                    self._is_started = True
                self._changed.notify()
        return begun

    def _wait(self) -> None:
        """Check the statements that are due, until none runs."""
        with self._changed:
            while self.running or not self._end():
                for statement in self.running.copy():
                    if statement.due <= time.monotonic():
                        statement.due = math.inf
                        threading.Thread(target=self._ask, args=[statement], daemon=True).start()
                self._wakes = self._first_due()
                # The time is computed again, because a statement that began in the meantime saw the
                # old value, by which this thread was awake.
                if self._first_due() >= self._wakes:
                    seconds = max(0.0, self._wakes - time.monotonic())
                    self._changed.wait(None if seconds == math.inf else seconds)
                self._wakes = -math.inf  # The value says that this thread is awake.

    def _first_due(self) -> float:
        return min((each.due for each in self.running.copy()), default=math.inf)

    def _end(self) -> bool:
        """Mark the thread as ended, unless another statement has just begun."""
        self._is_started = False
        self._is_started = bool(self.running)
        return not self._is_started

    def _ask(self, statement: Statement) -> None:
        connection = statement.connection
        is_alive = _is_answering(connection) or is_served(connection)
        if not is_alive:
            is_alive = _is_answering(connection) or is_served(connection)
        with self._changed:
            self._changed.notify()
            if is_alive:
                statement.due = time.monotonic() + connection.patience
            elif statement in self.running:
                hang_up(connection)


def _is_answering(connection: Any) -> bool:
    """Whether data is arriving, for example a large result over a slow line."""
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(ANSWER_SECONDS * 1000))


def _watched(
    method: Callable[Concatenate[Any, P], R],
) -> Callable[Concatenate[Any, P], R]:
    """Wrap a method of a connection or cursor so that it is watched."""

    @wraps(method)
    def watched(self: Any, /, *args: P.args, **kwargs: P.kwargs) -> R:
        connection = getattr(self, "connection", self)
        # Within interruptible() the waiting is done in Python, and ends there.
        if connection.patience is None or extensions.get_wait_callback() is not None:
            return method(self, *args, **kwargs)
        running, begun = connection.watch.running, connection.watch.begin(connection)
        try:
            return method(self, *args, **kwargs)
        finally:
            running.discard(begun)

    return watched


class WatchedConnection(extensions.connection):  # type: ignore[misc]
    """A connection of psycopg2 whose statements are watched."""

    watch: Watch
    patience: float | None = None

    commit = _watched(extensions.connection.commit)
    rollback = _watched(extensions.connection.rollback)


class WatchedCursor(CopyCursor):
    """A cursor of psycopg2 on a watched connection; its COPY has a check of its own."""

    execute = _watched(extensions.cursor.execute)
    executemany = _watched(extensions.cursor.executemany)
    fetchmany = _watched(extensions.cursor.fetchmany)
    fetchall = _watched(extensions.cursor.fetchall)


def look_after(engine: Engine) -> None:
    """Watch all connections of an engine that opens :class:`WatchedConnection`."""
    from sqlalchemy import event

    watch = Watch()

    def begin(connection: Any, _: Any) -> None:
        connection.watch, connection.patience = watch, silence_limit(connection)

    event.listen(engine, "connect", begin, insert=True)
