"""A silent server: distinguish long work from a lost connection.

After the network time-out, another connection asks the server.
"""

import os
import socket
from contextlib import suppress
from typing import Any, Final

ANSWER_SECONDS: Final = 1.0
"""Seconds to wait for an answer after the server reported that it has finished the statement."""


def silence_limit(connection: Any) -> float | None:
    """Return the seconds of silence after which a server is asked whether it works; None for never.

    Args:
        connection: The connection of psycopg2.
    """
    milliseconds = connection.info.dsn_parameters.get("tcp_user_timeout")
    return int(milliseconds) / 1000 or None if milliseconds else None


def is_served(connection: Any) -> bool:
    """Whether the server works on a statement; also true if the server does not show that.

    Args:
        connection: The connection of psycopg2.
    """
    # This import is here because most commands end before they need pg8000.
    from schemaproof.connection.backend_activity import is_served

    return is_served(connection.info)


def cancel_statement(connection: Any) -> None:
    """Cancel the running statement of a session; close its socket if the server is unreachable.

    The driver's own ``cancel`` waits for an answer without a limit, and blocks the interpreter
    meanwhile; so it is used only if the server has just answered.

    Args:
        connection: The connection of psycopg2.
    """
    from schemaproof.connection.backend_activity import is_cancelled

    try:
        if not is_cancelled(connection.info):
            connection.cancel()
    except OSError:
        hang_up(connection)
    except Exception:  # noqa: BLE001 - the session has ended meanwhile, and there is nothing to do
        return


def hang_up(connection: Any) -> None:
    """Close the socket of a session, so that a wait inside libpq ends.

    Args:
        connection: The connection of psycopg2.
    """
    with suppress(Exception), socket.socket(fileno=os.dup(connection.fileno())) as line:
        line.shutdown(socket.SHUT_RDWR)
