"""Interruptible and limited waiting for the server.

A broken connection looks like a server that works for a long time. So after the network time-out
another connection asks the server whether it works for the session.
"""

from __future__ import annotations

import select
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from schemaproof.connection import silence

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def interruptible() -> Iterator[None]:
    """Make signals interrupt psycopg2 while it connects or waits for an answer.

    Usually libpq waits in C code, and Ctrl-C is noticed only when the server has answered, for
    example when a lock is free. Within this block Python waits. An exception raised by a signal
    handler cancels the statement on the server and is passed on to the caller; the connection is
    closed by the driver. A session that its server does not work for any more counts as broken.

    The setting is global to the process: it is for commands, not for applications. COPY then needs
    the cursors of :mod:`core.copy_cursor`, which the application's engines have. The resolution of
    a host name still cannot be interrupted.

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
    """Wait until the driver has the data that it needs.

    Args:
        connection: The driver's connection.

    Raises:
        psycopg2.OperationalError: The connection was not made in time (libpq's ``connect_timeout``
            has no effect here), or the server is silent and does nothing for this session.
    """
    from psycopg2 import Error

    # This is read first, because the state may change while waiting.
    is_connecting = _is_connecting(connection)
    try:
        _wait_for_all(connection)
    except Error:
        raise
    except BaseException:
        _leave(connection, is_connecting=is_connecting)
        raise


def _wait_for_all(connection: Any) -> None:
    from psycopg2 import OperationalError

    deadline = _connect_deadline(connection)
    while (wanted := _wanted(connection)) is not None:
        if deadline is not None:
            if not _await(connection, wanted, max(0.0, deadline - time.monotonic())):
                raise OperationalError("connection to server failed: timeout expired")
        elif not _is_answered(connection, wanted):
            raise OperationalError("the server has stopped answering on this connection")


def _leave(connection: Any, *, is_connecting: bool) -> None:
    """Cancel the statement on the server, if it can be reached."""
    if not is_connecting:
        silence.cancel_statement(connection)
        return
    # There is no statement to cancel yet. If the socket stayed open, the server would wait up to a
    # minute for the password, and DROP DATABASE would wait for the session to start.
    with suppress(Exception):
        connection.close()


def _is_answered(connection: Any, wanted: int) -> bool:
    """Wait for the server, as long as it works for this session."""
    patience = silence.silence_limit(connection)
    while not _await(connection, wanted, patience):
        if silence.is_served(connection):
            continue
        if _await(connection, wanted, silence.ANSWER_SECONDS):
            return True
        if not silence.is_served(connection):
            return False
    return True


def _await(connection: Any, wanted: int, seconds: float | None) -> bool:
    """Wait for one event; False when it does not come in time."""
    poll = select.poll()
    poll.register(connection.fileno(), wanted)
    return bool(poll.poll(None if seconds is None else seconds * 1000))


def _wanted(connection: Any) -> int | None:
    """Return the event that the driver waits for; None when it has everything."""
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
    # A time-out of zero means none, as in libpq.
    return time.monotonic() + seconds if seconds > 0 else None
