"""Replace many revisions by one that creates the same from nothing.

The replaced revisions stay in a folder of their own (``squashed``), with their snapshots. A
database at one of them is upgraded from that folder, up to the squashed revision, whose id is the
same in both folders.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Final

from schemaproof.adopt import revision_bodies
from schemaproof.adopt.revision_bodies import Body
from schemaproof.catalog.catalog import reading
from schemaproof.catalog.dependencies import read_dependencies
from schemaproof.errors import ConfigurationError, HistoryError, TamperedHistoryError
from schemaproof.findings.steps import Phase, Step
from schemaproof.history import (
    alembic_options,
    changes,
    record,
    replay,
    replay_plan,
    revision_trial,
    scratch,
    snapshot_file,
)
from schemaproof.history.history import read_revisions
from schemaproof.history.new_revision_file import UntriedRevisionError
from schemaproof.history.project_probe import ProjectProbe
from schemaproof.history.revision_files import RevisionFile
from schemaproof.output import whole_file
from schemaproof.program import command_line
from schemaproof.project import Project
from schemaproof.repair.plan import repair
from schemaproof.rewriting import carried_rows
from schemaproof.rewriting.carried_rows import Carried
from schemaproof.rewriting.put_away import put_away
from schemaproof.schema.database_objects import Snapshot
from schemaproof.schema.dependencies import Dependency

_TEXT: Final = '''"""{title}

Revision ID: {id}
Revises:
"""

from alembic import op

revision = {id!r}
down_revision = None
branch_labels = {labels!r}
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
'''
# Each environment decides about owners and grants.
_LEFT: Final = frozenset({Phase.OWNERS, Phase.GRANTS})


@dataclass(frozen=True, slots=True)
class Squashed:
    """The result of a squash.

    Attributes:
        file: The file of the one revision.
        folder: The folder of the revisions that it replaces.
        count: The number of the replaced revisions.
        carried: The rows and the positions of sequences that the revision creates.
    """

    file: Path
    folder: Path
    count: int
    carried: tuple[Carried, ...]


def files_to_squash(
    project: Project, files: Sequence[RevisionFile], revision: str
) -> list[RevisionFile]:
    """Return the revisions to squash: one revision, and all that it needs.

    They may contain branches, as long as all are merged in that revision.

    Args:
        project: The project of the revisions.
        files: All revisions, each after those that it follows.
        revision: The last revision to squash: its id, or the beginning of one.

    Raises:
        ConfigurationError: There is no such revision, or it is in another folder.
        HistoryError: Another revision needs one of them.
    """
    found = [one.id for one in files if one.id.startswith(revision)]
    if len(found) != 1:
        several = "several revisions begin" if found else "no revision begins"
        raise ConfigurationError(f"{several} with {revision!r}", remedy="see alembic history")
    if project.start or not alembic_options.options(project).keys().isdisjoint(
        alembic_options.ELSEWHERE
    ):
        raise ConfigurationError(
            "squash needs revisions in versions/ that begin with an empty database",
            remedy="see start in [tool.schemaproof], and version_locations in alembic.ini",
        )
    ids = replay_plan.needed_revisions(files)[found[0]]
    others = [one for one in files if one.id not in ids and ids & {*one.needs} - {found[0]}]
    if others:
        raise HistoryError(
            f"{others[0].id} needs {', '.join(sorted(ids & {*others[0].needs}))}, which would"
            " become part of the squashed revision",
            remedy=f"squash up to a revision that all others follow; see {command_line('merge')}",
        )
    if len(ids) == 1:
        raise ConfigurationError(
            f"no revision precedes {found[0]}: nothing to squash", remedy="name a later one"
        )
    return [one for one in files if one.id in ids]


def squash(project: Project, own: Sequence[RevisionFile], title: str) -> Squashed:
    """Write the squashed revision, verify it, and move the others into their folder.

    From an empty database, the squashed revision has to produce the same catalogs and rows as the
    others, and its downgrade has to leave nothing. When anything fails, all files are restored.

    Args:
        project: The project of the revisions.
        own: The revisions, as :func:`files_to_squash` returns them.
        title: The first line of the one revision.

    Raises:
        HistoryError: The squashed revision does not produce the same schema and rows.
        TamperedHistoryError: The revisions do not produce the recorded schema.
    """
    last = own[-1]
    with ProjectProbe(project) as probe, scratch.project_scratch(project) as database:
        empty = record.read(database, probe)
        probe.upgrade(database, last.id)
        made = record.read(database, probe)
        carried = carried_rows.read(database.connection, made)
        with reading(database.connection):
            depending = read_dependencies(database.connection, project.scratch_scope())
    _require_recorded(project, last, made)
    with put_away(project, own) as folder:
        _write(last, title, own, _bodies(empty, made, carried, depending))
        _prove(project, last, (empty, made), carried)
    return Squashed(last.path, folder, len(own), tuple(carried))


def _require_recorded(project: Project, last: RevisionFile, made: Snapshot) -> None:
    recorded = snapshot_file.read(project.snapshot_folder, last.id)
    if recorded is None or recorded.snapshot != made:
        raise TamperedHistoryError(
            f"the snapshot of {last.id} differs from the schema that the revisions produce",
            remedy="restore the files from version control, or record them: "
            + command_line("snapshot"),
        )


def _bodies(
    empty: Snapshot,
    made: Snapshot,
    carried: Sequence[Carried],
    depending: Sequence[Dependency],
) -> tuple[list[Body], list[Body], str]:
    """Return the statements that create everything, those that drop it, and their loss."""
    up, down = (
        [step for step in steps if step.phase not in _LEFT]
        for steps in (repair(made, empty), repair(empty, made, dependencies=depending))
    )
    # Rows come before keys and triggers, which were not applied to these rows again.
    first = [*takewhile(lambda step: step.phase < Phase.CREATE_INDEXES, up)]
    rest = up[len(first) :]
    rows = [Body(sql) for one in carried for sql in one.statements]
    loses = sorted({str(step.path) for step in down if step.destructive})
    return [*_as_bodies(first), *rows, *_as_bodies(rest)], _as_bodies(down), ", ".join(loses)


def _as_bodies(steps: Sequence[Step]) -> list[Body]:
    return [Body(step.sql) for step in steps]


def _write(
    last: RevisionFile,
    title: str,
    own: Sequence[RevisionFile],
    bodies: tuple[list[Body], list[Body], str],
) -> None:
    labels = tuple(label for one in own for label in one.labels) or None
    up, down, loses = bodies
    whole_file.write(last.path, _TEXT.format(title=title, id=last.id, labels=labels))
    revision_bodies.fill(last.path, up, down, loses=loses)


def _prove(
    project: Project,
    last: RevisionFile,
    states: tuple[Snapshot, Snapshot],
    carried: Sequence[Carried],
) -> None:
    empty, made = states
    with scratch.project_scratch(project) as database:
        try:
            revision_trial.tried(project, {last.id: last.path}, database, empty)
        except UntriedRevisionError as error:
            raise HistoryError(
                error.message.replace(" was written, but does", " does"),
                remedy="nothing was changed; squash up to another revision",
            ) from error
        rows = carried_rows.read(database.connection, made)
    with ProjectProbe(project) as probe:
        states_now = replay.replayed(probe, read_revisions(project, probe), wanted={last.id})
    found = changes.between([made], states_now[last.id].snapshot)
    if found or rows != carried:
        differing = "; ".join(changes.in_lines(found)) or "other rows"
        raise HistoryError(
            f"the squashed revision does not produce the schema of {last.id}: {differing}",
            remedy="nothing was changed; squash up to another revision",
        )
    record.write(project.snapshot_folder, states_now)
