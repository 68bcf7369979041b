"""Sessions of our own: one that migrates, and one that only reads, without SQLAlchemy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schemaproof.connection.byte_text import read_bytes
from schemaproof.connection.connect_args import lift_transaction_timeout
from schemaproof.connection.session_limits import hold_for_driver

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import URL, Engine

    from schemaproof.connection.raw_sql import DriverConnection


def engine_for_migrations(
    url: URL, arguments: Mapping[str, Any], limits: Mapping[str, int], *, echo: bool = False
) -> Engine:
    """Make an engine that opens a connection for each use and closes it afterwards.

    The limits belong to the session, so they also hold in Alembic's ``autocommit_block``.

    Args:
        url: The URL of the database, with psycopg2 as its driver.
        arguments: Further arguments of ``psycopg2.connect``.
        limits: The time-outs in milliseconds, by the name of the setting.
        echo: Whether statements are shown.
    """
    from sqlalchemy import NullPool, create_engine, event

    from schemaproof.connection.first_statements import set_up_safely
    from schemaproof.connection.session_limits import look_after

    engine = create_engine(url, connect_args=dict(arguments), echo=echo, poolclass=NullPool)
    set_up_safely(engine)
    event.listen(engine, "connect", read_bytes, insert=True)
    event.listen(engine, "connect", lift_transaction_timeout)
    look_after(engine, limits)
    return engine


def ready_to_read(connection: DriverConnection, limits: Mapping[str, int]) -> DriverConnection:
    """Return a session that was just opened, with the settings for reading.

    Args:
        connection: The connection of psycopg2.
        limits: The time-outs in milliseconds, by the name of the setting.
    """
    lift_transaction_timeout(connection)
    hold_for_driver(connection, limits)
    read_bytes(connection)
    return connection
