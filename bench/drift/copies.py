"""Copy a database on the same server for each mutation."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from psycopg2 import sql

from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing.servers import Database, administration


@dataclass(frozen=True)
class Copies:
    """Copies of one database, which must have no connections while it is copied."""

    server: LocalServer
    original: str

    @contextmanager
    def copy(self) -> Iterator[Database]:
        with new_database(self.server, self.original) as database:
            yield database


@contextmanager
def new_database(server: LocalServer, template: str = "template0") -> Iterator[Database]:
    """Create a database that the superuser owns, and drop it at the end."""
    database = Database(
        host=str(server.socket_directory),
        port=server.port,
        user=server.superuser,
        password=server.superuser_password(),
        name=f"drift_{secrets.token_hex(6)}",
        server=server,
    )
    name = sql.Identifier(database.name)
    with administration(server) as cursor:
        cursor.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(name, sql.Identifier(template))
        )
    try:
        yield database
    finally:
        with administration(server) as cursor:
            cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
