"""Every way in which a connection fails, provoked on real servers: what is said, and what to do."""

import asyncio
import os
import signal
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from typing import Any, Final

import psycopg2
import pytest
from psycopg2 import sql
from sqlalchemy.exc import SQLAlchemyError

import core.database
from core.config import DatabaseSettings
from core.errors import DatabaseUnavailableError, MonpsError
from schemaproof.connection.driver_errors import translate_driver_error
from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing import servers as test_servers
from schemaproof_testing.servers import Database, administration, create_role, postmaster_pid
from tests.support.database_settings import settings_for

pytestmark = pytest.mark.slow

Changes = dict[str, object]
Situation = Callable[[Database], AbstractContextManager[Changes]]


def given(**changes: object) -> Situation:
    @contextmanager
    def situation(_: Database) -> Iterator[Changes]:
        yield changes

    return situation


def role(options: str) -> Situation:
    """A role of its own, which is not let in."""

    @contextmanager
    def situation(database: Database) -> Iterator[Changes]:
        with administration(database.server) as cursor:
            cursor.execute(f"CREATE ROLE kept_out PASSWORD 'x' {options}")
            try:
                yield {"DB_USER": "kept_out", "DB_PASSWORD": "x"}
            finally:
                cursor.execute("DROP ROLE kept_out")

    return situation


def altered(*statements: str) -> Situation:
    """Something is changed about the database."""

    @contextmanager
    def situation(database: Database) -> Iterator[Changes]:
        with administration(database.server) as cursor:
            for statement in statements:
                cursor.execute(sql.SQL(statement).format(sql.Identifier(database.name)))
        yield {}

    return situation


@contextmanager
def no_line_in_pg_hba(database: Database) -> Iterator[Changes]:
    file = database.server.data_directory / "pg_hba.conf"
    before = file.read_text("utf-8")
    with administration(database.server) as cursor:
        try:
            file.write_text(f"local all {database.user} reject\n{before}", "utf-8")
            cursor.execute("SELECT pg_reload_conf()")
            _until_refused(database)
            yield {}
        finally:
            file.write_text(before, "utf-8")
            cursor.execute("SELECT pg_reload_conf()")


def _until_refused(database: Database) -> None:
    while True:
        try:
            database.connect().close()
        except psycopg2.OperationalError:
            return


@contextmanager
def nobody_listens(_: Database) -> Iterator[Changes]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    yield {"DB_HOST": "127.0.0.1", "DB_PORT": port}


@contextmanager
def reset(_: Database) -> Iterator[Changes]:
    """Whoever connects is thrown out at once."""

    def serve() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield {"DB_HOST": "127.0.0.1", "DB_PORT": listener.getsockname()[1]}
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(timeout=10)


@contextmanager
def silence(_: Database) -> Iterator[Changes]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield {
            "DB_HOST": "127.0.0.1",
            "DB_PORT": listener.getsockname()[1],
            "DB_CONNECT_TIMEOUT": "2s",
        }


@contextmanager
def wrong_time_zone(_: Database) -> Iterator[Changes]:
    os.environ["PGTZ"] = "Nowhere/At_all"
    try:
        yield {}
    finally:
        del os.environ["PGTZ"]


SITUATIONS: Final[dict[str, tuple[Situation, str | None, str]]] = {
    "wrong password": (
        given(DB_PASSWORD="wrong"),
        "28P01",
        "check DB_USER ('monps_test') and DB_P",
    ),
    "no such role": (given(DB_USER="nobody"), "28P01", "check DB_USER ('nobody')"),
    "no such database": (
        given(DB_NAME="absent"),
        "3D000",
        "create the database, or correct DB_NAM",
    ),
    "no login": (role("NOLOGIN"), "28000", "the role's LOGIN"),
    "no line in pg_hba": (no_line_in_pg_hba, "28000", "the server's pg_hba.conf"),
    "limit of the role": (role("LOGIN CONNECTION LIMIT 0"), "53300", "CONNECTION LIMIT"),
    "limit of the database": (
        altered("ALTER DATABASE {} CONNECTION LIMIT 0"),
        "53300",
        "CONNECTION LIMIT",
    ),
    "no right to connect": (
        altered("REVOKE ALL ON DATABASE {} FROM PUBLIC", "ALTER DATABASE {} OWNER TO postgres"),
        "42501",
        "CONNECT on database",
    ),
    "no connections allowed": (
        altered("ALTER DATABASE {} ALLOW_CONNECTIONS false"),
        "55000",
        "ALLOW_CONNECTIONS true",
    ),
    "nobody listens": (nobody_listens, None, "no server at 127.0.0.1"),
    "no such socket": (given(DB_HOST="/nowhere"), None, "no server at /nowhere"),
    "reset": (reset, None, "closes the connection"),
    "silence": (silence, None, "nothing answers at"),
    "no such name": (given(DB_HOST="host.invalid"), None, "'host.invalid' is not known"),
}
OF_LIBPQ: Final[dict[str, tuple[Situation, str | None, str]]] = {
    "wrong time zone": (wrong_time_zone, "22023", "PGTZ"),
}


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
        os.kill(postmaster_pid(own_server), signal.SIGTERM)  # it waits for the session
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
    assert "asked again" in error.remedy
    assert "try again" in error.remedy
