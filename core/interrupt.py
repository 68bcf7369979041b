"""Ctrl-C while the driver waits for the server."""

from __future__ import annotations

import select
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def interruptible() -> Iterator[None]:
    """Let signals through while psycopg2 connects or waits for an answer.

    Usually libpq waits inside C, and Ctrl-C is noticed only when the server has answered: not
    before a lock is free. Within this block the waiting is done in Python. An exception raised by
    a signal handler cancels the statement on the server and goes on to the caller; the connection
    is closed by the driver.

    The switch is global to the process, and COPY does not work while it is on: it is for commands,
    not for applications. The resolution of a host name still cannot be interrupted.

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


def _wait(connection: Any) -> None:
    """Wait until the driver has what it waits for.

    Args:
        connection: The driver's connection.

    Raises:
        psycopg2.OperationalError: The connection was not made in time; libpq leaves its own
            ``connect_timeout`` to whoever does the waiting.
    """
    from psycopg2 import Error

    deadline = _connect_deadline(connection)
    try:
        while (wanted := _wanted(connection)) is not None:
            _await(connection.fileno(), wanted, deadline)
    except Error:
        raise
    except BaseException:
        # While still connecting there is nothing to cancel; the driver says so by an error.
        with suppress(Exception):
            connection.cancel()
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


def _connect_deadline(connection: Any) -> float | None:
    from psycopg2 import extensions

    if connection.status != extensions.STATUS_SETUP:
        return None
    seconds = float(extensions.parse_dsn(connection.dsn).get("connect_timeout", 0))
    # As in libpq, zero waits for ever.
    return time.monotonic() + seconds if seconds > 0 else None
