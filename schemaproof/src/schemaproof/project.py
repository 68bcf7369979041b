"""The facts of a project, as a value."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from glob import escape
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from schemaproof.errors import ConfigurationError
from schemaproof.schema.hypertable import Hypertable
from schemaproof.schema.partitioning import Partitioning
from schemaproof.schema.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from pathlib import Path

T = TypeVar("T", Partitioning, Hypertable)
SCRATCH_VERSION_TABLE: Final = ("public", "alembic_version")
"""Alembic's version table in a scratch database, whatever the project's own is called."""
INI_SECTION: Final = "alembic"  # Most configuration files of Alembic have this section.


class LintOptions(NamedTuple):
    """The rules of ``lint`` that the project turns off and on."""

    ignored: tuple[str, ...] = ()
    enabled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Project:
    """The facts of a project: its files, schemas, tables and settings.

    Attributes:
        root: The folder of pyproject.toml.
        script_location: The folder of env.py and of the revisions.
        metadata: The models (``module:attribute``) in the order of creation; env.py's when empty.
        objects: Other declared objects (views, functions), each as ``module:attribute``.
        managed_schemas: Schemas in which every object belongs to the project.
        shared_schemas: Schemas in which only the objects of the project are compared.
        ignore: Objects that are left out of every comparison.
        roles: Names of roles, each with the part that it plays.
        settings: The settings that ALTER DATABASE and ALTER ROLE may set, each with its value.
        partitions, hypertables: Tables partitioned by time, and hypertables of TimescaleDB.
        version_table, ledger_table: Schema and name of Alembic's version table and of the ledger.
        alembic_ini_at: Alembic's configuration file; the root's ``alembic.ini`` when None.
        ini_section: The section of that file to read (``alembic --name``).
        scratch_sql: A file of SQL that is run in each new scratch database (extensions).
        start: The function or SQL file that makes the objects that the first revision expects.
        lint_ignore, lint_enable: Rules that ``lint`` leaves out, and additional rules.
        baseline_file: The file of accepted differences; None when there is none.
        tenants: The schemas of tenants (``customer_*``), each with a history of its own.
        tenant_schema: The schema that represents all tenants in snapshots and models.
        tenant: The schema of the current tenant; None for the project itself.
        target: The revisions that its databases should be at (``main@head``); the head when empty.
        url: The variable or ``module:attribute`` that holds the database's URL; None for neither.
        prefix: The beginning of the names of roles and files that are made for the project.
        owner_reads: Tables of others that the role which owns the schema may read.
        scratch: The server of scratch databases: an installation, a URL, or its variable.
        postgresql: The major version of scratch databases; None for that of the target.
        python: The project's Python; when None, it is looked for.
        x_arguments, attributes: Values of ``context.get_x_argument()`` and ``config.attributes``.
        database_variables: Environment variables in which env.py finds its database.
        scratch_url: Function for the URL of that server; None to read ``SCHEMAPROOF_SCRATCH_URL``.
        environ: The variables that name that server or an active Python; models may read others.
        target_major: Function for the major version of the target; it returns None when unknown.
        is_squashed: Whether to use the old revisions, which ``squash`` has replaced by one.
    """

    root: Path
    script_location: Path
    metadata: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    managed_schemas: tuple[str, ...] = ()
    shared_schemas: tuple[str, ...] = ("public",)
    ignore: tuple[str, ...] = ()
    roles: tuple[tuple[str, str], ...] = ()
    settings: tuple[tuple[str, str], ...] = ()
    partitions: tuple[Partitioning, ...] = ()
    hypertables: tuple[Hypertable, ...] = ()
    version_table: tuple[str, str] = ("public", "alembic_version")
    ledger_table: tuple[str, str] = ("public", "schemaproof_ledger")
    alembic_ini_at: Path | None = None
    ini_section: str = INI_SECTION
    attributes: tuple[tuple[str, str], ...] = ()
    scratch_sql: Path | None = None
    start: str | None = None
    lint_ignore: tuple[str, ...] = ()
    lint_enable: tuple[str, ...] = ()
    baseline_file: Path | None = None
    tenants: tuple[str, ...] = ()
    tenant_schema: str | None = None
    tenant: str | None = None
    target: tuple[str, ...] = ()
    url: str | None = None
    prefix: str = "schemaproof"
    owner_reads: tuple[str, ...] = ()
    python: Path | None = None
    x_arguments: tuple[str, ...] = ()
    database_variables: tuple[str, ...] = ()
    scratch: str | None = None
    postgresql: int | None = None
    is_squashed: bool = False
    scratch_url: Callable[[], str | None] | None = field(default=None, compare=False, repr=False)
    environ: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    target_major: Callable[[], int | None] = field(default=lambda: None, compare=False, repr=False)

    @property
    def alembic_ini(self) -> Path:
        """Alembic's configuration file; it need not exist."""
        return self.alembic_ini_at or self.root / "alembic.ini"

    @property
    def pyproject(self) -> Path:
        """The project's own file, which may hold ``[tool.alembic]`` too."""
        return self.root / "pyproject.toml"

    @property
    def version_folder(self) -> Path:
        """The folder of the revisions, unless Alembic's configuration names another."""
        return self.script_location / ("squashed" if self.is_squashed else "versions")

    @property
    def snapshot_folder(self) -> Path:
        """The folder of the snapshots of a section, a JSON file for each revision."""
        section = "" if self.ini_section == INI_SECTION else self.ini_section
        folder = self.version_folder if self.is_squashed else self.script_location
        return folder / "snapshots" / section

    def squashed(self) -> Project:
        """Return the project with only the revisions that were squashed."""
        return replace(self, is_squashed=True)

    @property
    def schemas(self) -> tuple[str, ...]:
        """All managed and shared schemas of the project."""
        return (*self.managed_schemas, *self.shared_schemas)

    @property
    def scope(self) -> Scope:
        """The scope of a check: whole managed schemas, and the expected objects of shared ones.

        The caller sets the expected objects of shared schemas (:attr:`Scope.own`).
        """
        made = Scope(
            managed=self.managed_schemas,
            shared=self.shared_schemas,
            own=frozenset(),
            roles=self.roles,
            version_table=self.version_table,
            ledger_table=self.ledger_table,
            partitioned=self.partitions,
            hypertables=self.hypertables,
        )
        tables = (self.version_table, self.ledger_table, made.backfill_table)
        own = (escape(".".join(name)) for name in (SCRATCH_VERSION_TABLE, *tables))
        return replace(made, ignored=(*own, *self.ignore))

    def scratch_scope(self, version_table: tuple[str, str] | None = None) -> Scope:
        """Return the scope of a scratch database, in which all objects belong to the project.

        Args:
            version_table: Schema and name of env.py's version table, if the project names another.
        """
        seen = [".".join(version_table)] if version_table else []
        return replace(self.scope, ignored=(*seen, *self.scope.ignored), own=None)

    @property
    def lint_options(self) -> LintOptions:
        """The rules that the linter leaves out, and the additional ones."""
        return LintOptions(self.lint_ignore, self.lint_enable)

    @property
    def tenant_names(self) -> tuple[str, str] | None:
        """The schema that represents all tenants, and the schema of the current tenant.

        Raises:
            ConfigurationError: The configuration names no schema that represents all tenants.
        """
        return None if self.tenant is None else (self.schema_of_tenants, self.tenant)

    @property
    def schema_of_tenants(self) -> str:
        """The schema that represents all tenants in snapshots and models.

        Raises:
            ConfigurationError: The configuration names none.
        """
        if self.tenant_schema is not None:
            return self.tenant_schema
        if len(self.schemas) == 1:
            return self.schemas[0]
        raise ConfigurationError(
            "there are several schemas, and none of them is named as the tenants' schema",
            remedy="set tenant-schema in [tool.schemaproof]",
        )

    def for_tenant(self, schema: str) -> Project:
        """Return the project in the schema of a tenant.

        Raises:
            ConfigurationError: The configuration names no such schema of tenants.
        """
        stands = self.schema_of_tenants

        def here(names: Iterable[str]) -> tuple[str, ...]:
            return tuple(schema if name == stands else name for name in names)

        def there(table: T) -> T:
            return replace(table, schema=here([table.schema])[0])

        return replace(
            self,
            tenant=schema,
            tenant_schema=stands,
            managed_schemas=here(self.managed_schemas),
            shared_schemas=here(self.shared_schemas),
            ignore=tuple(
                one if (rest := one.removeprefix(f"{stands}.")) == one else f"{schema}.{rest}"
                for one in self.ignore
            ),
            partitions=tuple(there(one) for one in self.partitions),
            hypertables=tuple(there(one) for one in self.hypertables),
            version_table=(schema, self.version_table[1]),
            ledger_table=(schema, self.ledger_table[1]),
        )

    def with_tenants(self, names: Collection[str]) -> Project:
        """Return the project with these tenants alone; with all when none is named."""
        return replace(self, tenants=tuple(map(escape, names))) if names else self

    def narrowed_to(self, schemas: Collection[str]) -> Project:
        """Return the project with these schemas alone; with all of them when none is named.

        Raises:
            ConfigurationError: A schema is not one of the project's.
        """
        if not schemas:
            return self
        if unknown := sorted(set(schemas).difference(self.schemas)):
            raise ConfigurationError(
                f"unknown schema {', '.join(unknown)}",
                remedy=f"known are {', '.join(self.schemas)}",
            )
        return replace(
            self,
            managed_schemas=tuple(name for name in self.managed_schemas if name in schemas),
            shared_schemas=tuple(name for name in self.shared_schemas if name in schemas),
        )
