"""Texts that differ, settled by PostgreSQL: is it the same thing, printed differently?

A print depends on how often a text was parsed, and for views on the major version. So the revision
is built in a scratch database, its texts are replaced by those of the live database, and what
PostgreSQL prints then is compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from core.errors import MonpsError
from core.project import Project
from core.scratch import scratch_database
from introspection.catalog import VERBATIM, inside_transaction
from introspection.compare import Difference, compare
from introspection.repair.plan import repair
from introspection.repair.steps import Phase, Step
from introspection.settle import merged, read_settled_snapshot
from introspection.shapes import Snapshot
from migrations.runner.history import script_directory
from migrations.runner.metadata import load_metadata
from migrations.runner.replay import upgrade_scratch
from migrations.runner.scopes import scratch_scope

UNSETTLED: Final = "only the texts were compared: there was no scratch database to settle it"
# The roles of the live database are not there.
_ROLES: Final = frozenset({Phase.OWNERS, Phase.GRANTS})


def settled(
    project: Project,
    revision: str,
    expected: Snapshot,
    actual: Snapshot,
    differences: Sequence[Difference],
) -> tuple[Difference, ...]:
    """Return the differences without those that are only another print of the same thing.

    Args:
        project: Whose history is replayed.
        revision: The revision that ``expected`` was recorded for.
        expected: What the revision produces.
        actual: What the live database contains.
        differences: What the comparison of both says.
    """
    textual = [difference for difference in differences if difference.textual]
    if not textual:
        return tuple(differences)
    try:
        same = set(_same_things(project, revision, expected, actual, textual))
    except (MonpsError, SQLAlchemyError):
        return tuple(
            replace(difference, hint=UNSETTLED) if difference.textual else difference
            for difference in differences
        )
    return tuple(difference for difference in differences if difference not in same)


def _same_things(
    project: Project,
    revision: str,
    expected: Snapshot,
    actual: Snapshot,
    textual: Sequence[Difference],
) -> Iterator[Difference]:
    steps = [step for step in repair(actual, expected) if step.phase not in _ROLES]
    with scratch_database(project.root) as engine, engine.connect() as connection:
        metadata = load_metadata(project)
        upgrade_scratch(connection, script_directory(project), metadata, target=revision)
        with connection.begin():
            known = merged(expected, _read(connection, project))
            for difference in textual:
                changed = [step for step in steps if step.path == difference.path]
                if not _still_differs(connection, project, known, changed, difference):
                    yield difference


def _still_differs(
    connection: Connection,
    project: Project,
    known: Snapshot,
    steps: Sequence[Step],
    difference: Difference,
) -> bool:
    """Whether the text of the live database makes something else of the object."""
    with inside_transaction(connection):
        try:
            with connection.begin_nested():
                for step in steps:
                    connection.exec_driver_sql(step.sql, execution_options=VERBATIM)
        except SQLAlchemyError:
            return True
        tried = compare(known, _read(connection, project)).differences
    return any((one.code, one.path) == (difference.code, difference.path) for one in tried)


def _read(connection: Connection, project: Project) -> Snapshot:
    return read_settled_snapshot(connection, scratch_scope(project)).only(project.schemas)
