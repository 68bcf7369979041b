"""How a server may ask for the password, and how both drivers answer."""

import asyncio
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy.exc import SQLAlchemyError

import core.database
from core.config import DatabaseSettings
from core.errors import ConfigurationError, MonpsError
from schemaproof_testing.pooler import pooled
from schemaproof_testing.servers import Database

pytestmark = pytest.mark.slow

PASSWORD: Final = "a secret of mine"
ASKS_IN_CLEAR: Final = b"R" + struct.pack("!ii", 8, 3)
ASKS_BY_MD5: Final = b"R" + struct.pack("!ii", 12, 5) + b"salt"


def connect_sync(settings: DatabaseSettings) -> None:
    engine = core.database.create_sync_engine(settings)
    try:
        engine.connect().close()
    finally:
        engine.dispose()


def connect_async(settings: DatabaseSettings) -> None:
    async def connect() -> None:
        engine = core.database.create_async_engine(settings)
        try:
            async with engine.connect():
                pass
        finally:
            await engine.dispose()

    asyncio.run(connect())


drivers = pytest.mark.parametrize("connect", [connect_sync, connect_async])
Connect = Callable[[DatabaseSettings], None]


@contextmanager
def stranger(question: bytes) -> Iterator[tuple[int, list[bytes]]]:
    """An untrusted server that asks for the password; yields its port and what it received."""
    told: list[bytes] = []

    def serve() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with client:
                client.settimeout(5)
                first = client.recv(1000)
                told.append(first)
                # The client asks whether the server supports TLS.
                if first[4:8] == struct.pack("!i", 80877103):
                    client.sendall(b"N")
                    told.append(client.recv(1000))
                client.sendall(question)
                told.append(client.recv(1000))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1], told
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(timeout=10)


@drivers
@pytest.mark.parametrize("question", [ASKS_IN_CLEAR, ASKS_BY_MD5], ids=["clear text", "md5"])
@pytest.mark.parametrize("sslmode", ["disable", "allow", "prefer"])
def test_a_stranger_does_not_get_the_password(
    connect: Connect, question: bytes, sslmode: str
) -> None:
    with stranger(question) as (port, told), pytest.raises((SQLAlchemyError, MonpsError)):
        connect(
            DatabaseSettings(
                _env_file=None,
                DB_HOST="127.0.0.1",
                DB_PORT=port,
                DB_USER="me",
                DB_PASSWORD=PASSWORD,
                DB_NAME="mine",
                DB_SSLMODE=sslmode,
            )
        )
    assert any(b"database\0mine" in message for message in told)
    assert [message for message in told if message.startswith(b"p")] == []
    assert PASSWORD.encode() not in b"".join(told)


METHODS: Final = [
    ("scram-sha-256", None, True),
    ("trust", None, True),
    ("plain", None, False),
    ("md5", None, False),
    ("plain", "password", True),
    ("md5", "scram-sha-256, md5", True),
    ("scram-sha-256", "md5", False),
    ("trust", "scram-sha-256", False),
]


@drivers
@pytest.mark.parametrize(("auth_type", "chosen", "is_open"), METHODS)
def test_a_server_on_the_network(
    database: Database,
    folder: Path,
    connect: Connect,
    auth_type: str,
    chosen: str | None,
    is_open: bool,  # noqa: FBT001 - a column of the table above
) -> None:
    with pooled(database, folder, auth_type=auth_type, tcp=True) as environ:
        given = {**environ, "DB_REQUIRE_AUTH": chosen or ""}
        settings = DatabaseSettings(_env_file=None, **given)
        if is_open:
            assert connects(connect, settings) is None
        else:
            assert connects(connect, settings) is not None


def connects(connect: Connect, settings: DatabaseSettings) -> Exception | None:
    try:
        connect(settings)
    except (SQLAlchemyError, ConfigurationError) as error:
        return error
    return None


def test_asyncpg_says_how_the_password_was_asked_for(database: Database, folder: Path) -> None:
    with pooled(database, folder, auth_type="plain", tcp=True) as environ:
        error = connects(connect_async, DatabaseSettings(_env_file=None, **environ))
    assert isinstance(error, ConfigurationError)
    assert str(error) == (
        "the server asks for the password in clear text, and it was not sent: have the server use"
        " scram-sha-256, prove who it is by TLS (DB_SSLMODE=verify-full), or allow it:"
        " DB_REQUIRE_AUTH=scram-sha-256,none,password"
    )
