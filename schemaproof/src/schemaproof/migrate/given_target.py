"""The target that ``env.py`` passes: a connection or an engine, of any driver."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import Connection, Engine, text

from schemaproof.connection.database_url import url_parts
from schemaproof.connection.migration_settings import MigrationValues
from schemaproof.connection.url_settings import UrlSettings
from schemaproof.errors import ConfigurationError
from schemaproof.project import Project
from schemaproof.project_file import look_for_project

if TYPE_CHECKING:
    from schemaproof.connection.raw_sql import DriverConnection

_SOURCE = "the URL of env.py's engine"


@dataclass(frozen=True, slots=True)
class GivenTarget:
    """The target that ``env.py`` passes, and its options.

    Attributes:
        bind: The connection, or an engine; None in a script (``--sql``).
        script_location: The folder of env.py.
        version_table: Alembic's options ``version_table_schema`` and ``version_table``; None for
            an option that is not given.
        environ: The environment variables, which may hold settings of migrations.
        tenant: The schema of the tenant that is migrated; None for the whole database.
    """

    program: ClassVar[str] = "schemaproof"
    variables: ClassVar[Mapping[str, str]] = MappingProxyType({})

    bind: Connection | Engine | None
    script_location: Path
    version_table: tuple[str | None, str | None]
    environ: Mapping[str, str]
    tenant: str | None = None

    def project(self, start: Path | None = None) -> Project:
        """Find the project; if pyproject.toml has no table for it, use the folder of env.py."""
        found = look_for_project(start)
        if found is None:
            root = start or self.script_location.parent
            found = Project(root, self.script_location, environ=self.environ)
        given, name = self.version_table
        if self.tenant is not None:
            found = replace(found, version_table=(self.tenant, name or found.version_table[1]))
            return found.for_tenant(self.tenant)
        schema = given or self._current_schema() or found.version_table[0]
        ledger = found.ledger_table
        if given not in {None, found.version_table[0]}:
            # The ledger of a tenant is beside its version table.
            ledger = schema, ledger[1]
        table = schema, name or found.version_table[1]
        return replace(found, version_table=table, ledger_table=ledger)

    def _current_schema(self) -> str | None:
        """Return the schema for Alembic's new table: the first of the session's search_path."""
        if not isinstance(self.bind, Connection):
            return None
        within = self.bind.in_transaction()
        found: str | None = self.bind.scalar(text("SELECT pg_catalog.current_schema()"))
        if not within:
            self.bind.rollback()
        return found

    def settings(self) -> UrlSettings:
        """Return the settings in the URL of the engine, for messages.

        Raises:
            ConfigurationError: There is no URL, or the engine was made in another way.
        """
        if self.bind is None:
            raise ConfigurationError("env.py passes no connection")
        try:
            parts = url_parts(self.bind.engine.url.render_as_string(hide_password=False))
        except ValueError:
            parts = {}
        return UrlSettings.from_environment(
            self.environ, environ=self.environ, parts=parts, source=_SOURCE
        )

    def migration_settings(self) -> MigrationValues:
        """Return the settings of migrations."""
        return MigrationValues.from_environment(self.environ)

    def migration_engine(self) -> Engine:
        """Raise an error, because a connection has to be given."""
        raise ConfigurationError("env.py passes no connection")

    def connect_to_read(self) -> DriverConnection:
        """Raise an error, because a connection has to be given."""
        raise ConfigurationError("env.py passes no connection")

    def shows_statements(self) -> bool:
        """Return False: the given engine logs its statements itself."""
        return False

    def described(self) -> Mapping[str, str]:
        """Describe the database."""
        return {"database": str(self.bind.engine.url) if self.bind is not None else "none"}

    def pool_described(self) -> str:
        """Describe the pool, which belongs to the caller."""
        return "of env.py"
