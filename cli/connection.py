"""What most commands start with: a connection to the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from core import config as settings_module
from core.interrupt import interruptible

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from core.answers import AnyConnection, DriverConnection


@contextmanager
def connected() -> Iterator[Connection]:
    """Connect to the database that the settings name; Ctrl-C ends any waiting."""
    from core import own_settings
    from core.engines import create_migration_engine

    engine = create_migration_engine(settings_module.get_settings())
    with interruptible(), engine.connect() as connection, own_settings.ours(connection):
        yield connection


@contextmanager
def connected_to_read() -> Iterator[AnyConnection]:
    """Connect as :func:`connected` does, by the driver alone: importing SQLAlchemy takes long.

    With ``DB_ECHO`` it is SQLAlchemy's connection, which shows what it sends.
    """
    if settings_module.get_settings().DB_ECHO:
        with connected() as connection:
            yield connection
        return
    with interruptible(), closing(_connect()) as driver_connection:
        yield driver_connection


def open_another() -> Callable[[], DriverConnection] | None:
    """Return what opens a second session to read by; none with ``DB_ECHO``, which shows one."""
    return None if settings_module.get_settings().DB_ECHO else _connect


def _connect() -> DriverConnection:
    import psycopg2

    from core.byte_text import read_bytes
    from core.connect_args import lift_transaction_timeout
    from core.session_limits import hold_for_driver

    settings = settings_module.get_settings()
    connection: DriverConnection = settings.opened(
        lambda user, password: psycopg2.connect(
            **settings.driver_args, user=user, password=password
        )
    )
    lift_transaction_timeout(connection)
    hold_for_driver(connection, settings.check_limits)
    read_bytes(connection)
    return connection
