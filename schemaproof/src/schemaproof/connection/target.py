"""The database of a program and how to connect to it, as protocols."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta
    from pathlib import Path

    from sqlalchemy import Engine

    from schemaproof.connection.raw_sql import DriverConnection
    from schemaproof.project import Project


class Credentials(Protocol):
    """The user and the password of a connection."""

    @property
    def user(self) -> str:
        """The role."""

    @property
    def password(self) -> str:
        """The password."""


class Hidden(Protocol):
    """Text that ``repr()`` does not show."""

    def get_secret_value(self) -> str:
        """Return the text."""


class MigrationSettings(Protocol):
    """Settings of migrations, also for a connection that the caller hands over."""

    @property
    def lock_timeout(self) -> timedelta | None:
        """The limit on waiting for a lock in one attempt; None or zero for no limit."""

    @property
    def lock_attempts(self) -> int:
        """The number of attempts for a revision that other sessions block."""

    @property
    def wait_timeout(self) -> timedelta:
        """The limit on waiting for another migrator, or for a free slot of the server."""

    @property
    def gate(self) -> str:
        """The drift that the gate refuses: new drift (``new``), all (``strict``) or none."""

    @property
    def backfill_pause(self) -> timedelta:
        """The pause of a backfill after each batch."""

    @property
    def backfill_lag(self) -> timedelta | None:
        """The lag of a standby above which a backfill waits; None for no limit."""


class ConnectionSettings(MigrationSettings, Protocol):
    """The address of the target, for messages and to find out why a connection failed."""

    @property
    def variables(self) -> Mapping[str, str]:
        """The user's names of settings, by the names of ``schemaproof.setting_names.NEUTRAL``."""

    @property
    def environ(self) -> Mapping[str, str]:
        """The variables of the environment, of which the drivers read libpq's themselves."""

    @property
    def host(self) -> str:
        """A host, or the folder of a Unix socket; or several, separated by commas."""

    @property
    def addresses(self) -> tuple[tuple[str, int], ...]:
        """The servers, each with its port, in the order in which they are tried."""

    @property
    def session_attributes(self) -> str:
        """The required kind of server, as libpq's ``target_session_attrs``."""

    @property
    def user(self) -> str:
        """The role that connects."""

    @property
    def password(self) -> Hidden:
        """The password."""

    @property
    def database(self) -> str:
        """The name of the database."""

    @property
    def sslmode(self) -> str:
        """The value for libpq's ``sslmode``."""

    @property
    def application_name(self) -> str:
        """The name of the session."""

    @property
    def connect_timeout(self) -> timedelta:
        """The limit for opening a connection; zero for none."""

    @property
    def current_user(self) -> str:
        """The user that connects now, which may be another one than at the start."""

    @property
    def credentials(self) -> Credentials:
        """User and password that are valid now."""

    @property
    def accepted_authentication(self) -> str:
        """How the server may ask for the password, as libpq's ``require_auth``."""

    @property
    def connect_args(self) -> Mapping[str, str | int]:
        """Arguments for connections of the application."""

    @property
    def migration_connect_args(self) -> Mapping[str, str | int]:
        """Arguments for connections of a migration."""

    @property
    def driver_args(self) -> Mapping[str, str | int]:
        """Arguments for connections that only read."""


class Target(Protocol):
    """A project and its database, as a program knows them."""

    @property
    def program(self) -> str:
        """The command that the user calls; its distribution has the same name."""

    @property
    def variables(self) -> Mapping[str, str]:
        """The program's names of settings, by those of ``schemaproof.setting_names.NEUTRAL``."""

    def project(self, start: Path | None = None) -> Project:
        """Find the project.

        Args:
            start: The folder to look from; the working directory when omitted.

        Raises:
            ConfigurationError: There is no project, or its table in pyproject.toml is wrong.
        """

    def settings(self) -> ConnectionSettings:
        """Return the settings of the target database.

        Raises:
            ConfigurationError: The settings are missing or wrong.
        """

    def migration_settings(self) -> MigrationSettings:
        """Return the settings of migrations alone, which need no database.

        Raises:
            ConfigurationError: The settings are wrong.
        """

    def migration_engine(self) -> Engine:
        """Make an engine for migrations, without a pool and with the time-outs of migrations."""

    def connect_to_read(self) -> DriverConnection:
        """Connect by the driver alone, for reading: importing SQLAlchemy takes long."""

    def shows_statements(self) -> bool:
        """Whether statements are logged, so that SQLAlchemy has to send all of them."""

    def described(self) -> Mapping[str, str]:
        """Return the database and the source of the credentials as readable text."""

    def pool_described(self) -> str:
        """Return how connections are pooled as readable text."""
