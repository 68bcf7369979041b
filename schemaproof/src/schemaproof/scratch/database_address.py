"""The address of a database on a server for scratch databases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import psycopg2

from schemaproof.connection.connect_args import (
    UNQUALIFIED_IS_PUBLIC,
    accepted_authentication,
    lift_transaction_timeout,
    network_args,
)
from schemaproof.connection.prepared_statements import PreparingConnection

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from schemaproof.connection.raw_sql import DriverConnection

_CONNECT_TIMEOUT: Final = 10
# Time-outs that are set for the role or the server are meant for its usual work, not for this.
_NO_LIMITS: Final = " ".join(
    f"-c {name}=0"
    for name in (
        "statement_timeout",
        "lock_timeout",
        "idle_session_timeout",
        "idle_in_transaction_session_timeout",
    )
)


@dataclass(frozen=True, slots=True)
class DatabaseAddress:
    """The address of a database.

    Attributes:
        given: The address, as parameters of libpq.
        made_from: The database from whose server the address was made; None for the original
            address.
    """

    given: Mapping[str, str] = field(repr=False)
    made_from: DatabaseAddress | None = None

    def with_database(self, name: str) -> DatabaseAddress:
        """Return the address of another database on the same server."""
        return DatabaseAddress({**self.given, "dbname": name}, self)

    def described(self) -> str:
        """Return the URL without the password."""
        user, host = self.given.get("user", ""), self.given.get("host", "localhost")
        at = f"{user}@" if user else ""
        return f"postgresql://{at}{host}:{self.given.get('port', '5432')}/{self.given['dbname']}"

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters that any driver takes: the address, and the settings."""
        usual = {"host": "localhost", "port": "5432", "user": "postgres"}
        return {**usual, **self.given, "options": self._options}

    def connect(self) -> DriverConnection:
        """Connect; the caller closes the connection, whose repeated queries are prepared."""
        connection: DriverConnection = psycopg2.connect(
            connection_factory=PreparingConnection, **self._arguments
        )
        lift_transaction_timeout(connection)
        return connection

    def engine(self) -> Engine:
        """Return an engine that opens a connection for each use."""
        from sqlalchemy import NullPool, create_engine, event

        from schemaproof.connection.first_statements import set_up_safely
        from schemaproof.connection.urls import DRIVER

        engine = create_engine(f"{DRIVER}://", poolclass=NullPool, connect_args=self._arguments)
        set_up_safely(engine)
        event.listen(engine, "connect", lift_transaction_timeout)
        return engine

    @contextmanager
    def administration(self) -> Iterator[DriverConnection]:
        """Connect in autocommit until the block ends."""
        with closing(psycopg2.connect(**self._arguments)) as connection:
            connection.autocommit = True
            yield connection

    @property
    def _options(self) -> str:
        return f"{_NO_LIMITS} {self.given.get('options', '')} {UNQUALIFIED_IS_PUBLIC}"

    @property
    def _arguments(self) -> dict[str, str | int]:
        host, sslmode = self.given.get("host", ""), self.given.get("sslmode", "")
        return {
            **network_args(),
            "connect_timeout": _CONNECT_TIMEOUT,
            "require_auth": accepted_authentication(host, sslmode, None),
            **self.given,
            "options": self._options,
        }
