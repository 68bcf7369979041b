"""The tenants of a database: a schema each, in which the project is as it is in its snapshots."""

from __future__ import annotations

from dataclasses import replace
from fnmatch import fnmatchcase

from schemaproof.catalog.catalog import reading
from schemaproof.connection.raw_sql import AnyConnection, rows
from schemaproof.errors import ConfigurationError
from schemaproof.history.history import History, Revision
from schemaproof.project import Project

_SCHEMAS = "SELECT nspname FROM pg_catalog.pg_namespace ORDER BY nspname"


def projects(connection: AnyConnection, project: Project) -> list[Project]:
    """Return the project as it is for each tenant; itself where it has none, or is for one.

    Raises:
        ConfigurationError: There is no schema of a tenant.
    """
    if project.tenant is not None or not project.tenants:
        return [project]
    with reading(connection):
        schemas = {row["nspname"] for row in rows(connection, _SCHEMAS)}
    found: set[str] = set()
    for pattern in project.tenants:
        alike = {name for name in schemas if fnmatchcase(name, pattern)}
        if not alike.difference({project.schema_of_tenants}):
            raise ConfigurationError(
                f"no schema here is called as the tenants are ({pattern})",
                remedy="correct tenants in [tool.schemaproof], or create the schema of a tenant",
            )
        found |= alike
    return [project.for_tenant(name) for name in sorted(found) if name != project.schema_of_tenants]


def expected_history(history: History, project: Project) -> History:
    """Return the history with its snapshots as they are expected in the schema of a tenant."""
    if project.tenant is None:
        return history
    names = project.schema_of_tenants, project.tenant

    def here(revision: Revision) -> Revision:
        recorded = revision.recorded and replace(revision.recorded, tenant=names)
        return replace(revision, recorded=recorded)

    return replace(history, revisions={id_: here(one) for id_, one in history.revisions.items()})
