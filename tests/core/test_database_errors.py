"""Errors of the driver are translated: type, SQLSTATE, one line, remedy, no password."""

import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg2
import pytest
from psycopg2 import sql
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from structlog.testing import capture_logs

import core.database
from core.config import DatabaseSettings
from core.errors import DatabaseRefusedError, DatabaseUnavailableError, MonpsError
from schemaproof.connection.driver_errors import translate_driver_error
from schemaproof_testing.servers import Database, administration
from tests.support.database_settings import settings_for

WRONG = "hush-hush %40:/?#[]@ é"


def translated(settings: DatabaseSettings, *statements: str) -> MonpsError:
    with pytest.raises(SQLAlchemyError) as caught:
        execute(settings, *statements)
    error = translate_driver_error(caught.value, settings)
    check(error, settings)
    original = getattr(caught.value, "orig", None)
    if isinstance(original, psycopg2.Error):
        unwrapped = translate_driver_error(original, settings)
        assert (type(unwrapped), str(unwrapped)) == (type(error), str(error))
    return error


def execute(settings: DatabaseSettings, *statements: str) -> None:
    engine = core.database.create_migration_engine(settings)
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))


def execute_on_broken_connection(settings: DatabaseSettings) -> None:
    engine = core.database.create_migration_engine(settings)
    with engine.connect() as connection:
        descriptor = connection.connection.dbapi_connection.fileno()  # type: ignore[union-attr]
        with socket.socket(fileno=descriptor) as raw:
            raw.shutdown(socket.SHUT_RDWR)
            raw.detach()
        connection.execute(text("SELECT 1"))


def check(error: MonpsError, settings: DatabaseSettings) -> None:
    assert len(str(error).splitlines()) == 1
    assert settings.DB_PASSWORD.get_secret_value() not in str(error)


def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def something_else(answer: bytes | None) -> Iterator[int]:
    """Listen on a port, and answer nothing, or something that PostgreSQL does not answer."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            try:
                while answer is not None:
                    client, _ = listener.accept()
                    with client:
                        client.recv(8)
                        client.sendall(answer)
            except OSError:
                return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.mark.parametrize(
    ("changes", "message", "remedy"),
    [
        ({"DB_PASSWORD": WRONG}, "password authentication failed", "check DB_USER"),
        ({"DB_USER": "nobody"}, "password authentication failed", "check DB_USER ('nobody')"),
        ({"DB_NAME": "absent"}, 'database "absent" does not exist', "DB_NAME ('absent')"),
        ({"DB_PORT": 1}, "No such file", "no server at"),
        ({"DB_HOST": "/nowhere"}, "No such file", "no server at /nowhere/.s.PGSQL."),
        ({"DB_HOST": "/" + "x" * 200}, "too long", "no server at"),
        ({"DB_HOST": "host.invalid"}, "host.invalid", "'host.invalid' is not known"),
    ],
)
def test_no_connection(
    database: Database, changes: dict[str, object], message: str, remedy: str
) -> None:
    error = translated(settings_for(database, **changes))
    assert isinstance(error, DatabaseUnavailableError)
    assert message in error.message
    assert remedy in error.remedy


def test_nobody_listens_on_the_port(database: Database) -> None:
    error = translated(settings_for(database, DB_HOST="127.0.0.1", DB_PORT=unused_port()))
    assert isinstance(error, DatabaseUnavailableError)
    assert error.message.endswith("Connection refused")
    assert "no server at 127.0.0.1, port" in error.remedy


@pytest.mark.parametrize(
    ("answer", "remedy"), [(None, "nothing answers at"), (b"HTTP/1.1", "is not PostgreSQL")]
)
def test_something_else_listens_on_the_port(
    database: Database, answer: bytes | None, remedy: str
) -> None:
    with something_else(answer) as port:
        error = translated(
            settings_for(database, DB_HOST="127.0.0.1", DB_PORT=port, DB_CONNECT_TIMEOUT=2)
        )
    assert isinstance(error, DatabaseUnavailableError)
    assert remedy in error.remedy


@pytest.mark.parametrize(
    ("statements", "sqlstate", "remedy"),
    [
        (["SELECT * FROM pg_authid"], "42501", "grant role 'monps_test' the privilege"),
        (["SET statement_timeout = 20", "SELECT pg_sleep(9)"], "57014", "MIGRATION_STATEMENT_"),
        (["SET TRANSACTION READ ONLY", "CREATE TABLE t ()"], "25006", "read-only"),
        (["SELECT 1/0"], "22012", ""),
        (["SELECT * FROM absent"], "42P01", ""),
        (["DO $$ BEGIN RAISE 'two\nlines' USING ERRCODE = '53200'; END $$"], "53200", "resources"),
        (["DO $$ BEGIN RAISE 'x' USING ERRCODE = '53300'; END $$"], "53300", "max_connections"),
        (["DO $$ BEGIN RAISE 'x' USING ERRCODE = '40P01'; END $$"], "40P01", "try again"),
        (["DO $$ BEGIN RAISE 'x' USING ERRCODE = '28000'; END $$"], "28000", "DB_USER"),
        (["DO $$ BEGIN RAISE 'x' USING ERRCODE = '3D000'; END $$"], "3D000", "DB_NAME"),
    ],
)
def test_refused_statement(
    database: Database, statements: list[str], sqlstate: str, remedy: str
) -> None:
    error = translated(settings_for(database), *statements)
    assert isinstance(error, DatabaseRefusedError)
    assert error.sqlstate == sqlstate
    assert error.remedy if remedy else not error.remedy
    assert remedy in error.remedy
    assert statements[-1] not in error.message


def test_lock_timeout(database: Database) -> None:
    with closing(database.connect()) as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(1)")
        error = translated(
            settings_for(database, MIGRATION_LOCK_TIMEOUT="20ms"), "SELECT pg_advisory_lock(1)"
        )
    assert isinstance(error, DatabaseRefusedError)
    assert error.sqlstate == "55P03"
    assert "MIGRATION_LOCK_TIMEOUT" in error.remedy


def test_session_ended_by_the_server(database: Database) -> None:
    error = translated(settings_for(database), "SELECT pg_terminate_backend(pg_backend_pid())")
    assert isinstance(error, DatabaseUnavailableError)
    assert "try again" in error.remedy


def test_connection_broken_while_in_use(database: Database) -> None:
    settings = settings_for(database)
    with pytest.raises(SQLAlchemyError) as caught:
        execute_on_broken_connection(settings)
    error = translate_driver_error(caught.value, settings)
    check(error, settings)
    assert isinstance(error, DatabaseUnavailableError)
    assert "only the connection broke" in error.remedy


def test_exhausted_pool(database: Database) -> None:
    settings = settings_for(database, DB_POOL_SIZE=1, DB_MAX_OVERFLOW=0, DB_POOL_TIMEOUT=0.05)
    engine = core.database.create_sync_engine(settings)
    with engine.connect(), pytest.raises(SQLAlchemyError) as caught:
        engine.connect()
    engine.dispose()
    error = translate_driver_error(caught.value, settings)
    check(error, settings)
    assert isinstance(error, DatabaseUnavailableError)
    assert "DB_POOL_SIZE" in error.remedy


def test_mistake_of_the_program_is_neither(database: Database) -> None:
    error = translated(settings_for(database), "SELECT :missing")
    assert type(error) is MonpsError


def test_a_password_in_a_message_is_masked(database: Database) -> None:
    settings = settings_for(database)
    error = translate_driver_error(
        psycopg2.OperationalError(f"refused {settings.DB_PASSWORD.get_secret_value()}"), settings
    )
    check(error, settings)
    assert "refused ***" in error.message


@pytest.mark.parametrize("password", ["p%40:/?#[]@ é", "'\"\\ ' x", "${HOME}%s%%", "日本 パス"])
def test_any_password_opens_the_door(database: Database, password: str) -> None:
    """The server requires SCRAM, and refuses another password."""
    role = f"role_{secrets.token_hex(4)}"
    name = sql.Identifier(role)
    with administration(database.server) as cursor:
        cursor.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD %s").format(name), [password])
    try:
        settings = settings_for(database, DB_USER=role, DB_PASSWORD=password)
        engine = core.database.create_sync_engine(settings)
        with engine.connect() as connection:
            assert connection.execute(text("SELECT current_user")).scalar_one() == role
        engine.dispose()
        translated(settings_for(database, DB_USER=role, DB_PASSWORD=password + "x"))
    finally:
        with administration(database.server) as cursor:
            cursor.execute(sql.SQL("DROP ROLE {}").format(name))


@pytest.mark.parametrize(
    ("changes", "answered"), [({}, True), ({"DB_PASSWORD": WRONG}, False), ({"DB_PORT": 1}, False)]
)
def test_check_sync_connection(
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    changes: dict[str, object],
    answered: bool,  # noqa: FBT001 - a column of the table above
) -> None:
    for name, value in {**database.environ(), **changes}.items():
        monkeypatch.setenv(name, str(value))
    core.database.reset()
    with capture_logs() as lines:
        assert core.database.check_sync_connection() is answered
    core.database.reset()
    assert [line["event"] for line in lines] == ([] if answered else ["database.unavailable"])
    assert WRONG not in str(lines)
    assert database.password not in str(lines)
