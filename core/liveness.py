"""Is a connection of a pool still good? The server is asked only when nobody has used it lately.

SQLAlchemy's ``pool_pre_ping`` asks at every checkout: through asyncpg that is half of the messages
of a short unit of work. A connection that the server has closed is seen without asking, because the
end of the stream is there to be read.
"""

from __future__ import annotations

import select
import time
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import event
from sqlalchemy.exc import InvalidatePoolError

from core.diagnostics import ends_session

if TYPE_CHECKING:
    from sqlalchemy import Dialect, Engine
    from sqlalchemy.pool import ConnectionPoolEntry

UNASKED: Final = 0.5
"""Seconds after its last use in which a connection is taken as it is."""

_USED_AT: Final = "monps_used_at"


def check_connections_of(engine: Engine) -> None:
    """Make sure of each connection that the engine's pool gives; a lost one is replaced."""
    event.listen(engine, "checkin", _note_use)

    @event.listens_for(engine, "checkout")
    def check(connection: Any, record: ConnectionPoolEntry, _: object) -> None:
        used_at = record.info.get(_USED_AT)
        if used_at is None:  # it was opened just now
            return
        is_recent = time.monotonic() - used_at < UNASKED
        if not (is_recent and _is_quiet(record.driver_connection)):
            _ask(engine.dialect, connection)


def _note_use(_: object, record: ConnectionPoolEntry) -> None:
    record.info[_USED_AT] = time.monotonic()


def _is_quiet(driver_connection: Any) -> bool:
    """Whether the server has said nothing since: a server says something when it goes."""
    if hasattr(driver_connection, "is_closed"):  # asyncpg, whose event loop reads what comes
        return not driver_connection.is_closed()
    try:
        readable, _, _ = select.select([driver_connection], [], [], 0)
    except (OSError, ValueError):  # closed, or a number of a file that select does not take
        return False
    return not readable


def _ask(dialect: Dialect, connection: Any) -> None:
    """Send the server a question.

    Raises:
        InvalidatePoolError: There is no answer; the others may be lost, too.
    """
    try:
        is_good = dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error as error:
        if not (ends_session(error) or dialect.is_disconnect(error, connection, None)):
            raise
        raise InvalidatePoolError from error
    if not is_good:
        raise InvalidatePoolError
