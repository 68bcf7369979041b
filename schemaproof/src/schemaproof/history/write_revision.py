"""A new revision in one step: generated, applied in a scratch database, recorded, explained."""

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from schemaproof.compare import Difference
from schemaproof.errors import HistoryError, TamperedHistoryError
from schemaproof.history import (
    asked_changes,
    changes,
    new_revision_file,
    record,
    replay,
    revision_trial,
    scratch,
    snapshot_file,
    starting_point,
)
from schemaproof.history.history import read_revisions
from schemaproof.history.project_probe import ProjectProbe
from schemaproof.history.revision_files import RevisionFile
from schemaproof.history.snapshot_file import RecordedRevision
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
        only: Patterns of the objects that it changes; all that differ when empty.
    """

    message: str
    rev_id: str | None = None
    head: str = "head"
    splice: bool = False
    branch_label: str | None = None
    version_path: str | None = None
    depends_on: tuple[str, ...] = ()
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """What became of it.

    Attributes:
        file: The revision's file; None when there was nothing to write.
        snapshot: The file of its snapshot; None when nothing was recorded.
        changes: What the revision changes.
        unwritten: What was asked for and the revision does not do.
        left: What differs besides, which nobody has asked for.
        notes: What the reader has to look at.
    """

    file: Path | None
    snapshot: Path | None
    changes: tuple[Difference, ...]
    unwritten: tuple[Difference, ...]
    left: tuple[Difference, ...] = ()
    notes: tuple[str, ...] = ()


Choose: TypeAlias = Callable[[Sequence[Difference]], Sequence[Difference]]
"""Which of the differences that were there already a new revision shall settle."""


def no_difference(_: Sequence[Difference]) -> Sequence[Difference]:
    """Choose nothing: nobody is there to be asked."""
    return ()


def write_empty(project: Project, options: RevisionOptions) -> Path:
    """Write a revision to be filled in by hand; nothing is recorded of it yet.

    Raises:
        ConfigurationError: Alembic refuses them.
        HistoryError: The file cannot be written.
    """
    asked = asked_of(options)
    with ProjectProbe(project) as probe, new_revision_file.removed_on_failure(project, asked):
        return new_revision_file.required(probe.write(None, asked))


def write_revision(
    project: Project, options: RevisionOptions, choose: Choose = no_difference
) -> Written:
    """Write the revision that the models ask for. When anything fails, no file is left behind.

    What PostgreSQL makes of the models is compared with a scratch database at head, and only what
    differs is written. It is then tried there (up, down, up), and what it produces is recorded.
    Where models and history have differed before, only what is asked for is written.

    Raises:
        ConfigurationError: Alembic refuses them, or the models cannot be loaded.
        HistoryError: A revision fails, also the new one, whose file is kept then; a file cannot be
            written; or a head has no snapshot, so its file may be what a killed run left.
        LocalServerError: There is no server for scratch databases.
        TamperedHistoryError: What it would follow is not what was recorded.
    """
    asked = asked_of(options)
    with ProjectProbe(project) as probe, scratch.project_scratch(project) as database:
        files = read_revisions(project, probe)
        _refuse_unfinished(project, files)
        starting_point.make(probe, database)
        if files:
            probe.upgrade(database, "heads")
        before = record.read(database, probe)
        declared = record.declared(probe, before).snapshot
        found = changes.between([before], declared)
        wanted = _wanted(project, files, options, found, choose)
        known = asked_changes.for_autogenerate(wanted, found, before, declared)
        with new_revision_file.removed_on_failure(project, asked):
            file = probe.write(database, asked, known) if known else None
            if file is None:
                return Written(None, None, (), wanted, _without(found, wanted))
            if len(record.heads_of(files)) <= 1 and not options.depends_on:
                revision_trial.tried(project, file.path, asked["rev_id"], database, before)
            states = _recorded(project, asked["rev_id"])
    left = _without(found, wanted)
    snapshot = project.snapshot_folder / f"{asked['rev_id']}.json"
    made = changes.between(states.before, states.produced)
    missing = changes.between([states.after], declared)
    return Written(file.path, snapshot, made, *_parted(missing, left), file.notes)


def asked_of(options: RevisionOptions) -> dict[str, Any]:
    """Return the arguments of Alembic's command."""
    return {
        **{name: value for name, value in asdict(options).items() if name != "only"},
        "rev_id": options.rev_id or secrets.token_hex(6),
        "depends_on": list(options.depends_on) or None,
    }


def _wanted(
    project: Project,
    files: Sequence[RevisionFile],
    options: RevisionOptions,
    found: tuple[Difference, ...],
    choose: Choose,
) -> tuple[Difference, ...]:
    """Return the differences that the revision is to settle."""
    if options.only:
        return asked_changes.matching(found, options.only)
    return tuple(choose(found)) if found and _differed_before(project, files) else found


def _differed_before(project: Project, files: Sequence[RevisionFile]) -> bool:
    """Whether the models asked for something else when the head was recorded."""
    heads = record.heads_of(files)
    recorded = snapshot_file.read(project.snapshot_folder, heads[0]) if len(heads) == 1 else None
    return recorded is not None and recorded.models is None


def _without(found: Iterable[Difference], others: Iterable[Difference]) -> tuple[Difference, ...]:
    known = {(one.code, one.path) for one in others}
    return tuple(one for one in found if (one.code, one.path) not in known)


def _parted(
    found: tuple[Difference, ...], not_asked: tuple[Difference, ...]
) -> tuple[tuple[Difference, ...], tuple[Difference, ...]]:
    """Return what is missing although it was asked for, and what nobody has asked for."""
    missing = _without(found, not_asked)
    return missing, _without(found, missing)


def _refuse_unfinished(project: Project, files: Sequence[RevisionFile]) -> None:
    """Refuse to take a revision that nobody recorded for what the models have asked for."""
    recorded = {path.stem for path in project.snapshot_folder.glob("*.json")}
    heads = record.heads_of(files)
    unfinished = [file for file in files if file.id in heads and file.id not in recorded]
    if unfinished:
        raise HistoryError(
            f"{', '.join(str(file.path) for file in unfinished)} has no snapshot: written by hand,"
            " or left by a run that was killed",
            remedy=f"record it ({command_line('snapshot')}), or remove the file",
        )


class _States(NamedTuple):
    """What a revision starts from and produces, and what all heads together produce after it."""

    before: Sequence[Snapshot]
    produced: Snapshot
    after: Snapshot


def _recorded(project: Project, revision: str) -> _States:
    # Another process than the one that wrote the file: it reads the revisions once.
    with ProjectProbe(project) as probe:
        files = read_revisions(project, probe)
        [new] = [one for one in files if one.id == revision]
        parents = (*new.follows, *new.depends_on)
        states = replay.replayed(probe, files, wanted={revision, *parents})
        _refuse_contradictions(project, parents, states)
        produced = states[revision].snapshot
        before = [states[parent].snapshot for parent in parents]
        heads = record.heads_of(files)
        after = produced if len(heads) == 1 else record.produced(probe, heads)
    record.write(project.snapshot_folder, {revision: states[revision]})
    return _States(before or [Snapshot()], produced, after)


def _refuse_contradictions(
    project: Project, parents: Iterable[str], states: dict[str, RecordedRevision]
) -> None:
    for parent in parents:
        recorded = snapshot_file.read(project.snapshot_folder, parent)
        if record.contradicts(recorded, states[parent]):
            raise TamperedHistoryError(
                f"revision {parent} does not produce what was recorded of it",
                remedy="restore its file from version control, or replace its snapshot: "
                + command_line("snapshot --rewrite"),
            )
