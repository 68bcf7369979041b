"""A new revision in one step: generated, applied in a scratch database, recorded, explained."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from alembic.autogenerate import RevisionContext
from alembic.operations.ops import ExecuteSQLOp
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from alembic.util import rev_id
from sqlalchemy import Connection, MetaData, inspect

from schemaproof.compare import Difference
from schemaproof.errors import HistoryError, TamperedHistoryError
from schemaproof.history import (
    alembic_scripts,
    autogenerate,
    changes,
    new_revision_file,
    record,
    scratch,
    snapshot_file,
)
from schemaproof.history.alembic_scripts import alembic_config, script_directory
from schemaproof.history.metadata import load_metadata
from schemaproof.history.replay import upgrade_scratch
from schemaproof.program import command_line
from schemaproof.project import Project
from schemaproof.schema.shapes import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionOptions:
    """What is asked for, as ``alembic revision`` takes it.

    Attributes:
        message: The revision's title.
        rev_id: Its id; one is made up when None.
        head: The revision that it follows, or a branch's label with ``@head``.
        splice: Whether it may follow a revision that is no head.
        branch_label: A label for the branch that begins with it.
        version_path: The folder to write it to, where there are several.
        depends_on: The revisions that it also needs.
    """

    message: str
    rev_id: str | None = None
    head: str = "head"
    splice: bool = False
    branch_label: str | None = None
    version_path: str | None = None
    depends_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """What became of it.

    Attributes:
        file: The revision's file; None when there was nothing to write.
        snapshot: The file of its snapshot; None when nothing was recorded.
        changes: What the revision changes.
        unwritten: What would have to change after it for the models to have what they ask for.
    """

    file: Path | None
    snapshot: Path | None
    changes: tuple[Difference, ...]
    unwritten: tuple[Difference, ...]


def write_empty(project: Project, options: RevisionOptions) -> Path:
    """Write a revision to be filled in by hand; nothing is recorded of it yet.

    Raises:
        ConfigurationError: Alembic refuses them.
        HistoryError: The file cannot be written.
    """
    context = _context(project, script_directory(project), options)
    with new_revision_file.removed_on_failure(project, str(context.generated_revisions[0].rev_id)):
        return new_revision_file.write(context)


def write_revision(project: Project, options: RevisionOptions) -> Written:
    """Write the revision that the models ask for. When anything fails, no file is left behind.

    Autogenerate compares with a scratch database at head. The revision is then applied in another
    one, and what it produces is recorded.

    Raises:
        ConfigurationError: Alembic refuses them, or the models cannot be loaded.
        HistoryError: A revision fails, also the new one; a file cannot be written; or a head has
            no snapshot, so its file may be what a killed run left.
        LocalServerError: There is no server for scratch databases.
        TamperedHistoryError: What it would follow is not what was recorded.
    """
    metadata = load_metadata(project)
    script = script_directory(project)
    context = _context(project, script, options)
    revision = str(context.generated_revisions[0].rev_id)
    _refuse_unfinished(project, script)
    _autogenerate(project, script, metadata, context)
    if all(operations.is_empty() for operations in context.generated_revisions[0].upgrade_ops_list):
        return Written(None, None, (), _unwritten(project, script, metadata, None))
    with new_revision_file.removed_on_failure(project, revision):
        file = new_revision_file.write(context)
        return _recorded(project, metadata, revision=revision, file=file)


def _refuse_unfinished(project: Project, script: ScriptDirectory) -> None:
    """Refuse to take a revision that nobody recorded for what the models have asked for."""
    recorded = {path.stem for path in project.snapshot_folder.glob("*.json")}
    unfinished = [head for head in script.get_heads() if head not in recorded]
    if unfinished:
        files = ", ".join(str(script.get_revision(head).path) for head in unfinished)
        raise HistoryError(
            f"{files} has no snapshot: written by hand, or left by a run that was killed",
            remedy=f"record it ({command_line('snapshot')}), or remove the file",
        )


def _recorded(project: Project, metadata: MetaData, *, revision: str, file: Path) -> Written:
    script = script_directory(project)  # again: it reads the files once
    parents = alembic_scripts.parents(script, script.get_revision(revision))
    states = record.replayed(project, script, metadata, wanted={revision, *parents})
    folder = project.snapshot_folder
    for parent in parents:
        if record.contradicts(snapshot_file.read(folder, parent), states[parent]):
            raise TamperedHistoryError(
                f"revision {parent} does not produce what was recorded of it",
                remedy="restore its file from version control, or replace its snapshot: "
                + command_line("snapshot --rewrite"),
            )
    new = states[revision].snapshot
    before = [states[parent].snapshot for parent in parents]
    written = Written(
        file,
        folder / f"{revision}.json",
        changes.between(before or [Snapshot()], new),
        _unwritten(project, script, metadata, new if len(script.get_heads()) == 1 else None),
    )
    record.write(folder, {revision: states[revision]})
    return written


def _unwritten(
    project: Project, script: ScriptDirectory, metadata: MetaData, produced: Snapshot | None
) -> tuple[Difference, ...]:
    """Compare the models with what the history produces: with all heads together, when None."""
    if produced is None:
        produced = record.produced(project, script, metadata, script.get_heads())
    return changes.between([produced], record.declared(project, metadata))


def _context(
    project: Project, script: ScriptDirectory, options: RevisionOptions
) -> RevisionContext:
    asked = {
        **asdict(options),
        "rev_id": options.rev_id or rev_id(),
        "depends_on": list(options.depends_on) or None,
        "autogenerate": False,
        "sql": False,
    }
    return RevisionContext(alembic_config(project, quiet=True), script, asked)


def _autogenerate(
    project: Project, script: ScriptDirectory, metadata: MetaData, context: RevisionContext
) -> None:
    with scratch.project_scratch(project) as connection:
        upgrade_scratch(connection, script, metadata)
        connection.rollback()
        schemas = {table.schema for table in metadata.tables.values()}
        if "public" in schemas and None not in schemas:
            _name_every_schema(connection)
        with EnvironmentContext(alembic_config(project, quiet=True), script) as environment:
            environment.configure(
                connection=connection, target_metadata=metadata, **autogenerate.options(metadata)
            )
            context.run_autogenerate("heads", environment.get_context())
        _create_schemas(connection, context, schemas)


def _name_every_schema(connection: Connection) -> None:
    """Have public compared by its name, as these models write it: else all is found to be new."""
    connection.exec_driver_sql("SET search_path TO pg_catalog")
    connection.dialect.default_schema_name = "pg_catalog"


def _create_schemas(
    connection: Connection, context: RevisionContext, schemas: Iterable[str | None]
) -> None:
    """Have the revision create the schemas of its tables, which autogenerate leaves out."""
    [script] = context.generated_revisions
    upgrade, downgrade = script.upgrade_ops, script.downgrade_ops
    if upgrade is None or downgrade is None:  # only with several databases
        return
    there = inspect(connection).get_schema_names()
    # With the driver's own paramstyle every % is doubled, which op.execute does again.
    plain = type(connection.dialect)(paramstyle="named")  # type: ignore[call-arg]
    quote = plain.identifier_preparer.quote
    for schema in sorted(schema for schema in schemas if schema and schema not in there):
        name = quote(schema).replace(":", r"\:")  # op.execute takes :name for a parameter
        upgrade.ops.insert(0, ExecuteSQLOp(f"CREATE SCHEMA IF NOT EXISTS {name}"))
        downgrade.ops.append(ExecuteSQLOp(f"DROP SCHEMA {name}"))
