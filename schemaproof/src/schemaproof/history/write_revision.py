"""New revisions in one step: generated, applied in a scratch database, recorded, explained."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from schemaproof.compare import Difference
from schemaproof.connection.raw_sql import rows
from schemaproof.errors import HistoryError
from schemaproof.history import (
    asked_changes,
    branches,
    changes,
    new_revision_file,
    new_snapshots,
    online_renames,
    partitioned_tables,
    record,
    refused_objects,
    renames,
    repair_statements,
    revision_trial,
    scratch,
    snapshot_file,
    starting_point,
    used_columns,
)
from schemaproof.history.history import read_revisions
from schemaproof.history.probe_results import WrittenRevisions
from schemaproof.history.project_probe import ProjectProbe
from schemaproof.history.record import Declared
from schemaproof.history.renames import Rename
from schemaproof.history.revision_arguments import command_arguments
from schemaproof.history.revision_files import RevisionFile
from schemaproof.history.revision_request import NOBODY, Answers, RevisionOptions, Written
from schemaproof.history.scratch import Scratch
from schemaproof.history.whole_change import WholeChange
from schemaproof.program import command_line
from schemaproof.project import Project
from schemaproof.schema.database_objects import Snapshot
from schemaproof.schema.dependencies import State


def write_empty(project: Project, options: RevisionOptions) -> Path:
    """Write a revision to be filled in by hand, without a snapshot.

    Raises:
        ConfigurationError: Alembic refuses them.
        HistoryError: The file cannot be written.
    """
    asked = command_arguments(project, options)
    with ProjectProbe(project) as probe, new_revision_file.removed_on_failure(project, asked):
        return new_revision_file.required(probe.write(None, asked))


def write_revision(
    project: Project, options: RevisionOptions, answers: Answers = NOBODY
) -> Written:
    """Write the revisions that the models ask for. When anything fails, no file is left behind.

    The schema that PostgreSQL creates from the models is compared with a scratch database at head.
    Only the differences are written, in several revisions where one would hold its locks for long.
    Each revision is then tried in the scratch database (up, down, up), and its schema is recorded.
    Where models and history differed before, only the requested changes are written.

    Raises:
        ConfigurationError: Alembic refuses the options, or the models cannot be loaded.
        HistoryError: A revision fails (the file of a new one is kept then), a file cannot be
            written, or a head has no snapshot, so its file may be left from a killed run.
        LocalServerError: There is no server for scratch databases.
        TamperedHistoryError: The revision before does not produce its recorded schema.
    """
    asked = command_arguments(project, options)
    with ProjectProbe(project) as probe, scratch.project_scratch(project) as database:
        files = read_revisions(project, probe)
        there = _state_at_head(project, probe, database, files)
        models = record.declared(probe, there)
        renamed, unsure = _renames(options, there, models, answers)
        before = _with_other_names(database, probe, renamed, there)
        found = _differences(before.snapshot, models, rows_stay=False)
        wanted = _wanted(project, files, options, found, answers)
        change = _change(project, wanted, found, (before, models.state), renamed, options)
        with new_revision_file.removed_on_failure(project, asked):
            new = probe.write(database, asked, change, plain=options.plain) if change else None
            if change is None or new is None:
                notes = (*(change.notes if change else ()), *_refused(models))
                return Written((), (), (), wanted, _without(found, wanted), notes)
            if len(branches.target_heads(files, project.target)[0]) <= 1 and not options.depends_on:
                _with_other_names(database, probe, [one.back for one in reversed(renamed)], there)
                revision_trial.tried(project, new.files, database, there)
            recorded = new_snapshots.recorded(project, [*new.files], declares_loss=True)
    left, missing = _without(found, wanted), _differences(recorded.after, models)
    notes = (*unsure, *change.notes, *new.notes, *_refused(models))
    made = renames.changes_made(recorded.before, recorded.produced, renamed)
    return _written(project, new, made, missing, left, notes)


def _differences(
    before: Snapshot, models: Declared, *, rows_stay: bool = True
) -> tuple[Difference, ...]:
    """Return the differences of the models; objects that PostgreSQL refuses are not dropped."""
    found = changes.between([before], models.snapshot, rows_stay=rows_stay)
    return refused_objects.without_consequences(found, models.refused)


def _refused(models: Declared) -> tuple[str, ...]:
    return tuple(
        f"{refused_objects.where(one)}: {refused_objects.described(one)}" for one in models.refused
    )


def _written(
    project: Project,
    new: WrittenRevisions,
    made: tuple[Difference, ...],
    missing: tuple[Difference, ...],
    left: tuple[Difference, ...],
    notes: tuple[str, ...],
) -> Written:
    """Return the result: the new revisions, with the changes that their snapshots show."""
    return Written(
        tuple(new.files.values()),
        tuple(project.snapshot_folder / f"{revision}.json" for revision in new.files),
        made,
        *_parted(missing, left),
        notes,
    )


def _state_at_head(
    project: Project, probe: ProjectProbe, database: Scratch, files: Sequence[RevisionFile]
) -> Snapshot:
    """Apply all revisions, and return the resulting schema."""
    _refuse_unfinished(project, files)
    starting_point.make(probe, database)
    for head in branches.target_heads(files, project.target)[0]:
        probe.upgrade(database, head)
    return record.read(database, probe)


def _renames(
    options: RevisionOptions, before: Snapshot, models: Declared, answers: Answers
) -> tuple[list[Rename], list[str]]:
    """Return the renames that the options name, and notes about possible others."""
    renamed = renames.given(options.rename, before)
    known = {one for rename in renamed for one in (rename.old, rename.new)}
    unsure = []
    found = _differences(before, models, rows_stay=False)
    for one in renames.likely(found, before, models.snapshot):
        if known & {one.old, one.new}:
            continue
        if answers.is_rename is None:
            unsure.append(f"{one.new}: if this is {one.old} under a new name: --rename {one.text}")
        elif answers.is_rename(one):
            renamed.append(one)
            known |= {one.old, one.new}
    return renamed, unsure


def _with_other_names(
    database: Scratch, probe: ProjectProbe, renamed: Sequence[Rename], before: Snapshot
) -> State:
    """Rename objects in the scratch database, and return the schema."""
    for statement in (sql for one in renamed for sql in one.statements.up):
        rows(database.connection, statement)
    database.connection.commit()
    after = record.read(database, probe) if renamed else before
    return State(after, record.dependencies(database, probe))


def _change(
    project: Project,
    wanted: Sequence[Difference],
    found: Sequence[Difference],
    states: tuple[State, State],
    renamed: Sequence[Rename],
    options: RevisionOptions,
) -> WholeChange | None:
    """Return the change to write, by autogenerate or in SQL; None without one."""
    if not wanted and not renamed:
        return None
    snapshots = [one.snapshot for one in states]
    settled = asked_changes.with_types(wanted, found, *snapshots)
    tables = partitioned_tables.found(settled, *snapshots)
    if options.plain:
        tables = tables._replace(tables=[])
    rest, kept = used_columns.without_used(tables.rest, states[0])
    in_sql = repair_statements.written(rest, *states)
    online = online_renames.by_table(renamed) if options.online else []
    at_once = [one for one in renamed if one.is_label or not options.online]
    statements = [*(one.statements for one in at_once), *in_sql.statements]
    changes = asked_changes.for_autogenerate(in_sql.rest, *snapshots)
    return WholeChange(
        changes,
        statements,
        project.postgresql,
        online,
        tables.tables,
        (*tables.notes, *kept, *in_sql.notes),
        options.application,
    )


def _wanted(
    project: Project,
    files: Sequence[RevisionFile],
    options: RevisionOptions,
    found: tuple[Difference, ...],
    answers: Answers,
) -> tuple[Difference, ...]:
    """Return the differences that the revision should resolve."""
    if options.only:
        return asked_changes.matching(found, options.only)
    return tuple(answers.choose(found)) if found and _differed_before(project, files) else found


def _differed_before(project: Project, files: Sequence[RevisionFile]) -> bool:
    """Whether models and history already differed when the head was recorded."""
    heads = branches.target_heads(files, project.target)[0]
    recorded = snapshot_file.read(project.snapshot_folder, heads[0]) if len(heads) == 1 else None
    return recorded is not None and recorded.models is None


def _without(found: Iterable[Difference], others: Iterable[Difference]) -> tuple[Difference, ...]:
    known = {(one.code, one.path) for one in others}
    return tuple(one for one in found if (one.code, one.path) not in known)


def _parted(
    found: tuple[Difference, ...], not_asked: tuple[Difference, ...]
) -> tuple[tuple[Difference, ...], tuple[Difference, ...]]:
    """Return the requested changes that are missing, and the changes that were not requested."""
    missing = _without(found, not_asked)
    return missing, _without(found, missing)


def _refuse_unfinished(project: Project, files: Sequence[RevisionFile]) -> None:
    """Refuse to continue from a revision that has no snapshot."""
    recorded = {path.stem for path in project.snapshot_folder.glob("*.json")}
    heads = branches.target_heads(files, project.target)[0]
    unfinished = [file for file in files if file.id in heads and file.id not in recorded]
    if unfinished:
        raise HistoryError(
            f"{', '.join(str(file.path) for file in unfinished)} has no snapshot: written by hand,"
            " or left by a run that was killed",
            remedy=f"record it ({command_line('snapshot')}), or remove the file",
        )
