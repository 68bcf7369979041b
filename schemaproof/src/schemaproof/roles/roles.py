"""Four roles: the owner without login, the migrator, the application, a reader."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from textwrap import indent
from typing import Final

from schemaproof.connection import own_settings
from schemaproof.connection.raw_sql import AnyConnection, rows
from schemaproof.errors import ConfigurationError
from schemaproof.history import history_tables, ledger
from schemaproof.history.ledger_sql import qualified, with_ledger
from schemaproof.history.queries import SQL as HISTORY_SQL
from schemaproof.project import Project
from schemaproof.roles.queries import SQL
from schemaproof.schema.database_objects import Snapshot
from schemaproof.schema.paths import path
from schemaproof.schema.scope import Scope
from schemaproof.sql.quoting import literal
from schemaproof.sql.sql_files import SqlTemplate

_NAME_BYTES: Final = 63  # PostgreSQL cuts longer names (NAMEDATALEN).


@dataclass(frozen=True, slots=True)
class Roles:
    """The names of the roles.

    Attributes:
        prefix: The beginning of each name.
    """

    prefix: str

    def __post_init__(self) -> None:
        longest = max(len(name.encode()) for name in self.names)
        word = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", self.prefix)
        if word is None or longest > _NAME_BYTES or self.prefix.startswith("pg_"):
            raise ConfigurationError(
                f"{self.prefix!r} cannot begin the name of a role",
                remedy="name a short word of letters, digits, _ and -",
            )

    @property
    def owner(self) -> str:
        """The role that owns the objects that upgrades create, and cannot log in."""
        return f"{self.prefix}_owner"

    @property
    def migrator(self) -> str:
        """The role that logs in to migrate, and acts as the owner."""
        return f"{self.prefix}_migrator"

    @property
    def application(self) -> str:
        """The role that reads and writes rows."""
        return f"{self.prefix}_app"

    @property
    def readonly(self) -> str:
        """The role that only reads rows."""
        return f"{self.prefix}_readonly"

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all roles."""
        return (self.owner, self.migrator, self.application, self.readonly)


def script(project: Project, roles: Roles) -> str:
    """Return the SQL that creates the roles in the current database."""
    version_table = path(*project.version_table)
    ledger_sql = with_ledger(HISTORY_SQL, project.scope)
    ours = {project.version_table, project.ledger_table}
    return SqlTemplate(f"{SQL.text('roles')};\n").substitute(
        begin=";\n".join(own_settings.FOR_SCRIPT),
        begin_transaction=own_settings.SEARCH_PATH_FOR_TRANSACTION,
        end=own_settings.AFTER_SCRIPT,
        owner=path(roles.owner),
        migrator=path(roles.migrator),
        application=path(roles.application),
        readonly=path(roles.readonly),
        owner_name=_literals([roles.owner]),
        role_names=_literals(roles.names),
        managed=_literals(project.managed_schemas),
        managed_and_shared=_literals(project.schemas),
        version_table=qualified(*project.version_table),
        version_table_text=_literals([str(version_table)]),
        version_table_key=path(f"{project.version_table[1]}_pkc"),
        hold=history_tables.inspection_for_script(
            project.scope, ours, (roles.owner, roles.migrator)
        ),
        create_ledger=ledger_sql.text("ledger_create"),
        ledger=qualified(*project.ledger_table),
        created=indent(ledger_sql.text("ledger_created"), " " * 12).lstrip(),
        sources=_literals(project.owner_reads),
    )


def deviations(
    connection: AnyConnection, scope: Scope, expected: Snapshot, roles: Roles
) -> tuple[str, ...]:
    """Return the deviations of the database from the script, each as a sentence.

    Args:
        connection: The connection to the database, within a transaction.
        scope: The scope with the schemas to inspect.
        expected: The schema that the upgrades create.
        roles: The names of the roles.
    """
    # Tables that existed before the first upgrade keep their owner.
    created = {
        name for kind, name in ledger.created(connection, scope) if kind in {"table", "view"}
    }
    names = [where for where, _ in expected.all_relations()]
    found = rows(
        connection,
        SQL.for_driver("deviations"),
        {
            "owner": roles.owner,
            "migrator": roles.migrator,
            "application": roles.application,
            "readonly": roles.readonly,
            "tables": [*(name for name in names if name in created), *scope.history_tables],
            "records": [*scope.history_tables],
            "schemas": list(scope.schemas),
        },
    )
    return tuple(row["deviation"] for row in found)


def _literals(values: Iterable[str]) -> str:
    return ", ".join(_within_body(value) if "$" in value else literal(value) for value in values)


def _within_body(value: str) -> str:
    """Escape a text so that it cannot end the body of the DO statement that contains it."""
    escaped = value.replace("\\", "\\\\").replace("'", "''")
    return f"E'{escaped}'".replace("$", "\\x24")
