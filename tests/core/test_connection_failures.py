"""Every way in which a connection fails, on real servers: the message and the remedy."""

import asyncio
import os
import signal
import threading
from collections.abc import Callable
from contextlib import closing
from typing import Any, Final

import psycopg2
import pytest
from sqlalchemy.exc import SQLAlchemyError

import core.database
from core.config import DatabaseSettings
from core.errors import DatabaseUnavailableError, MonpsError
from schemaproof.connection.driver_errors import translate_driver_error
from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing import servers as test_servers
from schemaproof_testing.server_processes import postmaster_pid
from schemaproof_testing.servers import Database, create_role
from tests.support.connection_situations import OF_LIBPQ, SITUATIONS
from tests.support.database_settings import settings_for

pytestmark = pytest.mark.slow


def sync_failure(settings: DatabaseSettings) -> MonpsError:
    engine = core.database.create_migration_engine(settings)
    with pytest.raises(SQLAlchemyError) as caught:
        engine.connect()
    return translate_driver_error(caught.value, settings)


def driver_failure(settings: DatabaseSettings) -> MonpsError:
    with pytest.raises(psycopg2.Error) as caught:
        settings.opened(
            lambda user, password: psycopg2.connect(
                **settings.driver_args, user=user, password=password
            )
        )
    return translate_driver_error(caught.value, settings)


def async_failure(settings: DatabaseSettings) -> MonpsError:
    async def fail() -> Any:
        engine = core.database.create_async_engine(settings)
        with pytest.raises((SQLAlchemyError, OSError)) as caught:
            async with engine.connect():
                pass
        await engine.dispose()
        return caught.value

    return translate_driver_error(asyncio.run(fail()), settings)


WAYS: Final = {"sync": sync_failure, "driver": driver_failure, "async": async_failure}


def check(error: MonpsError, sqlstate: str | None, remedy: str) -> None:
    assert isinstance(error, DatabaseUnavailableError)
    assert error.sqlstate == sqlstate
    assert remedy in error.remedy
    assert "pooler" not in str(error)
    assert len(str(error).splitlines()) == 1


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("situation", SITUATIONS)
def test_each_failure_has_its_own_remedy(database: Database, situation: str, way: str) -> None:
    enter, sqlstate, remedy = SITUATIONS[situation]
    with enter(database) as changes:
        error = WAYS[way](settings_for(database, **changes))
    check(error, sqlstate, remedy)


@pytest.mark.parametrize("way", ["sync", "driver"])
@pytest.mark.parametrize("situation", OF_LIBPQ)
def test_what_libpq_takes_from_the_environment(
    database: Database, situation: str, way: str
) -> None:
    enter, sqlstate, remedy = OF_LIBPQ[situation]
    with enter(database) as changes:
        error = WAYS[way](settings_for(database, **changes))
    check(error, sqlstate, remedy)


def server_settings(server: LocalServer) -> DatabaseSettings:
    parameters = server.connect_parameters()
    return DatabaseSettings(
        _env_file=None,
        DB_HOST=str(parameters["host"]),
        DB_PORT=str(parameters["port"]),
        DB_USER=test_servers.USER,
        DB_PASSWORD=test_servers.PASSWORD,
        DB_NAME="postgres",
    )


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> Callable[[DatabaseSettings], MonpsError]:
    return WAYS[request.param]


def test_a_server_that_is_recovering(
    new_server: LocalServer, way: Callable[[DatabaseSettings], MonpsError]
) -> None:
    new_server.start()
    create_role(new_server)
    settings = server_settings(new_server)
    new_server.stop()
    (new_server.data_directory / "standby.signal").touch()
    server = LocalServer(
        new_server.root, new_server.binaries, {**test_servers.FAST, "hot_standby": "off"}
    )
    starting = threading.Thread(target=_start, args=(server,), daemon=True)
    starting.start()
    try:
        while not server.is_running():
            pass
        _until_it_answers(settings)
        check(way(settings), "57P03", "starting, recovering or stopping")
    finally:
        server.stop()
        starting.join(timeout=90)


def _start(server: LocalServer) -> None:
    try:
        server.start()
    except Exception:  # noqa: BLE001 - it never accepts a session, and is stopped meanwhile
        return


def _until_it_answers(settings: DatabaseSettings) -> None:
    while isinstance(sync_failure(settings), DatabaseUnavailableError):
        if getattr(sync_failure(settings), "sqlstate", None) == "57P03":
            return


def test_a_server_that_is_shutting_down(
    own_server: LocalServer, way: Callable[[DatabaseSettings], MonpsError]
) -> None:
    own_server.start()
    with closing(psycopg2.connect(**own_server.connect_parameters())):
        # The server waits for the session to end.
        os.kill(postmaster_pid(own_server), signal.SIGTERM)
        settings = server_settings(own_server)
        _until_it_answers(settings)
        check(way(settings), "57P03", "starting, recovering or stopping")


def test_a_server_without_a_connection_left(
    new_server: LocalServer, way: Callable[[DatabaseSettings], MonpsError]
) -> None:
    few = {"max_connections": "4", "superuser_reserved_connections": "1", "max_wal_senders": "0"}
    server = LocalServer(new_server.root, new_server.binaries, {**test_servers.FAST, **few})
    server.start()
    create_role(server)
    parameters = server.connect_parameters()
    taken = [psycopg2.connect(**parameters) for _ in range(4)]
    try:
        check(way(server_settings(server)), "53300", "no connection is left")
    finally:
        for connection in taken:
            connection.close()


def test_a_failure_that_has_passed(database: Database) -> None:
    settings = settings_for(database)
    error = translate_driver_error(psycopg2.OperationalError("no luck"), settings)
    assert isinstance(error, DatabaseUnavailableError)
    assert error.message == "no luck"
    assert "succeeded: try again" in error.remedy
    assert "try again" in error.remedy
