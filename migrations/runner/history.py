"""The revisions, and the snapshots that were recorded of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from alembic.script import Script, ScriptDirectory

from core.errors import HistoryError
from introspection import snapshot_file
from introspection.compare import compare
from introspection.expected import file_checksum
from introspection.shapes import Snapshot
from introspection.snapshot_file import RecordedRevision

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

    def _up_to(self, revision: str | None) -> Iterator[str]:
        if revision is not None and revision in self.revisions:
            yield revision
            for parent in self.revisions[revision].parents:
                yield from self._up_to(parent)


def load_history(script: ScriptDirectory) -> History:
    """Read the revisions of a script directory with their snapshots.

    Raises:
        HistoryError: A snapshot cannot be read.
    """
    folder = snapshot_folder(script)
    scripts = list(script.walk_revisions())
    revisions = {found.revision: _revision(found, folder) for found in reversed(scripts)}
    recorded = sorted(path.stem for path in folder.glob("*.json"))
    strangers = tuple(name for name in recorded if name not in revisions)
    return History(revisions, tuple(script.get_heads()), strangers)


def snapshot_folder(script: ScriptDirectory) -> Path:
    """Return the folder of the snapshots."""
    return Path(script.dir) / SNAPSHOTS


def read_recorded(folder: Path, revision: str) -> RecordedRevision | None:
    """Read what was recorded of a revision; None when there is no snapshot.

    Raises:
        HistoryError: The file cannot be read, or is not a whole snapshot.
    """
    path = folder / f"{revision}.json"
    try:
        return snapshot_file.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise HistoryError(
            f"{path.name} cannot be read", remedy="restore the file from version control"
        ) from error
    except HistoryError as error:
        raise HistoryError(f"{path.name}: {error.message}", remedy=error.remedy) from error


def _revision(found: Script, folder: Path) -> Revision:
    return Revision(
        id=found.revision,
        parents=(*_ids(found.down_revision), *_ids(found.dependencies)),
        title=found.doc,
        file_checksum=file_checksum(Path(found.path).read_bytes()),
        recorded=read_recorded(folder, found.revision),
    )


def _ids(value: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)
