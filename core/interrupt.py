"""Ctrl-C and SIGTERM, also while the driver waits for the server."""

from __future__ import annotations

import select
import signal
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType


@contextmanager
def terminable() -> Iterator[None]:
    """Have SIGTERM end the block as Ctrl-C does, so that whatever is open is closed and undone.

    Without it the process dies on the spot: a scratch database stays, and so does a server that
    was started for it. Only the main thread can have it.

    Yields:
        Nothing; the former handler is restored afterwards.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    finally:
        # None: it was not installed by Python, and cannot be put back.
        signal.signal(signal.SIGTERM, signal.SIG_DFL if before is None else before)


def _interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


@contextmanager
def interruptible() -> Iterator[None]:
    """Let signals through while psycopg2 connects or waits for an answer.

    Usually libpq waits inside C, and Ctrl-C is noticed only when the server has answered: not
    before a lock is free. Within this block the waiting is done in Python. An exception raised by
    a signal handler cancels the statement on the server and goes on to the caller; the connection
    is closed by the driver.

    The switch is global to the process, and COPY does not work while it is on (but within
    :func:`copying`): it is for commands, not for applications. The resolution of a host name
    still cannot be interrupted.

    Yields:
        Nothing; the former state is restored afterwards.
    """
    from psycopg2 import extensions

    before = extensions.get_wait_callback()
    extensions.set_wait_callback(_wait)
    try:
        yield
    finally:
        extensions.set_wait_callback(before)


@contextmanager
def copying() -> Iterator[None]:
    """Let COPY work within :func:`interruptible`: the waiting is libpq's own again.

    Signals still get through, because the driver asks Python for every piece that it sends.

    Yields:
        Nothing; the former state is restored afterwards.
    """
    from psycopg2 import extensions

    before = extensions.get_wait_callback()
    extensions.set_wait_callback(None)
    try:
        yield
    finally:
        extensions.set_wait_callback(before)


def _wait(connection: Any) -> None:
    """Wait until the driver has what it waits for.

    Args:
        connection: The driver's connection.

    Raises:
        psycopg2.OperationalError: The connection was not made in time; libpq leaves its own
            ``connect_timeout`` to whoever does the waiting.
    """
    from psycopg2 import Error

    try:
        deadline = _connect_deadline(connection)
        while (wanted := _wanted(connection)) is not None:
            _await(connection.fileno(), wanted, deadline)
    except Error:
        raise
    except BaseException:
        # While still connecting there is nothing to cancel. Left open, the session would wait for
        # its password for a minute, and DROP DATABASE waits for every session that is starting.
        leave = connection.close if _is_connecting(connection) else connection.cancel
        with suppress(Exception):
            leave()
        raise


def _await(descriptor: int, wanted: int, deadline: float | None) -> None:
    """Wait for one event, until the deadline at most."""
    from psycopg2 import OperationalError

    rest = None if deadline is None else max(0.0, deadline - time.monotonic()) * 1000
    poll = select.poll()
    poll.register(descriptor, wanted)
    if not poll.poll(rest):
        raise OperationalError("connection to server failed: timeout expired")


def _wanted(connection: Any) -> int | None:
    """Give the event that the driver waits for; None when it has everything."""
    from psycopg2 import OperationalError, extensions

    state = connection.poll()
    if state == extensions.POLL_OK:
        return None
    if state == extensions.POLL_READ:
        return select.POLLIN
    if state == extensions.POLL_WRITE:
        return select.POLLOUT
    raise OperationalError(f"unexpected state of the connection: {state}")


def _is_connecting(connection: Any) -> bool:
    from psycopg2 import extensions

    return bool(connection.status == extensions.STATUS_SETUP)


def _connect_deadline(connection: Any) -> float | None:
    from psycopg2 import extensions

    if not _is_connecting(connection):
        return None
    seconds = float(extensions.parse_dsn(connection.dsn).get("connect_timeout", 0))
    # As in libpq, zero waits for ever.
    return time.monotonic() + seconds if seconds > 0 else None
