"""Which objects of a database are looked at, for a project."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from core.project import Project
from introspection.shapes import Scope
from migrations.runner.own_tables import LEDGER

VERSION_SCHEMA: Final = "public"
OURS_BY_NAME: Final = (f"{VERSION_SCHEMA}.alembic_version", ".".join(LEDGER))
"""Tables of Alembic (in scratch databases always here) and of the runner: no models, no drift."""


def scratch_scope(project: Project) -> Scope:
    """Everything: in a scratch database nobody else has made anything."""
    return Scope(
        managed=project.managed_schemas,
        shared=project.shared_schemas,
        ignored=_ignored(project),
        roles=project.roles,
        version_table=project.version_table,
    )


def live_scope(project: Project, expected: Iterable[tuple[str, str]]) -> Scope:
    """All of the managed schemas; in the shared ones only the objects that are expected."""
    return Scope(
        managed=project.managed_schemas,
        shared=project.shared_schemas,
        ignored=_ignored(project),
        roles=project.roles,
        version_table=project.version_table,
        own=frozenset(expected),
    )


def _ignored(project: Project) -> tuple[str, ...]:
    return (*OURS_BY_NAME, ".".join(project.version_table), *project.ignore)
