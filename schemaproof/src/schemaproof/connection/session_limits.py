"""Set the time-outs of a session that a connection pooler has dropped.

They are sent while connecting. PgBouncer with ``ignore_startup_parameters`` drops them silently, so
they are read back. Missing ones are set for each transaction, because a pooler may give the session
to another client afterwards; for the session they are set only if no other client can get it.

If the settings say that a pooler lends sessions, the time-outs are not sent while connecting, and
all are set for each transaction.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

from schemaproof.connection.raw_sql import is_of_driver

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import Connection, Engine
    from sqlalchemy.pool import ConnectionPoolEntry

    from schemaproof.connection.raw_sql import AnyConnection, DriverConnection

_MISSING: Final = "schemaproof.missing_limits"
_READ: Final = """
SELECT name, setting FROM pg_catalog.pg_settings
WHERE name OPERATOR(pg_catalog.=) ANY (ARRAY[{names}]::pg_catalog.text[])
"""


def look_after(engine: Engine, limits: Mapping[str, int], *, is_lent: bool = False) -> None:
    """Apply limits to each of an engine's connections.

    Args:
        engine: An engine whose connections request the limits when they are opened.
        limits: The limits in milliseconds, by the name of the setting.
        is_lent: Whether each transaction may run in another session of the server: then nothing was
            requested, and nothing can be read back.
    """
    from sqlalchemy import event

    if not limits:
        return

    def begin(connection: Connection) -> None:
        if not connection.connection.dbapi_connection.autocommit:  # type: ignore[union-attr]
            _set(connection, is_local=True)

    @event.listens_for(engine, "connect")
    def look(driver_connection: Any, record: ConnectionPoolEntry) -> None:
        missing = limits if is_lent else _missing(driver_connection, limits)
        record.info[_MISSING] = missing
        if missing:
            # The listener is added only when it is needed, because an engine with such a listener
            # looks for listeners at each statement.
            event.listen(engine, "begin", begin)


def hold_for_session(connection: AnyConnection) -> None:
    """Set the missing limits for the session, which no other client shares (no pooler).

    Args:
        connection: The connection, outside a transaction; one of the driver alone has the limits
            already.
    """
    if not is_of_driver(connection) and connection.info.get(_MISSING):
        with connection.begin():
            _set(connection, is_local=False)
        connection.info[_MISSING] = {}


@contextmanager
def held(connection: Connection, limits: Mapping[str, int]) -> Iterator[None]:
    """Apply limits to a connection of the caller during the block.

    Args:
        connection: A connection of any driver. In a transaction the limits hold until it ends;
            outside they hold for the session, whose own limits are restored.
        limits: The limits in milliseconds, by the name of the setting.
    """
    from sqlalchemy import text
    from sqlalchemy.exc import SQLAlchemyError

    if connection.in_transaction():
        connection.execute(text(_setting(limits, is_local=True)))
        yield
        return
    names = ", ".join(f"pg_catalog.current_setting('{name}') AS \"{name}\"" for name in limits)
    with connection.begin():
        before = dict(connection.execute(text(f"SELECT {names}")).mappings().one())
        connection.execute(text(_setting(limits, is_local=False)))
    try:
        yield
    finally:
        with suppress(SQLAlchemyError):
            # The session may be closed.
            connection.rollback()
            with connection.begin():
                connection.execute(text(_setting(before, is_local=False)))


def hold_for_driver(connection: DriverConnection, limits: Mapping[str, int]) -> None:
    """Set the missing limits by the driver alone, for a session that no other client shares.

    Args:
        connection: The connection of psycopg2, outside a transaction, before and after the call.
        limits: The limits in milliseconds, by the name of the setting.
    """
    if sql := _setting(_missing(connection, limits), is_local=False):
        with connection.cursor() as cursor:
            cursor.execute(sql)
        connection.commit()


def _set(connection: Connection, *, is_local: bool) -> None:
    from sqlalchemy import text

    if sql := _setting(connection.info.get(_MISSING, {}), is_local=is_local):
        connection.execute(text(sql))


def _setting(limits: Mapping[str, int | str], *, is_local: bool) -> str:
    """Return one statement that sets all limits; empty when there are none."""
    calls = [
        f"pg_catalog.set_config('{name}', '{limit}', {is_local})" for name, limit in limits.items()
    ]
    return f"SELECT {', '.join(calls)}" if calls else ""


def _missing(driver_connection: Any, limits: Mapping[str, int]) -> dict[str, int]:
    read = _READ.format(names=", ".join(f"'{name}'" for name in limits))
    there = dict(_rows(driver_connection, read))
    return {
        name: limit
        for name, limit in limits.items()
        # An older server may not have the setting.
        if there.get(name, str(limit)) != str(limit)
    }


def _rows(driver_connection: Any, sql: str) -> list[tuple[str, str]]:
    # Without a transaction, the driver sends neither BEGIN nor ROLLBACK.
    was_autocommit = driver_connection.autocommit
    driver_connection.autocommit = True
    cursor = driver_connection.cursor()
    try:
        cursor.execute(sql)
        return [(name, setting) for name, setting in cursor.fetchall()]
    finally:
        cursor.close()
        driver_connection.autocommit = was_autocommit
