"""The tenants of a database: each has a schema with the tables of the project."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from schemaproof.catalog.catalog import reading
from schemaproof.connection.raw_sql import AnyConnection, rows
from schemaproof.errors import ConfigurationError
from schemaproof.history.history import History
from schemaproof.history.revision import Revision
from schemaproof.project import Project
from schemaproof.schema.scope import USUAL_SCHEMA

_SCHEMAS = "SELECT nspname FROM pg_catalog.pg_namespace ORDER BY nspname"


def schemas(connection: AnyConnection, patterns: Sequence[str], template: str) -> list[str]:
    """Return the schemas of tenants in a database.

    Args:
        connection: The connection to the database.
        patterns: Patterns for the names of tenants' schemas.
        template: The schema that represents tenants in models and snapshots.

    Raises:
        ConfigurationError: No schema matches a pattern.
    """
    with reading(connection):
        found = [row["nspname"] for row in rows(connection, _SCHEMAS)]
    found = [name for name in found if name != template]
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in found):
            raise ConfigurationError(
                f"no schema of this database matches the pattern for tenants ({pattern})",
                remedy="correct tenants in [tool.schemaproof], or create the schema of a tenant",
            )
    return sorted(name for name in found if any(fnmatchcase(name, one) for one in patterns))


def projects(connection: AnyConnection, project: Project) -> list[Project]:
    """Return a project for each tenant; the project itself if it has no tenants, or is a tenant's.

    Raises:
        ConfigurationError: No schema matches a pattern.
    """
    if not project.tenants or project.tenant is not None:
        return [project]
    names = schemas(connection, project.tenants, project.schema_of_tenants)
    return [project.for_tenant(name) for name in names]


def searched(project: Project) -> str:
    """Return the schema in which revisions find objects that they name without a schema.

    Raises:
        ConfigurationError: The configuration does not name the schema that represents all tenants.
    """
    if project.tenant is not None:
        return project.tenant
    return project.schema_of_tenants if project.tenants else USUAL_SCHEMA


def expected_history(history: History, names: tuple[str, str] | None) -> History:
    """Return the history with its snapshots as expected in the schema of a tenant.

    Args:
        history: The history as it was recorded.
        names: The schema that represents all tenants, and the schema of the tenant; None without
            a tenant.
    """
    if names is None:
        return history

    def here(revision: Revision) -> Revision:
        recorded = revision.recorded and replace(revision.recorded, tenant=names)
        return replace(revision, recorded=recorded)

    return replace(history, revisions={id_: here(one) for id_, one in history.revisions.items()})
