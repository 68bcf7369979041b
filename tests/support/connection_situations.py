"""Reasons why a connection fails: each situation with its SQLSTATE and remedy."""

import os
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Final

import psycopg2
from psycopg2 import sql

from schemaproof_testing.servers import Database, administration

Changes = dict[str, object]
Situation = Callable[[Database], AbstractContextManager[Changes]]


def given(**changes: object) -> Situation:
    @contextmanager
    def situation(_: Database) -> Iterator[Changes]:
        yield changes

    return situation


def role(options: str) -> Situation:
    """A new role that is not allowed to log in."""

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
    """Change something about the database until the block ends."""

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
    """A server that resets each connection at once."""

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
