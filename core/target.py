"""Mon_PS as schemaproof's target: its project, its settings, its connections."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from core.setting_variables import PROGRAM, VARIABLES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sqlalchemy import Engine

    from core.config import DatabaseSettings, MigrationSettings
    from schemaproof import DriverConnection, Project, Target


class MonPs:
    """The database of the settings (``core.config``), which are read on first use."""

    program: Final = PROGRAM
    variables: Final = VARIABLES

    def project(self, start: Path | None = None) -> Project:
        """Find the project, with the server for its scratch databases (``DB_SCRATCH_URL``)."""
        from core.project import find_project
        from core.scratch_setting import scratch_url

        return replace(find_project(start), scratch_url=scratch_url)

    def settings(self) -> DatabaseSettings:
        """Return the settings."""
        # This import is here because pydantic takes long to import.
        from core import config

        return config.get_settings()

    def migration_settings(self) -> MigrationSettings:
        """Return only the settings of migrations."""
        from core.config import MigrationSettings

        return MigrationSettings()

    def migration_engine(self) -> Engine:
        """Make an engine for migrations of the database."""
        from core.engines import create_migration_engine

        return create_migration_engine(self.settings())

    def connect_to_read(self) -> DriverConnection:
        """Open a connection for reading with the driver, without SQLAlchemy."""
        import psycopg2

        from schemaproof import ready_to_read

        settings = self.settings()
        connection: DriverConnection = settings.opened(
            lambda user, password: psycopg2.connect(
                **settings.driver_args, user=user, password=password
            )
        )
        return ready_to_read(connection, settings.check_limits)

    def shows_statements(self) -> bool:
        """Whether executed statements are logged (``DB_ECHO``)."""
        return self.settings().DB_ECHO

    def described(self) -> Mapping[str, str]:
        """Describe the database and the source of the credentials."""
        settings = self.settings()
        return {
            "database": settings.display_url,
            "user": f"from {settings.credentials_from['DB_USER']}",
            "password": f"from {settings.credentials_from['DB_PASSWORD']}",
        }

    def pool_described(self) -> str:
        """Describe the connection pool."""
        settings = self.settings()
        return (
            f"{settings.DB_POOL_SIZE} connections, {settings.DB_MAX_OVERFLOW} in overflow, "
            f"{settings.DB_POOL_TIMEOUT} s time-out, recycled after {settings.DB_POOL_RECYCLE} s"
        )


TARGET: Final[Target] = MonPs()
"""The target that the commands and ``env.py`` use."""
