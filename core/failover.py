"""Discard connections to a server that no longer accepts writes.

A replaced primary may still be up: it returns as a standby, or is closed for writing
(``default_transaction_read_only``). PostgreSQL reports both to every open session (manual, section
55.2.7), so no query is needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from core.pool_log import DiscardedError
from core.session_errors import READ_ONLY_TRANSACTION
from schemaproof import read_sqlstate

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.engine import ExceptionContext

_REPORTED: Final = ("in_hot_standby", "default_transaction_read_only")


def leave_read_only_servers(engine: Engine) -> None:
    """Make a pool discard connections to a server that does not accept writes.

    Args:
        engine: An engine that only connects to servers that accept writes.
    """
    from sqlalchemy import event

    @event.listens_for(engine, "checkout")
    def look(_: Any, record: Any, __: Any) -> None:
        if _is_read_only(record.driver_connection):
            raise DiscardedError("the server no longer takes writes")

    @event.listens_for(engine, "handle_error")
    def note(context: ExceptionContext) -> None:
        connection = context.connection
        if connection is None or read_sqlstate(context.original_exception) != READ_ONLY_TRANSACTION:
            return
        # A session can also be read-only because the program made it so. Then the server may still
        # be the primary, and the connection stays.
        if _is_read_only(connection.connection.driver_connection):
            context.is_disconnect = True


def _is_read_only(driver_connection: Any) -> bool:
    """Whether the server last reported to psycopg2 or asyncpg that it is read-only."""
    if hasattr(driver_connection, "get_parameter_status"):
        return "on" in map(driver_connection.get_parameter_status, _REPORTED)
    settings = driver_connection.get_settings()
    return "on" in [getattr(settings, name, None) for name in _REPORTED]
