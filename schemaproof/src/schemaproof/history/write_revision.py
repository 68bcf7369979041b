"""A new revision in one step: generated, applied in a scratch database, recorded, explained."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from schemaproof.compare import Difference
from schemaproof.errors import HistoryError, TamperedHistoryError
from schemaproof.history import (
    changes,
    new_revision_file,
    record,
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
    asked = _asked(options)
    with ProjectProbe(project) as probe, new_revision_file.removed_on_failure(project, asked):
        return new_revision_file.required(probe.write(None, asked))


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
    asked = _asked(options)
    with ProjectProbe(project) as probe:
        files = read_revisions(project, probe)
        _refuse_unfinished(project, files)
        with new_revision_file.removed_on_failure(project, asked):
            with scratch.project_scratch(project) as database:
                starting_point.make(probe, database)
                if files:
                    probe.upgrade(database, "heads")
                file = probe.write(database, asked)
            if file is None:
                unwritten = _unwritten(probe, record.heads_of(files), None)
                return Written(None, None, (), unwritten)
            return _recorded(project, revision=asked["rev_id"], file=file)


def _asked(options: RevisionOptions) -> dict[str, Any]:
    """Return the arguments of Alembic's command."""
    return {
        **asdict(options),
        "rev_id": options.rev_id or secrets.token_hex(6),
        "depends_on": list(options.depends_on) or None,
    }


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


def _recorded(project: Project, *, revision: str, file: Path) -> Written:
    # Another process than the one that wrote the file: it reads the revisions once.
    with ProjectProbe(project) as probe:
        files = read_revisions(project, probe)
        [new] = [one for one in files if one.id == revision]
        parents = (*new.follows, *new.depends_on)
        states = record.replayed(probe, files, wanted={revision, *parents})
        _refuse_contradictions(project, parents, states)
        produced = states[revision].snapshot
        before = [states[parent].snapshot for parent in parents]
        heads = record.heads_of(files)
        folder = project.snapshot_folder
        written = Written(
            file,
            folder / f"{revision}.json",
            changes.between(before or [Snapshot()], produced),
            _unwritten(probe, heads, produced if len(heads) == 1 else None),
        )
    record.write(folder, {revision: states[revision]})
    return written


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


def _unwritten(
    probe: ProjectProbe, heads: Sequence[str], produced: Snapshot | None
) -> tuple[Difference, ...]:
    """Compare the models with what the history produces: with all heads together, when None."""
    if produced is None:
        produced = record.produced(probe, heads)
    declared = record.declared(probe, produced)
    return changes.between([produced], declared.snapshot)
