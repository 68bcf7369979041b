"""Find out through another connection whether the server works for a session; cancel its work."""

from typing import Any, Final

from schemaproof.connection.pg8000_session import ServerError, Target, opened
from schemaproof.connection.server_socket import NoTlsError, NotPostgresError
from schemaproof.errors import ConfigurationError

_SETTINGS: Final = {"options": "-c search_path=pg_catalog,pg_temp"}
_REFUSED: Final = (ServerError, ConfigurationError, NotPostgresError, NoTlsError)
# The result is null if the server hides the state. A session that waits for the client is not at
# work, because a result or COPY is stuck. All names are qualified, because a connection pooler may
# ignore the search_path that is requested while connecting.
_AT_WORK: Final = """
SELECT pg_catalog.pg_backend_pid(), coalesce(
    (SELECT CASE
         WHEN pg_catalog.starts_with(state, 'idle') THEN false
         WHEN wait_event_type OPERATOR(pg_catalog.=) 'Client' THEN false
         ELSE true
     END
     FROM pg_catalog.pg_stat_activity WHERE pid OPERATOR(pg_catalog.=) :pid),
    false)
"""


def is_served(info: Any) -> bool:
    """Whether the server works for a session, and is not waiting for a command or for data.

    Args:
        info: The info of a connection of psycopg2's.

    Returns:
        True also if the server answers without showing the state of the session.
    """
    pid = info.backend_pid
    try:
        with opened(Target.from_session(info), _SETTINGS) as session:
            [[own, is_at_work]] = session.ask(_AT_WORK, pid=pid)
            # A pooler gives its clients process ids of its own, which pg_stat_activity does not
            # contain.
            return bool(is_at_work) or own != session.pid
    except OSError:
        return False
    except _REFUSED:
        return True


def is_cancelled(info: Any) -> bool:
    """Cancel the running statement of a session; False when the server cannot do that.

    Raises:
        OSError: The server does not answer.
    """
    try:
        with opened(Target.from_session(info), _SETTINGS) as session:
            [[own]] = session.ask("SELECT pg_catalog.pg_backend_pid()")
            if own != session.pid:
                # A pooler gives its clients process ids of its own.
                return False
            [[is_done]] = session.ask(
                "SELECT pg_catalog.pg_cancel_backend(:pid)", pid=info.backend_pid
            )
            return bool(is_done)
    except _REFUSED:
        return False
