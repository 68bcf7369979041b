"""Settings for the address of the database and its connections."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING

from pydantic import ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from core.setting_types import (
    ASYNC_DRIVER,
    Authentication,
    Duration,
    Hosts,
    Pooler,
    Ports,
    SessionAttributes,
    SslMode,
    Text,
)
from core.setting_variables import VARIABLES
from core.settings.credentials import CredentialSettings
from core.settings.messages import OWN_MESSAGE
from core.settings.migration import MigrationSettings
from schemaproof import (
    DRIVER,
    NETWORK_TIMEOUT,
    UNQUALIFIED_IS_PUBLIC,
    accepted_authentication,
    limits,
    network_args,
    options,
    whole_seconds,
)

_Ports = int | tuple[int, ...]

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import URL


class ConnectionSettings(CredentialSettings, MigrationSettings):
    """Settings for the address of the database, the session and the time-outs."""

    DB_HOST: Hosts = "localhost"
    DB_PORT: Ports = 5432
    DB_TARGET_SESSION_ATTRS: SessionAttributes | None = None
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

    @field_validator("DB_PORT")
    @classmethod
    def _one_for_each_host(cls, ports: _Ports, given: ValidationInfo) -> _Ports:
        hosts = given.data.get("DB_HOST")
        if isinstance(ports, tuple) and hosts is not None and len(ports) != len(hosts.split(",")):
            raise PydanticCustomError(OWN_MESSAGE, "one port, or as many as DB_HOST has hosts")
        return ports

    @property
    def addresses(self) -> tuple[tuple[str, int], ...]:
        """The hosts of ``DB_HOST`` with their ports, in the order in which they are tried."""
        hosts = self.DB_HOST.split(",")
        ports = self.DB_PORT if isinstance(self.DB_PORT, tuple) else (self.DB_PORT,) * len(hosts)
        return tuple(zip(hosts, ports, strict=True))

    @property
    def session_attributes(self) -> str:
        """The required kind of server, as a value of libpq's ``target_session_attrs``."""
        is_one = len(self.addresses) == 1
        return self.DB_TARGET_SESSION_ATTRS or ("any" if is_one else "read-write")

    @property
    def needs_primary(self) -> bool:
        """Whether only a server that accepts writes may be used."""
        return self.session_attributes in ("read-write", "primary")

    @property
    def sync_database_url(self) -> URL:
        """The database's URL for psycopg2, password included; ``str()`` masks it."""
        return self._url(self.DB_USER, self.DB_PASSWORD.get_secret_value())

    @property
    def async_database_url(self) -> URL:
        """The database's URL for asyncpg, password included; ``str()`` masks it."""
        return self.sync_database_url.set(drivername=ASYNC_DRIVER)

    @property
    def variables(self) -> Mapping[str, str]:
        """The names of the settings, for the advice of schemaproof."""
        return VARIABLES

    @property
    def environ(self) -> Mapping[str, str]:
        """The environment variables from which the drivers read libpq's settings."""
        return os.environ

    @property
    def host(self) -> str:
        """A host or the folder of a Unix socket, or several separated by commas."""
        return self.DB_HOST

    @property
    def database(self) -> str:
        """The name of the database."""
        return self.DB_NAME

    @property
    def sslmode(self) -> str:
        """The value for libpq's ``sslmode``."""
        return self.DB_SSLMODE

    @property
    def application_name(self) -> str:
        """The ``application_name`` of the sessions."""
        return self.DB_APPLICATION_NAME

    @property
    def connect_timeout(self) -> timedelta:
        """The limit for opening a connection; zero for none."""
        return self.DB_CONNECT_TIMEOUT

    @property
    def display_url(self) -> str:
        """The database's URL without the password, for people to read."""
        return self._url(self.current_user, None).render_as_string()

    @property
    def connect_args(self) -> dict[str, str | int]:
        """The arguments of the application's connections, besides the URL."""
        # A pooler would refuse these settings, drop them, or pass them on to the next client of the
        # session.
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
        """The arguments of a migration's connection, besides the URL."""
        return self._tool_args(self.MIGRATION_STATEMENT_TIMEOUT)

    @property
    def check_limits(self) -> dict[str, int]:
        """The time-outs of a read-only session, in milliseconds."""
        return self._tool_limits(self.DB_CHECK_TIMEOUT)

    @property
    def driver_args(self) -> dict[str, str | int]:
        """The driver's arguments for a read-only session, without the credentials."""
        return {
            **self._tool_args(self.DB_CHECK_TIMEOUT),
            **self._places,
            "dbname": self.DB_NAME,
        }

    def _url(self, user: str, password: str | None) -> URL:
        # This import is here so that programs which use only the driver do not wait for SQLAlchemy.
        from sqlalchemy import URL

        [(host, port), *others] = self.addresses
        # A URL has room for one host name. A folder or several hosts have to be in the query of the
        # URL.
        is_in_query = bool(others) or host.startswith("/")
        return URL.create(
            DRIVER,
            username=user,
            password=password,
            host=None if is_in_query else host,
            port=None if is_in_query else port,
            database=self.DB_NAME,
            query=self._places if is_in_query else {},
        )

    @property
    def _places(self) -> dict[str, str]:
        hosts, ports = zip(*self.addresses, strict=True)
        return {"host": ",".join(hosts), "port": ",".join(map(str, ports))}

    @property
    def accepted_authentication(self) -> str:
        """How the server may ask for the password, as a value of libpq's ``require_auth``."""
        return accepted_authentication(self.DB_HOST, self.DB_SSLMODE, self.DB_REQUIRE_AUTH)

    def _tool_args(self, statement_timeout: timedelta | None) -> dict[str, str | int]:
        settings = self._tool_limits(statement_timeout)
        return self._connect_args(UNQUALIFIED_IS_PUBLIC, settings=settings)

    def _tool_limits(self, statement_timeout: timedelta | None) -> dict[str, int]:
        return limits(
            # Outside a transaction, a migrator waits for other migrators and between two attempts.
            idle_session_timeout=timedelta(),
            # Within a transaction, a migrator may do long work on the client; see
            # lift_transaction_timeout().
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
            # These are always given, because libpq would otherwise take them from the environment.
            "target_session_attrs": self.session_attributes,
            "require_auth": self.accepted_authentication,
            **options(*given, settings=settings),
        }
