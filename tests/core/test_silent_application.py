"""Sessions of an application whose network stops delivering."""

import asyncio
import io
import threading
import time
from collections.abc import Callable
from pathlib import Path
from queue import Queue
from typing import Any, Final

import psycopg2
import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

import core.database
from core.config import DatabaseSettings
from schemaproof_testing.pooler import pooled
from schemaproof_testing.servers import Database
from schemaproof_testing.silent_proxy import silent_proxy

pytestmark = pytest.mark.slow
SOON: Final = {"DB_NETWORK_TIMEOUT": "1s", "DB_CONNECT_TIMEOUT": "2s", "DB_COMMAND_TIMEOUT": "2s"}
NEVER: Final = 100
"""Seconds after which a program counts as one that does not end."""


def patient_settings(environ: dict[str, str]) -> DatabaseSettings:
    return DatabaseSettings(_env_file=None, **{**environ, **SOON})


def last_select(connection: Connection) -> None:
    connection.execute(text("SELECT 2"))


def last_commit(connection: Connection) -> None:
    connection.commit()


def last_fetch(connection: Connection) -> None:
    rows = connection.execution_options(stream_results=True).execute(
        text("SELECT repeat('x', 10_000) FROM generate_series(1, 20_000)")
    )
    for _ in rows:
        pass


def last_copy(connection: Connection) -> None:
    driver: Any = connection.connection.dbapi_connection
    with driver.cursor() as cursor:
        cursor.copy_expert("COPY (SELECT generate_series(1, 10)) TO STDOUT", io.StringIO())


@pytest.mark.parametrize("tcp", [False, True], ids=["socket", "network"])
@pytest.mark.parametrize("last", [last_select, last_commit, last_fetch, last_copy])
def test_a_session_of_an_application_ends(
    database: Database, last: Callable[[Connection], None], *, tcp: bool
) -> None:
    """The peer acknowledges every byte, so no TCP time-out applies."""
    with silent_proxy(database, tcp=tcp) as (proxy, environ):
        engine = core.database.create_sync_engine(patient_settings(environ))
        done: Queue[BaseException | None] = Queue()

        def use() -> None:
            try:
                with engine.connect() as connection:
                    connection.execute(text("SELECT 1"))
                    proxy.is_silent.set()
                    last(connection)
            except BaseException as error:  # noqa: BLE001 -- it is judged below
                done.put(error)
            else:
                done.put(None)

        threading.Thread(target=use, daemon=True).start()
        error = done.get(timeout=NEVER)
        assert isinstance(error, (DBAPIError, psycopg2.OperationalError)), error
        engine.dispose()


def test_an_application_takes_its_time_with_a_copy(database: Database) -> None:
    class Slow(io.StringIO):
        def read(self, size: int | None = -1, /) -> str:
            # The server waits for the program, so the program must not treat the silence as a
            # failure.
            time.sleep(3.5)
            return super().read(size)

    engine = core.database.create_sync_engine(patient_settings(database.environ()))
    with engine.connect() as connection:
        connection.execute(text("CREATE TEMPORARY TABLE slow (a int)"))
        driver: Any = connection.connection.dbapi_connection
        with driver.cursor() as cursor:
            cursor.copy_expert("COPY slow FROM STDIN", Slow("1\n2\n"))
        assert connection.scalar(text("SELECT count(*) FROM slow")) == 2
    engine.dispose()


def test_an_application_waits_for_a_server_that_works_for_long(
    database: Database, folder: Path
) -> None:
    with pooled(database, folder) as through_pooler:
        for environ in (database.environ(), through_pooler):
            engine = core.database.create_sync_engine(patient_settings(environ))
            with engine.connect() as connection:
                for _ in range(2):
                    assert connection.scalar(text("SELECT 1 FROM pg_sleep(4)")) == 1
            engine.dispose()


def test_an_asynchronous_statement_ends(database: Database) -> None:
    async def use() -> None:
        engine = core.database.create_async_engine(patient_settings(environ))
        try:
            async with engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
                proxy.is_silent.set()
                await connection.execute(text("SELECT 2"))
        finally:
            await engine.dispose()

    with silent_proxy(database) as (proxy, environ), pytest.raises((SQLAlchemyError, OSError)):
        asyncio.run(asyncio.wait_for(use(), NEVER))
