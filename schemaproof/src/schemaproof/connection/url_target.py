"""The target that a variable names: ``DATABASE_URL``, and nothing else is asked."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final

from schemaproof.connection.url_settings import VARIABLE, MigrationDefaults, UrlSettings
from schemaproof.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sqlalchemy import Engine

    from schemaproof.connection.raw_sql import DriverConnection
    from schemaproof.project import Project

_REMEDY: Final = f"set {VARIABLE}=postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
_SCHEME: Final = re.compile(r"postgres(?:ql)?(?:\+\w+)?://")


class UrlTarget:
    """The database that ``DATABASE_URL`` names, for the project of the working directory."""

    program: Final = "schemaproof"

    def project(self, start: Path | None = None) -> Project:
        """Find the project."""
        from schemaproof.project_file import find_project

        return find_project(start)

    def settings(self) -> UrlSettings:
        """Return what the variable says.

        Raises:
            ConfigurationError: It is not set, or no URL of PostgreSQL.
        """
        from psycopg2 import ProgrammingError
        from psycopg2.extensions import parse_dsn

        given = os.environ.get(VARIABLE, "").strip()
        if not given:
            raise ConfigurationError(f"{VARIABLE} is not set", remedy=_REMEDY)
        # SQLAlchemy names the driver in it.
        url, is_url = _SCHEME.subn("postgresql://", given, count=1)
        try:
            parts = parse_dsn(url) if is_url else {}
        except ProgrammingError:
            parts = {}
        if not parts:
            # Not chained: the message of the original repeats the URL, password included.
            raise ConfigurationError(
                f"{VARIABLE} is not the URL of a PostgreSQL database", remedy=_REMEDY
            ) from None
        return UrlSettings(parts=parts)

    def migration_settings(self) -> MigrationDefaults:
        """Return the settings of migrations."""
        return MigrationDefaults()

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
        """Never."""
        return False

    def described(self) -> Mapping[str, str]:
        """Say which database it is."""
        settings = self.settings()
        hosts = ",".join(f"{host}:{port}" for host, port in settings.addresses)
        return {
            "database": f"postgresql://{settings.DB_USER}@{hosts}/{settings.DB_NAME}",
            "user": f"from {VARIABLE}",
        }

    def pool_described(self) -> str:
        """Say that there is no pool."""
        return "none"
