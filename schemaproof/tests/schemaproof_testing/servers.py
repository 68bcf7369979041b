"""Real PostgreSQL servers for the tests: found, started on first use, stopped with the session."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Self

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection  # noqa: N812 -- as the class it is
from psycopg2.extensions import cursor as Cursor  # noqa: N812
from psycopg2.extensions import encrypt_password
from sqlalchemy import URL

from schemaproof.scratch.embedded.binaries import Binaries
from schemaproof.scratch.embedded.server import DEFAULT_MAJOR, LocalServer
from schemaproof.scratch.providers import PIXELTABLE, find_providers

PROJECT = Path(__file__).parents[3]
SUPPORTED: Final = (15, 16, 17, 18)
CHOICE: Final = "MONPS_TEST_MAJORS"
# The data of a test server need not survive a crash of the machine.
FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
USER = "monps_test"
# The password contains all characters that break a URL, an ini file or a shell, because any
# password has to work.
PASSWORD = "p%40:/?#[]@ é'\"\\$x"


def _installed() -> dict[int, Binaries]:
    """Find the programs of each major version: the extra's first, else the first installed ones."""
    found = {}
    for one in find_providers():
        if one.major not in found or one.name == PIXELTABLE:
            found[one.major] = one.binaries
    return found


def _asked() -> tuple[int, ...]:
    """Return the major versions in ``MONPS_TEST_MAJORS="16,18"``, or all."""
    choice = os.environ.get(CHOICE, "").replace(",", " ").split()
    return tuple(int(major) for major in choice) or SUPPORTED


INSTALLED: Final = _installed()
MAJORS: Final = tuple(major for major in _asked() if major in INSTALLED)
"""What is tested."""
MISSING: Final = tuple(major for major in _asked() if major not in INSTALLED)
"""What was asked for, and is not here."""


@dataclass(frozen=True)
class Database:
    """A database for one test, and its connection parameters."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    name: str
    server: LocalServer = field(repr=False)

    @property
    def url(self) -> URL:
        return URL.create(
            "postgresql+psycopg2",
            username=self.user,
            password=self.password,
            database=self.name,
            query={"host": self.host, "port": str(self.port)},
        )

    @property
    def superuser(self) -> Self:
        """The same database with the login of the superuser."""
        who, password = self.server.superuser, self.server.superuser_password()
        return replace(self, user=who, password=password)

    @property
    def superuser_url(self) -> URL:
        return self.superuser.url

    def environ(self) -> dict[str, str]:
        return {
            "DB_HOST": self.host,
            "DB_PORT": str(self.port),
            "DB_USER": self.user,
            "DB_PASSWORD": self.password,
            "DB_NAME": self.name,
        }

    def libpq_environ(self) -> dict[str, str]:
        """Return the environment variables for PostgreSQL's own programs."""
        return {
            "PGHOST": self.host,
            "PGPORT": str(self.port),
            "PGUSER": self.user,
            "PGPASSWORD": self.password,
            "PGDATABASE": self.name,
        }

    def connect(self) -> Connection:
        """Connect as the owner; the caller closes the connection."""
        return psycopg2.connect(
            host=self.host,
            hostaddr="",  # Otherwise libpq would take PGHOSTADDR from the environment.
            port=self.port,
            user=self.user,
            password=self.password,
            dbname=self.name,
        )

    def connect_superuser(self) -> Connection:
        """Connect as the superuser; the caller closes the connection."""
        return self.superuser.connect()

    def execute(self, statement: str | sql.Composable, values: Any = None) -> None:
        """Execute a statement in a transaction of its own."""
        self.query(statement, values)

    def execute_each(self, *statements: str) -> None:
        """Execute statements outside of a transaction."""
        with closing(self.connect()) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            for statement in statements:
                cursor.execute(statement)

    def query(self, question: str | sql.Composable, values: Any = None) -> list[tuple[Any, ...]]:
        """Execute a statement, commit it, and return its rows, if it has any."""
        with closing(self.connect()) as connection, connection.cursor() as cursor:
            cursor.execute(question, values)
            rows = list(cursor.fetchall()) if cursor.description else []
            connection.commit()
            return rows


def default_major() -> int:
    return DEFAULT_MAJOR if DEFAULT_MAJOR in MAJORS else max(MAJORS)


def find_binaries(major: int) -> Binaries:
    return INSTALLED[major]


class Servers:
    """The servers of one test session, each started on first use.

    Args:
        binaries: The programs of the servers, by major version.
    """

    def __init__(self, binaries: Mapping[int, Binaries] = INSTALLED) -> None:
        self._binaries = binaries
        self._servers: dict[int, LocalServer] = {}
        self._folders: list[Path] = []

    def get(self, major: int) -> LocalServer:
        """Return a running server."""
        if major not in self._servers:
            folder = Path(tempfile.mkdtemp(prefix="monps-test-"))
            self._folders.append(folder)
            server = LocalServer(folder, self._binaries[major], FAST)
            # It is stored before the start, so that a server which fails to start is stopped, too.
            self._servers[major] = server
            server.start()
            create_role(server)
        return self._servers[major]

    def close(self) -> None:
        """Stop the servers that were started, and remove their data."""
        try:
            for server in self._servers.values():
                server.stop()
        finally:
            for folder in self._folders:
                shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def short_folder() -> Iterator[Path]:
    """Make an empty folder with a short path; it is removed because a server's data are large."""
    with tempfile.TemporaryDirectory(prefix="monps-test-", ignore_cleanup_errors=True) as made:
        yield Path(made).resolve()


@contextmanager
def started_server() -> Iterator[LocalServer]:
    """Run a server until the block ends, for programs other than tests."""
    with closing(Servers()) as servers:
        yield servers.get(default_major())


@contextmanager
def administration(server: LocalServer) -> Iterator[Cursor]:
    """Open a cursor of the superuser that commits each statement."""
    with closing(psycopg2.connect(**server.connect_parameters())) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor


@contextmanager
def create_database(server: LocalServer, template: str | None = None) -> Iterator[Database]:
    """Create a database that a plain login role owns, and drop it at the end.

    Args:
        server: A server of ``Servers``.
        template: The database to copy, which must have no connections; an empty database when
            omitted.
    """
    database = Database(
        host=str(server.socket_directory),
        port=server.port,
        user=USER,
        password=PASSWORD,
        name=f"test_{secrets.token_hex(6)}",
        server=server,
    )
    name = sql.Identifier(database.name)
    with administration(server) as cursor:
        cursor.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
                name, sql.Identifier(USER), sql.Identifier(template or "template0")
            )
        )
    try:
        yield database
    finally:
        with administration(server) as cursor:
            cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


def create_role(server: LocalServer) -> None:
    with administration(server) as cursor:
        verifier = encrypt_password(PASSWORD, USER, cursor.connection, "scram-sha-256")
        cursor.execute(f"CREATE ROLE {USER} LOGIN PASSWORD '{verifier}'")


def ask(server: LocalServer, question: str, **changes: object) -> object:
    """Return the first value of a query; ``changes`` are changed connection parameters."""
    parameters = {**server.connect_parameters(), "connect_timeout": 10, **changes}
    with closing(psycopg2.connect(**parameters)) as connection, connection.cursor() as cursor:
        cursor.execute(question)
        row = cursor.fetchone()
        return row[0] if row else None
