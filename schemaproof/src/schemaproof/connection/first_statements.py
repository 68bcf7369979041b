"""The statements that SQLAlchemy itself sends on a new connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from schemaproof.connection.own_settings import SEARCH_PATH_FOR_TRANSACTION

if TYPE_CHECKING:
    from sqlalchemy import Engine

# SQLAlchemy sends statements only on an engine's first connection of these drivers. On each
# connection of psycopg, it looks up the type hstore.
_SILENT_DRIVERS: Final = frozenset({"asyncpg", "psycopg2"})


def set_up_safely(engine: Engine) -> None:
    """Make SQLAlchemy's own statements at the start of a connection see ``pg_catalog`` alone.

    Afterwards the session has its own path again, and the engine knows its default schema.
    """
    from sqlalchemy import event

    dialect = engine.dialect

    def begin(driver_connection: Any, _: Any) -> None:
        is_first = dialect.default_schema_name in {None, "pg_catalog"}
        if is_first or dialect.driver not in _SILENT_DRIVERS:
            _execute(driver_connection, SEARCH_PATH_FOR_TRANSACTION)

    def end(driver_connection: Any, _: Any) -> None:
        if dialect.default_schema_name == "pg_catalog":  # This comes from the path above.
            driver_connection.rollback()
            _execute(driver_connection, "SET LOCAL search_path TO DEFAULT")
            found = _execute(driver_connection, "SELECT pg_catalog.current_schema()")
            dialect.default_schema_name = found
        driver_connection.rollback()

    event.listen(engine, "connect", begin, insert=True)
    event.listen(engine, "connect", end)


def _execute(driver_connection: Any, sql: str) -> Any:
    cursor = driver_connection.cursor()
    try:
        cursor.execute(sql)
        return cursor.fetchone()[0] if cursor.description else None
    finally:
        cursor.close()
