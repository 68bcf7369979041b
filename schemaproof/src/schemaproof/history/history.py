"""The revisions and their snapshots."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from schemaproof.compare import Difference
from schemaproof.errors import HistoryError, SchemaproofError
from schemaproof.history import (
    alembic_options,
    branches,
    broken_history,
    changes,
    revision_files,
    snapshot_file,
)
from schemaproof.history.broken_history import BrokenHistoryError, Fault
from schemaproof.history.revision import Revision
from schemaproof.history.revision_files import RevisionFile, file_checksum
from schemaproof.history.snapshot_file import SnapshotFile
from schemaproof.project import Project
from schemaproof.schema.database_objects import Snapshot

if TYPE_CHECKING:
    from schemaproof.history.project_probe import ProjectProbe


@dataclass(frozen=True, slots=True)
class History:
    """All revisions, each after the ones that it follows.

    Attributes:
        revisions: The revisions by id, in an order in which they can be applied.
        heads: The target revisions of the project's databases: the head, or those of ``target``.
        several: Heads among which the target does not choose; usually empty.
        snapshots_without_revision: Snapshots that belong to no revision.
        before_start: Revisions before the project's starting point: they never run.
        squashed: The revisions that were squashed into one, including its original.
    """

    revisions: Mapping[str, Revision]
    heads: tuple[str, ...]
    snapshots_without_revision: tuple[str, ...]
    before_start: frozenset[str] = frozenset()
    several: tuple[str, ...] = ()
    squashed: Mapping[str, Revision] = field(default_factory=dict)

    @property
    def is_recorded(self) -> bool:
        """Whether any snapshot exists: without one, migrations run unchecked."""
        return any(one.recorded is not None for one in self.revisions.values())

    @property
    def recorded_heads(self) -> tuple[SnapshotFile, ...]:
        """The recorded heads; empty when one has no snapshot or the target is ambiguous."""
        found = [self.revisions[head].recorded for head in self.heads]
        known = tuple(one for one in found if one is not None)
        return () if self.several or len(known) < len(found) else known

    @property
    def head_snapshot(self) -> Snapshot | None:
        """The schema at the heads; None when it was not recorded."""
        return self.joined_snapshot(self.heads) if self.recorded_heads else None

    def snapshot_at(self, revision: str | None) -> Snapshot | None:
        """The schema after a revision; before the first one it is empty.

        Returns:
            The schema; None when the revision is unknown or has no snapshot.
        """
        if revision is None:
            return Snapshot()
        known = self.revisions.get(revision) or self.squashed.get(revision)
        return known.recorded.snapshot if known and known.recorded else None

    def knows(self, revision: str) -> bool:
        """Whether a revision belongs to the project, now or before a squash."""
        return revision in self.revisions or revision in self.squashed

    def squashed_into(self, rows: Iterable[str]) -> str | None:
        """Return the squashed revision that replaces the revisions of a database, if any."""
        if not any(row in self.squashed and row not in self.revisions for row in rows):
            return None
        return next((one for one in self.squashed if one in self.revisions), None)

    def joined_snapshot(self, revisions: Sequence[str]) -> Snapshot | None:
        """Return the schema after the revisions in a version table, as :meth:`snapshot_at` does."""
        if len(revisions) > 1:
            return branches.joint_schema(self, revisions)
        return self.snapshot_at(next(iter(revisions), None))

    def relation_names(
        self, revisions: Iterable[str], schemas: tuple[str, ...]
    ) -> list[tuple[str, str]]:
        """Return the relations of all snapshots in some schemas."""
        known = [self.snapshot_at(revision) or Snapshot() for revision in revisions]
        return sorted({name for one in known for name in one.only(schemas).relation_names()})

    def applied(self, *rows: str) -> set[str]:
        """Return the revisions that are applied where ``alembic_version`` has these rows."""
        return {revision for row in rows for revision in self._up_to(row)}

    def pending(self, *rows: str) -> list[Revision]:
        """Return the revisions that are not applied where ``alembic_version`` has these rows."""
        left = self.applied(*self.heads) - self.applied(*rows)
        return [revision for revision in self.revisions.values() if revision.id in left]

    def before(self, revision: Revision) -> tuple[Snapshot, ...] | None:
        """Return the schemas before a revision; several if it merges branches.

        Returns:
            The schemas; None when one of the revisions was not recorded.
        """
        parents = revision.parents
        last = [one for one in parents if not any(self.follows(other, one) for other in parents)]
        found = [self.snapshot_at(parent) for parent in last or (None,)]
        known = tuple(snapshot for snapshot in found if snapshot is not None)
        return known if len(known) == len(found) else None

    def own_changes(self, revision: Revision) -> tuple[Difference, ...] | None:
        """Return the changes of a revision; None when a snapshot is missing."""
        before, after = self.before(revision), self.snapshot_at(revision.id)
        return None if before is None or after is None else changes.between(before, after)

    def follows(self, revision: str, other: str) -> bool:
        """Whether a revision comes somewhere after another."""
        return revision != other and other in self._up_to(revision)

    def _up_to(self, revision: str) -> Iterator[str]:
        waiting = [revision]
        seen: set[str] = set()
        while waiting:
            one = waiting.pop()
            if one in self.revisions and one not in seen:
                seen.add(one)
                waiting.extend(self.revisions[one].parents)
                yield one


def load_history(project: Project) -> History:
    """Read the revisions of a project with their snapshots.

    Raises:
        ConfigurationError: There is no folder of revisions.
        HistoryError: A snapshot cannot be read, or a revision id cannot be used in a script.
        BrokenHistoryError: Revisions cannot be used.
    """
    files = read_revisions(project)
    folder = project.snapshot_folder
    revisions = {file.id: _revision(file, folder) for file in files}
    heads, several = branches.target_heads(files, project.target)
    recorded = sorted(path.stem for path in folder.glob("*.json"))
    return History(
        before_start=_before_start(revisions) if project.start else frozenset(),
        revisions=revisions,
        heads=heads,
        several=several,
        snapshots_without_revision=tuple(name for name in recorded if name not in revisions),
        squashed=_squashed(project),
    )


def _squashed(project: Project) -> dict[str, Revision]:
    before = project.squashed()
    if project.is_squashed or not before.version_folder.is_dir():
        return {}
    return {one.id: _revision(one, before.snapshot_folder) for one in read_revisions(before)}


def _before_start(revisions: Mapping[str, Revision]) -> frozenset[str]:
    """Return the revisions before the starting point: none of them has a snapshot."""
    begun: set[str] = set()
    for one in revisions.values():  # A revision comes after the revisions that it follows.
        if one.recorded is not None or begun.intersection(one.parents):
            begun.add(one.id)
    first = {parent for one in begun for parent in revisions[one].parents if parent not in begun}
    return frozenset(one for one in revisions if one not in begun) if first else frozenset()


def read_revisions(project: Project, probe: ProjectProbe | None = None) -> list[RevisionFile]:
    """Read the revisions, each after the ones that it follows or depends on.

    Args:
        project: The project.
        probe: The project's code if available; then import errors are found, too.

    Raises:
        ConfigurationError: There is no folder of revisions.
        BrokenHistoryError: Some revisions cannot be used; the error holds all faults.
        HistoryError: A revision id cannot be used in a script.
    """
    alembic_options.require_folder(project)
    files = None if probe else revision_files.read(project)
    is_elsewhere = not files and alembic_options.are_named_by_env(project)
    if files is None or is_elsewhere or any(broken_history.between(files)):
        files, faults = _asked(project, probe, files or ())
        faults += broken_history.between(files, faults)
        if faults:
            raise BrokenHistoryError(faults, project.root)
    _require_readable_ids(files)
    return revision_files.in_order(files)


def _asked(
    project: Project, probe: ProjectProbe | None, files: Sequence[RevisionFile]
) -> tuple[list[RevisionFile], list[Fault]]:
    """Return revisions and faults from the project's Python, or else from the files' texts."""
    from schemaproof.history import known_code
    from schemaproof.history.project_probe import ProjectProbe

    try:
        if probe is not None:
            return probe.revisions()
        with ProjectProbe(project) as opened:
            return known_code.revisions(opened)
    except SchemaproofError:
        found = (broken_history.by_text(path) for path in revision_files.paths(project))
        if (faults := [one for one in found if one is not None]) or files:
            return [*files], faults
        raise


def _require_readable_ids(files: Iterable[RevisionFile]) -> None:
    """Refuse an id that would end a comment or a DO body in a script."""
    for file in files:
        if not file.id.isprintable() or "$" in file.id:
            raise HistoryError(
                f"{file.path}: the revision id {file.id!r} cannot be used in a script",
                remedy="give the revision another id",
            )


def _revision(file: RevisionFile, folder: Path) -> Revision:
    return Revision(
        id=file.id,
        parents=file.needs,
        title=file.title,
        path=file.path,
        file_checksum=file_checksum(file.path.read_bytes()),
        recorded=snapshot_file.read(folder, file.id),
    )
