"""The target that a URL or libpq's variables state, without any other settings."""

from __future__ import annotations

from contextlib import closing, suppress
from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from schemaproof.connection.migration_settings import MigrationValues
from schemaproof.connection.url_settings import UrlSettings
from schemaproof.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from sqlalchemy import Engine

    from schemaproof.connection.raw_sql import DriverConnection
    from schemaproof.project import Project

_SHORT: Final = 3  # The number of seconds.


class UrlTarget:
    """A database, for the project of the working directory.

    Args:
        find: The function that finds the settings, given the URL of the command line; called once,
            on first use.
        environ: The environment variables, which may hold settings of migrations.

    Attributes:
        given: The URL of the command line; None without one.
    """

    def __init__(
        self, find: Callable[[str | None], UrlSettings], environ: Mapping[str, str]
    ) -> None:
        self.given: str | None = None
        self._find = find
        self._environ = environ
        self._found: UrlSettings | None = None

    program: Final = "schemaproof"
    variables: Final[Mapping[str, str]] = MappingProxyType({})

    def project(self, start: Path | None = None) -> Project:
        """Find the project, whose scratch databases are of the database's major version."""
        from schemaproof.project_file import find_project

        return replace(find_project(start), target_major=cache(self._major))

    def _major(self) -> int | None:
        """Ask the server for its major version; None if it does not answer."""
        import psycopg2

        with suppress(ConfigurationError, psycopg2.Error):
            settings = self.settings()
            account = settings.credentials
            with closing(
                psycopg2.connect(
                    **{**settings.driver_args, "connect_timeout": _SHORT},
                    user=account.user,
                    password=account.password or None,
                )
            ) as connection:
                return int(connection.server_version // 10000)
        return None

    def settings(self) -> UrlSettings:
        """Return the settings of the database, as they were when first read.

        Raises:
            ConfigurationError: No database is named, or the URL is not one of PostgreSQL.
        """
        if self._found is None:
            self._found = self._find(self.given)
        return self._found

    def migration_settings(self) -> MigrationValues:
        """Return the settings of migrations."""
        return MigrationValues.from_environment(self._environ)

    def migration_engine(self) -> Engine:
        """Make an engine for migrations."""
        from sqlalchemy import URL

        from schemaproof.connection.sessions import engine_for_migrations
        from schemaproof.connection.urls import DRIVER

        settings = self.settings()
        account = settings.credentials
        url = URL.create(DRIVER, username=account.user, password=account.password or None)
        return engine_for_migrations(url, settings.driver_args, settings.limits)

    def connect_to_read(self) -> DriverConnection:
        """Connect by the driver alone."""
        import psycopg2

        from schemaproof.connection.sessions import ready_to_read

        settings = self.settings()
        account = settings.credentials
        connection: DriverConnection = psycopg2.connect(
            **settings.driver_args, user=account.user, password=account.password or None
        )
        return ready_to_read(connection, settings.limits)

    def shows_statements(self) -> bool:
        """Return False: SQLAlchemy need not log the statements."""
        return False

    def described(self) -> Mapping[str, str]:
        """Describe the database."""
        settings = self.settings()
        hosts = ",".join(f"{host}:{port}" for host, port in settings.addresses)
        return {
            "database": f"postgresql://{settings.user}@{hosts}/{settings.database}",
            "named by": settings.source,
        }

    def pool_described(self) -> str:
        """Return the text that there is no pool."""
        return "none"
