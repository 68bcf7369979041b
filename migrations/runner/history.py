"""The revisions, and the snapshots that were recorded of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from core.errors import HistoryError
from core.project import Project
from introspection import snapshot_file
from introspection.compare import compare
from introspection.expected import file_checksum
from introspection.shapes import Snapshot
from introspection.snapshot_file import RecordedRevision
from migrations.runner import revision_files
from migrations.runner.revision_files import RevisionFile

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

SNAPSHOTS: Final = "snapshots"


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision of the history.

    Attributes:
        id: Its revision id.
        parents: The revisions that it follows or depends on; empty for a base.
        title: The first line of its message.
        file_checksum: Of its file as it is now.
        recorded: What was recorded of it; None when nothing was.
    """

    id: str
    parents: tuple[str, ...]
    title: str
    file_checksum: str
    recorded: RecordedRevision | None

    @property
    def changed_since_recorded(self) -> bool:
        """Whether the file is not the one that the snapshot was recorded from."""
        return self.recorded is not None and self.recorded.file_checksum != self.file_checksum


@dataclass(frozen=True, slots=True)
class History:
    """All revisions, each after the ones that it follows.

    Attributes:
        revisions: By id, in an order in which they can be applied.
        heads: The revisions that none follows.
        strangers: Snapshots that belong to no revision.
    """

    revisions: Mapping[str, Revision]
    heads: tuple[str, ...]
    strangers: tuple[str, ...]

    @property
    def head(self) -> Revision | None:
        """The head, when there is exactly one."""
        return self.revisions[self.heads[0]] if len(self.heads) == 1 else None

    def snapshot_at(self, revision: str | None) -> Snapshot | None:
        """What the schema is after a revision; before the first there is nothing of ours.

        Returns:
            None when nothing was recorded of the revision, or it is unknown.
        """
        if revision is None:
            return Snapshot()
        known = self.revisions.get(revision)
        return known.recorded.snapshot if known and known.recorded else None

    def pending(self, applied: str | None) -> list[Revision]:
        """Return the revisions that are not applied yet when ``applied`` is the last one."""
        done = set(self._up_to(applied))
        return [revision for revision in self.revisions.values() if revision.id not in done]

    def changes_nothing(self, revision: Revision) -> bool:
        """Whether the snapshots before and after a revision are equal."""
        before = self.snapshot_at(revision.parents[0] if revision.parents else None)
        after = self.snapshot_at(revision.id)
        return before is not None and after is not None and not compare(before, after).differences

    def follows(self, revision: str, other: str) -> bool:
        """Whether a revision comes somewhere after another."""
        return revision != other and other in self._up_to(revision)

    def _up_to(self, revision: str | None) -> Iterator[str]:
        waiting = [] if revision is None else [revision]
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
        HistoryError: A snapshot cannot be read.
    """
    files = revision_files.read(project)
    if files is None:
        files = _read_by_alembic(project)
    folder = snapshot_folder(project)
    revisions = {file.id: _revision(file, folder) for file in files}
    followed = {parent for file in files for parent in file.follows}
    recorded = sorted(path.stem for path in folder.glob("*.json"))
    return History(
        revisions=revisions,
        heads=tuple(revision for revision in revisions if revision not in followed),
        strangers=tuple(name for name in recorded if name not in revisions),
    )


def alembic_config(project: Project) -> Config:
    """Return the configuration with which Alembic's commands work on the project."""
    from alembic.config import Config

    config = Config(project.alembic_ini if project.alembic_ini.exists() else None)
    config.set_main_option("script_location", str(project.script_location).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def script_directory(project: Project) -> ScriptDirectory:
    """Return Alembic's view of the revisions."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(alembic_config(project))


def snapshot_folder(project: Project) -> Path:
    """Return the folder of the snapshots."""
    return project.script_location / SNAPSHOTS


def _read_by_alembic(project: Project) -> list[RevisionFile]:
    scripts = reversed(list(script_directory(project).walk_revisions()))
    return [
        RevisionFile(
            id=found.revision,
            follows=revision_files.ids(found.down_revision),
            depends_on=revision_files.ids(found.dependencies),
            title=found.doc,
            path=Path(found.path),
        )
        for found in scripts
    ]


def read_recorded(folder: Path, revision: str) -> RecordedRevision | None:
    """Read what was recorded of a revision; None when there is no snapshot.

    Raises:
        HistoryError: The file cannot be read, or is not a whole snapshot.
    """
    path = folder / f"{revision}.json"
    try:
        recorded = snapshot_file.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise HistoryError(
            f"{path.name} cannot be read", remedy="restore the file from version control"
        ) from error
    except HistoryError as error:
        raise HistoryError(f"{path.name}: {error.message}", remedy=error.remedy) from error
    if recorded.revision != revision:
        raise HistoryError(
            f"{path.name} holds the snapshot of {recorded.revision}",
            remedy="restore the file from version control",
        )
    return recorded


def _revision(file: RevisionFile, folder: Path) -> Revision:
    return Revision(
        id=file.id,
        parents=(*file.follows, *file.depends_on),
        title=file.title,
        file_checksum=file_checksum(file.path.read_bytes()),
        recorded=read_recorded(folder, file.id),
    )
