"""Where the database is, and what connections are opened with."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from core.connect_args import (
    NETWORK_TIMEOUT,
    UNQUALIFIED_IS_PUBLIC,
    accepted_authentication,
    limits,
    network_args,
    options,
)
from core.duration import whole_seconds
from core.setting_types import (
    ASYNC_DRIVER,
    Authentication,
    Duration,
    Host,
    Pooler,
    Port,
    SslMode,
    Text,
)
from core.settings.credentials import CredentialSettings
from core.settings.migration import MigrationSettings
from core.urls import DRIVER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import URL


class ConnectionSettings(CredentialSettings, MigrationSettings):
    """Where the database is, what is sent to it, and how long to wait."""

    DB_HOST: Host = "localhost"
    DB_PORT: Port = 5432
    DB_NAME: Text
    DB_SSLMODE: SslMode = "prefer"
    DB_POOLER: Pooler | None = None
    DB_APPLICATION_NAME: Text = "monps-db"
    DB_REQUIRE_AUTH: Authentication | None = None
    DB_CONNECT_TIMEOUT: Duration = timedelta(seconds=10)
    DB_NETWORK_TIMEOUT: Duration = NETWORK_TIMEOUT
    DB_COMMAND_TIMEOUT: Duration = timedelta(minutes=5)
    DB_STATEMENT_TIMEOUT: Duration | None = None
    DB_LOCK_TIMEOUT: Duration | None = None
    DB_IDLE_IN_TRANSACTION_TIMEOUT: Duration | None = None
    DB_CHECK_TIMEOUT: Duration = timedelta(minutes=10)

    @property
    def sync_database_url(self) -> URL:
        """The database's URL for psycopg2, password included; ``str()`` masks it."""
        return self._url(self.DB_PASSWORD.get_secret_value())

    @property
    def async_database_url(self) -> URL:
        """The database's URL for asyncpg, password included; ``str()`` masks it."""
        return self.sync_database_url.set(drivername=ASYNC_DRIVER)

    @property
    def display_url(self) -> str:
        """The database's URL without the password, for people to read."""
        return self._url(None).render_as_string()

    @property
    def connect_args(self) -> dict[str, str | int]:
        """What the application's connections are opened with, beside the URL."""
        # A pooler would refuse them, drop them, or leave them to whoever gets the session next.
        return self._connect_args(settings={} if self.DB_POOLER else self.limits)

    @property
    def limits(self) -> dict[str, int]:
        """The time-outs of the application's sessions, in milliseconds."""
        return limits(
            statement_timeout=self.DB_STATEMENT_TIMEOUT,
            lock_timeout=self.DB_LOCK_TIMEOUT,
            idle_in_transaction_session_timeout=self.DB_IDLE_IN_TRANSACTION_TIMEOUT,
        )

    @property
    def migration_limits(self) -> dict[str, int]:
        """The time-outs of a migration's session, in milliseconds."""
        return self._tool_limits(self.MIGRATION_STATEMENT_TIMEOUT)

    @property
    def migration_connect_args(self) -> dict[str, str | int]:
        """What a migration's connection is opened with, beside the URL."""
        return self._tool_args(self.MIGRATION_STATEMENT_TIMEOUT)

    @property
    def check_limits(self) -> dict[str, int]:
        """The time-outs of a session that only reads, in milliseconds."""
        return self._tool_limits(self.DB_CHECK_TIMEOUT)

    @property
    def driver_args(self) -> dict[str, str | int]:
        """What the driver itself takes for a session that only reads, beside the credentials."""
        return {
            **self._tool_args(self.DB_CHECK_TIMEOUT),
            "host": self.DB_HOST,
            "port": self.DB_PORT,
            "dbname": self.DB_NAME,
        }

    def _url(self, password: str | None) -> URL:
        # What goes to the database by the driver alone does not wait for this import.
        from sqlalchemy import URL

        # A folder cannot stand where a URL has its host; libpq takes it from the query.
        is_socket = self.DB_HOST.startswith("/")
        return URL.create(
            DRIVER,
            username=self.DB_USER,
            password=password,
            host=None if is_socket else self.DB_HOST,
            port=None if is_socket else self.DB_PORT,
            database=self.DB_NAME,
            query={"host": self.DB_HOST, "port": str(self.DB_PORT)} if is_socket else {},
        )

    @property
    def accepted_authentication(self) -> str:
        """How the server may ask for the password, as libpq's ``require_auth``."""
        return accepted_authentication(self.DB_HOST, self.DB_SSLMODE, self.DB_REQUIRE_AUTH)

    def _tool_args(self, statement_timeout: timedelta | None) -> dict[str, str | int]:
        settings = self._tool_limits(statement_timeout)
        return self._connect_args(UNQUALIFIED_IS_PUBLIC, settings=settings)

    def _tool_limits(self, statement_timeout: timedelta | None) -> dict[str, int]:
        return limits(
            # It waits for other migrators, and between attempts, outside a transaction.
            idle_session_timeout=timedelta(),
            # Within one it may have much to do besides; see also lift_transaction_timeout().
            idle_in_transaction_session_timeout=timedelta(),
            statement_timeout=statement_timeout,
            lock_timeout=self.MIGRATION_LOCK_TIMEOUT,
        )

    def _connect_args(self, *given: str, settings: Mapping[str, int]) -> dict[str, str | int]:
        return {
            **network_args(self.DB_NETWORK_TIMEOUT),
            "application_name": self.DB_APPLICATION_NAME,
            "connect_timeout": whole_seconds(self.DB_CONNECT_TIMEOUT),
            "sslmode": self.DB_SSLMODE,
            # Always said, or libpq would take PGREQUIREAUTH from the environment.
            "require_auth": self.accepted_authentication,
            **options(*given, settings=settings),
        }
