"""Revisions → snapshots: replayed in a scratch database, read back after each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.schema import CreateSchema

from schemaproof.catalog.canonical_text import read_canonical_snapshot
from schemaproof.catalog.expected import fingerprint, materialise
from schemaproof.compare import compare
from schemaproof.connection.diagnostics import NO_SUCH_SCHEMA, sqlstate_of
from schemaproof.errors import HistoryError
from schemaproof.history import alembic_scripts, model_sources, scratch, snapshot_file
from schemaproof.history.replay import first_line, upgrade_scratch
from schemaproof.history.revision_files import file_checksum
from schemaproof.history.scopes import scratch_scope
from schemaproof.history.snapshot_file import RecordedRevision, SnapshotFile
from schemaproof.output import whole_file
from schemaproof.project import Project
from schemaproof.schema.shapes import Snapshot


def replayed(
    project: Project,
    script: ScriptDirectory,
    metadata: MetaData,
    *,
    wanted: Collection[str] | None = None,
) -> dict[str, RecordedRevision]:
    """Apply revisions in empty scratch databases and return what each produces.

    What a revision produces is the schema after it and the revisions that it needs, and no others:
    a branch is replayed without its siblings.

    The fingerprint of the models is recorded at the head only when the models really ask for what
    the head produces: it is what later checks believe.

    Args:
        project: The project.
        script: Its revisions.
        metadata: Its models.
        wanted: The revisions to return; all when None.

    Raises:
        HistoryError: A revision fails.
        LocalServerError: There is no server for scratch databases.
    """
    needs = _needs(script)
    recorded: dict[str, RecordedRevision] = {}
    waiting = [revision for revision in needs if wanted is None or revision in wanted]
    while waiting:
        # The last one: on the way to it most of the others are passed.
        recorded.update(_passed(project, script, metadata, target=waiting[-1], needs=needs))
        waiting = [revision for revision in waiting if revision not in recorded]
    heads = script.get_heads()
    if len(heads) == 1 and heads[0] in recorded:
        head = recorded[heads[0]]
        if not compare(declared(project, metadata), head.snapshot).differences:
            recorded[heads[0]] = replace(
                head, models=fingerprint(metadata), model_sources=model_sources.digest(project)
            )
    return {one: recorded[one] for one in needs if one in recorded and one in (wanted or recorded)}


def produced(
    project: Project, script: ScriptDirectory, metadata: MetaData, revisions: Iterable[str]
) -> Snapshot:
    """Return the schema after several revisions of different branches.

    Raises:
        HistoryError: A revision fails.
        LocalServerError: There is no server for scratch databases.
    """
    with scratch.project_scratch(project) as connection:
        for revision in revisions:
            upgrade_scratch(connection, script, metadata, target=revision)
        return read_canonical_snapshot(connection, scratch_scope(project))


def declared(project: Project, metadata: MetaData) -> Snapshot:
    """Return what the models declare, created in a scratch database.

    Raises:
        HistoryError: PostgreSQL refuses what the models ask for.
        LocalServerError: There is no server for scratch databases.
    """
    scope = scratch_scope(project)
    with scratch.project_scratch(project) as connection:
        try:
            return materialise(connection, metadata, scope)
        except SQLAlchemyError as error:
            if sqlstate_of(error) != NO_SUCH_SCHEMA:
                raise _refused(error) from error
        # Models seldom create their schemas; a revision does, or somebody else did.
        connection.rollback()
        _create_schemas(connection, metadata)
        try:
            return materialise(connection, metadata, scope)
        except SQLAlchemyError as error:
            raise _refused(error) from error


def _needs(script: ScriptDirectory) -> dict[str, frozenset[str]]:
    """Return every revision with the ones that it needs, itself included, base first."""
    needs: dict[str, frozenset[str]] = {}
    for found in reversed(list(script.walk_revisions())):
        before = (needs[parent] for parent in alembic_scripts.parents(script, found))
        needs[found.revision] = frozenset({found.revision}).union(*before)
    return needs


def _passed(
    project: Project,
    script: ScriptDirectory,
    metadata: MetaData,
    *,
    target: str,
    needs: Mapping[str, frozenset[str]],
) -> dict[str, RecordedRevision]:
    """Upgrade to a revision; record each on the way that has all it needs and nothing else."""
    found: dict[str, RecordedRevision] = {}
    applied: set[str] = set()
    with scratch.project_scratch(project) as connection:

        def read(revision: str) -> None:
            applied.add(revision)
            if applied == needs[revision]:
                path = Path(script.get_revision(revision).path)
                found[revision] = RecordedRevision(
                    revision=revision,
                    file_checksum=file_checksum(path.read_bytes()),
                    models=None,
                    snapshot=read_canonical_snapshot(connection, scratch_scope(project)),
                )

        upgrade_scratch(connection, script, metadata, target=target, after_each=read)
    return found


def _create_schemas(connection: Connection, metadata: MetaData) -> None:
    for schema in sorted({table.schema for table in metadata.tables.values() if table.schema}):
        connection.execute(CreateSchema(schema, if_not_exists=True))
    connection.commit()


def _refused(error: SQLAlchemyError) -> HistoryError:
    return HistoryError(
        f"the models cannot be created in a scratch database: {first_line(error)}",
        remedy="correct them; what is there before the first revision belongs into scratch-sql of"
        " [tool.schemaproof]",
    )


def write(folder: Path, recorded: Mapping[str, RecordedRevision]) -> None:
    """Write the snapshots, each as a whole or not at all.

    Raises:
        HistoryError: A file cannot be written.
    """
    for revision, content in recorded.items():
        target = folder / f"{revision}.json"
        try:
            folder.mkdir(exist_ok=True)
            whole_file.write(target, snapshot_file.dumps(content))
        except OSError as error:
            raise HistoryError(
                f"{target} cannot be written: {error.strerror}", remedy=whole_file.remedy_of(error)
            ) from error


def differs(old: SnapshotFile | None, new: RecordedRevision) -> bool:
    """Whether a record has to be written anew."""
    return old is None or old.text != snapshot_file.dumps(new)


def contradicts(old: SnapshotFile | None, new: RecordedRevision) -> bool:
    """Whether the new record of a revision says something else about the past.

    What is known of the models is not about the past: it only saves a comparison.
    """
    if old is None:
        return False
    if (old.revision, old.file_checksum) != (new.revision, new.file_checksum):
        return True
    return old.snapshot != new.snapshot
