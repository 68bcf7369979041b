"""Which objects of a database are looked at, for a project."""

from collections.abc import Iterable
from glob import escape
from typing import Final

from schemaproof.project import Project
from schemaproof.schema.paths import path
from schemaproof.schema.scope import Scope

SCRATCH_VERSION_TABLE: Final = ("public", "alembic_version")
"""Where Alembic keeps the revision of a scratch database, whatever the project says."""


def ours_by_name(project: Project) -> tuple[str, str]:
    """Return the paths of Alembic's table and of the runner's: no models, no drift."""
    return path(*project.version_table), path(*project.ledger_table)


def scratch_scope(project: Project, version_table: tuple[str, str] | None = None) -> Scope:
    """Everything: in a scratch database nobody else has made anything.

    Args:
        project: Whose.
        version_table: Where env.py keeps the revision, if that is not where the project says.
    """
    seen = [".".join(version_table)] if version_table else []
    return Scope(
        managed=project.managed_schemas,
        shared=project.shared_schemas,
        ignored=(*seen, *_ignored(project)),
        roles=project.roles,
        version_table=project.version_table,
        ledger_table=project.ledger_table,
    )


def live_scope(project: Project, expected: Iterable[tuple[str, str]]) -> Scope:
    """All of the managed schemas; in the shared ones only the objects that are expected."""
    return Scope(
        managed=project.managed_schemas,
        shared=project.shared_schemas,
        ignored=_ignored(project),
        roles=project.roles,
        version_table=project.version_table,
        ledger_table=project.ledger_table,
        own=frozenset(expected),
    )


def _ignored(project: Project) -> tuple[str, ...]:
    ours = (SCRATCH_VERSION_TABLE, project.version_table, project.ledger_table)
    return (*(escape(".".join(name)) for name in ours), *project.ignore)
